"""Tokens of an OpenID Connect provider: who made them, whom they name, and the login that leads to one."""
