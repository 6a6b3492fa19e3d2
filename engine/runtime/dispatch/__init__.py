"""How jobs reach whoever does them: threads of this process (local); workers elsewhere pull."""

from .local import LocalDispatch, LocalJob

__all__ = ["LocalDispatch", "LocalJob"]
