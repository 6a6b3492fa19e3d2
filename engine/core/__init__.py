"""The interpreter: pure, synchronous, without clock, chance, SQL or HTTP. Command in, events out."""
