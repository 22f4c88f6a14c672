"""OxReel: a self-hosted video-generation hub."""

from importlib.metadata import version

__version__ = version("oxreel")
