"""One hub for all documents, another that films them with the other engines, and the pictures that they point at."""

import functools
import io
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from oxreel import accounts, ledger
from oxreel.units import micro_usd
from support.fal import FakeFal
from support.hub import RunningHub
from support.routed_hub import RoutedHub
from support.tiny_checkpoints import own_checkpoints
from support.tiny_ltx import ltx

#: The pictures of the guide's examples, which name `https://example.com/...`, and a colour for each.
PICTURES = {
    "dog.jpg": "saddlebrown",
    "reference-face.jpg": "peachpuff",
    "first-frame.jpg": "steelblue",
    "last-frame.jpg": "darkorange",
    "character-front.jpg": "seagreen",
    "character-side.jpg": "olive",
}


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that has the pictures of `https://example.com`, which no test can reach."""
    folder = tmp_path_factory.mktemp("gallery")
    for name, colour in PICTURES.items():
        (folder / name).write_bytes(_drawing(colour))
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_QuietHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _drawing(colour: str) -> bytes:
    """A JPEG that can be told from the others, and its left from its right."""
    image = Image.new("RGB", (1280, 720), colour)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 420, 720), fill="white")
    draw.ellipse((700, 180, 1060, 540), fill="black")
    content = io.BytesIO()
    image.save(content, "JPEG", quality=92)
    return content.getvalue()


@pytest.fixture(scope="session")
def document_hub(tmp_path_factory: pytest.TempPathFactory, gallery: str) -> Iterator[RunningHub]:
    """The hub that the documents are tried on; it films two videos at a time."""
    data_dir: Path = tmp_path_factory.mktemp("documents") / "data"
    hub = RunningHub(
        data_dir,
        OXREEL_INITIAL_CREDITS="1000000",
        OXREEL_FILM_SLOTS="2",
        OXREEL_FETCH_ALLOW_HOSTS=gallery.removeprefix("http://"),
    ).start()
    yield hub
    hub.stop()


@pytest.fixture(scope="session")
def new_key(document_hub: RunningHub) -> Callable[[], str]:
    """Makes another key of the first user: each example is a client of its own.

    A completion is sent to one stream of a key when it was missed, and examples that run side by side under
    one key could take each other's.
    """

    def made() -> str:
        with document_hub.database.transaction() as tx:
            return accounts.create_key(tx, document_hub.settings.username, "an example")[1]

    return made


@pytest.fixture(scope="session")
def new_user(document_hub: RunningHub) -> Callable[[str], str]:
    """Makes a user with 1000 dollars and gives the key."""

    def made(name: str) -> str:
        with document_hub.database.transaction() as tx:
            user = accounts.create_user(tx, name)
            ledger.grant(tx, user.id, micro_usd("1000"), "for the examples")
            return accounts.create_key(tx, name, "an example")[1]

    return made


#: Where the models of the documents are filmed on the routed hub; all others by the animatic.
ROUTES = {
    "kling-video-o1-image-to-video": "fal",
    "kling-video-o3-pro-reference-to-video": "diffusers",
    "kling-video-v2-6-pro-text-to-video": "diffusers:spoilt",
}


@pytest.fixture(scope="session")
def fal() -> Iterator[FakeFal]:
    """What the routed hub takes for fal."""
    with FakeFal() as running:
        running.waits, running.works = 0, 0
        yield running


@pytest.fixture(scope="session")
def routed_hub(tmp_path_factory: pytest.TempPathFactory, gallery: str, fal: FakeFal) -> Iterator[RoutedHub]:
    """A hub that films with all three engines, small pictures each."""
    pytest.importorskip("diffusers", reason="needs what films with weights: oxreel[gpu]")
    folder = tmp_path_factory.mktemp("weights")
    weights = own_checkpoints(folder, "wan-flf2v", "wan-vace")
    weights["tiny-ltx"] = {"family": "ltx2", "folder": str(ltx(folder / "ltx")), "steps": 2, "pixels": 128 * 96}
    # It says that it is a checkpoint, and there is nothing in it.
    (folder / "spoilt").mkdir()
    (folder / "spoilt" / "model_index.json").write_text("{}")
    weights["spoilt"] = {"family": "wan-t2v", "folder": str(folder / "spoilt")}
    hub = RoutedHub(
        tmp_path_factory.mktemp("routed") / "data",
        fal,
        weights,
        ROUTES,
        OXREEL_INITIAL_CREDITS="1000000",
        OXREEL_FETCH_ALLOW_HOSTS=gallery.removeprefix("http://"),
        OXREEL_DIFFUSERS_OFFER=",".join(name for name in weights if name != "spoilt"),
    ).start()
    yield hub
    hub.stop()
