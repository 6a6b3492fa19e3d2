"""Tests of FEEL: the language, its library face, its part in the engine, and the compatibility kit."""
