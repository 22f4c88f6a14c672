"""The reference: a page for every model and every part of the API, written from the catalogue."""

from oxreel.reference.pages import router

__all__ = ["router"]
