"""HTTP calls as service tasks: job type "http"."""

from .connector import HttpConnector
from .settings import HttpSettings

__all__ = ["HttpConnector", "HttpSettings"]
