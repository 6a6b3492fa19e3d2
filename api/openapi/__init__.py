"""The interface as an OpenAPI 3.1 document, made from the declarations of its routes."""

from .document import describe

__all__ = ["describe"]
