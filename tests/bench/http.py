PARTS: list = []
