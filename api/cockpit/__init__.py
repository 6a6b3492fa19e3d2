"""The pages: server-rendered HTML with the diagram viewer; they only read."""
