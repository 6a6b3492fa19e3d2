"""Baton's front doors: the HTTP interface, the command line and the pages; they know the engine by its public names."""
