"""Fuzzers of everything that reads what strangers send: they make up cases and keep what breaks a promise."""
