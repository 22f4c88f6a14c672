"""The signed address of a result, by itself and in what an event says."""

from time import time
from typing import Any
from urllib.parse import quote

from oxreel.assets import BRANCH
from oxreel.storage import Signer


def result_url(signer: Signer, hours: float, base_url: str, namespace: str, repo: str, path: str) -> str:
    """A URL of a result that anyone may read for so many hours."""
    place = f"/api/repos/{namespace}/{repo}/files/{BRANCH}/{path}"
    return f"{base_url}{quote(place)}?{signer.sign(place, int(time() + hours * 3600))}"


def with_result_url(data: dict[str, Any], signer: Signer, hours: float, base_url: str) -> dict[str, Any]:
    """What an event stores, as clients get it: the place of the result become a URL that works for so many hours."""
    shown = dict(data)
    result = shown.pop("result", None)
    if result is not None:
        shown["url"] = result_url(signer, hours, base_url, **result)
    return shown
