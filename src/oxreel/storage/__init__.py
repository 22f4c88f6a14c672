"""Where bytes lie, and who may read them by URL."""

from oxreel.storage.objects import Objects
from oxreel.storage.signing import Signer, load_secret

__all__ = ["Objects", "Signer", "load_secret"]
