"""Hostile input of every kind is refused or contained, in bounded time and memory, without touching the outside."""
