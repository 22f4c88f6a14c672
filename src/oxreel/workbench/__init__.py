"""The Workbench: the web page of the hub. It knows the hub only through its API."""

from oxreel.workbench.pages import router

__all__ = ["router"]
