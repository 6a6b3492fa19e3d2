"""What connectors promise."""
