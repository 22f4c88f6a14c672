"""The signed address of a result."""

from time import time
from urllib.parse import quote

from oxreel.assets import BRANCH
from oxreel.storage import Signer


def result_url(signer: Signer, hours: float, base_url: str, namespace: str, repo: str, path: str) -> str:
    """A URL of a result that anyone may read for so many hours."""
    place = f"/api/repos/{namespace}/{repo}/files/{BRANCH}/{path}"
    return f"{base_url}{quote(place)}?{signer.sign(place, int(time() + hours * 3600))}"
