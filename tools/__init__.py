"""Build scripts: they know how the parts of a release are made, and nothing of what Baton does."""
