"""A hub and a worker that share a database and a bucket, and no folder."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

from support.hub import RunningHub
from support.quick_hub import QuickHub
from support.s3 import FaultyS3, s3_server
from support.workbench import open_history, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MODEL = "kling-video-o3-pro-image-to-video"
FILES = "/api/repos/local/pictures/file/main"


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyS3]:
    """A bucket on a real server, behind a proxy that breaks what it is told to."""
    with s3_server(tmp_path_factory.mktemp("s3") / "buckets") as server, FaultyS3(server) as between:
        yield between


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, bucket: FaultyS3) -> Iterator[RunningHub]:
    """An API process and a worker, each with a data folder of its own."""
    folder = tmp_path_factory.mktemp("fleet")
    shared = {
        "OXREEL_DATABASE_URL": f"sqlite:///{folder / 'shared.sqlite'}",
        "OXREEL_STORAGE_URL": bucket.url,
        **bucket.variables,
    }
    api = QuickHub(folder / "api", OXREEL_SERVE_WORKER="false", **shared)
    worker = QuickHub(folder / "worker", **shared)
    try:
        api.start()
        worker.start("worker")
        yield api
    finally:
        worker.stop()
        api.stop()


@pytest.fixture(autouse=True)
def whole(bucket: FaultyS3) -> Iterator[None]:
    """Every test begins and ends with a bucket that works."""
    yield
    bucket.fault = lambda *_: None


def picture(colour: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (640, 360), colour).save(content, "PNG")
    return content.getvalue()


def upload(hub: RunningHub, name: str, data: bytes) -> str:
    """Path of the stored file."""
    hub.client.put(f"{FILES}/{name}", files={"file": (name, data)}).raise_for_status()
    return f"{FILES}/{name}"


def film(hub: RunningHub, **changes: Any) -> dict[str, Any]:
    data = f"data:image/png;base64,{base64.b64encode(picture('teal')).decode()}"
    body = {"model": MODEL, "prompt": "A lake", "duration": 3, "input_image": data, **changes}
    return hub.wait_for(hub.enqueue(**body))


def stored(bucket: FaultyS3, folder: str) -> list[str]:
    return [name for name in bucket.files() if name.startswith(f"{folder}/")]


def test_a_film_is_made_from_a_stored_picture_and_handed_out_by_the_bucket(hub: RunningHub, bucket: FaultyS3) -> None:
    path = upload(hub, "start.png", picture("red"))
    row = film(hub, input_image=hub.url + path)
    assert (row["status"], row["cost"]) == ("succeeded", "0.672")
    # The URL is the hub's own, as on every store.
    assert row["result_url"].startswith(f"{hub.url}/api/repos/local/generations/files/main/")
    sent = httpx.get(row["result_url"])
    assert sent.status_code == 307
    assert sent.headers["cache-control"] == "no-store"
    assert sent.headers["location"].startswith(f"{bucket.endpoint}/films/hub/results/{row['generation_id']}/")
    there = httpx.get(sent.headers["location"])
    assert there.status_code == 200
    assert there.headers["content-type"] == "video/mp4"
    assert there.content[4:8] == b"ftyp"
    # With the key, too, which stays with the hub.
    assert hub.client.get(row["result_url"], follow_redirects=True).content == there.content
    assert stored(bucket, "takes") == []


def test_ranges_tags_and_heads_are_as_on_every_store(hub: RunningHub) -> None:
    url = film(hub)["result_url"]
    whole = httpx.get(url, headers={"OxReel-Through-Hub": "1"})
    assert whole.status_code == 200
    head = httpx.head(url)
    assert head.status_code == 200
    for name in ("etag", "content-length", "content-type", "accept-ranges"):
        assert head.headers[name] == whole.headers[name]
    assert httpx.get(url, headers={"If-None-Match": head.headers["etag"]}).status_code == 304
    part = httpx.get(url, headers={"Range": "bytes=4-7"}, follow_redirects=True)
    assert part.content == whole.content[4:8] == b"ftyp"
    beyond = httpx.get(url, headers={"Range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416
    through = httpx.get(url, headers={"Range": "bytes=4-7", "OxReel-Through-Hub": "1"})
    assert (through.status_code, through.content) == (206, b"ftyp")


def test_scripts_read_through_the_hub_and_the_page_may_play_from_the_bucket(hub: RunningHub, bucket: FaultyS3) -> None:
    url = hub.url + upload(hub, "blue.png", picture("blue"))
    for script in ({"OxReel-Through-Hub": "1"}, {"Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Mode": "same-origin"}):
        assert hub.client.get(url, headers=script).content == picture("blue")
    assert hub.client.get(url, headers={"Sec-Fetch-Mode": "no-cors"}).status_code == 307
    rules = hub.client.get("/ai/workbench").headers["content-security-policy"]
    for rule in ("img-src", "media-src"):
        [found] = [one for one in rules.split("; ") if one.startswith(rule)]
        assert bucket.endpoint in found.split()
    assert "connect-src 'self';" in rules


def test_the_workbench_plays_from_the_bucket_and_saves_through_the_hub(
    hub: RunningHub, bucket: FaultyS3, browser: "Browser"
) -> None:
    row = film(hub, prompt="A bucket at the well")
    context = browser.new_context()
    try:
        context.add_init_script(f"sessionStorage.setItem('oxreel.api-key', '{hub.key}')")
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        bucket.requests.clear()
        page.goto(f"{hub.url}/ai/workbench")
        open_history(page).filter(has_text="bucket").locator(".open").first.click()
        until(page, "document.querySelector('dialog video')?.readyState >= 2")
        page.evaluate("document.querySelector('dialog video').currentTime = 2")
        until(page, "!document.querySelector('dialog video').seeking")
        assert any(f"/results/{row['generation_id']}/" in path and "Signature" in path for _, path in bucket.requests)
        with page.expect_download() as download:
            page.get_by_role("dialog").get_by_role("link", name="Download").click()
        saved = Path(download.value.path()).read_bytes()
        assert saved == httpx.get(row["result_url"], follow_redirects=True).content
        assert [line for line in said if "Content Security Policy" in line or "CORS" in line] == []
    finally:
        context.close()


def test_nobody_is_sent_to_what_is_not_theirs(hub: RunningHub) -> None:
    path = upload(hub, "private.png", picture("green"))
    row = film(hub)
    signed = row["result_url"]
    for url in (hub.url + path, signed.partition("?")[0], signed[:-1] + ("0" if signed[-1] != "0" else "1")):
        answer = httpx.get(url)
        assert answer.status_code in (403, 404)
        assert "location" not in answer.headers


def test_what_a_browser_might_run_never_leaves_the_hubs_own_headers(hub: RunningHub) -> None:
    for name in ("page.html", "drawing.svg", "notes.txt"):
        answer = hub.client.get(upload(hub, name, b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
        assert answer.status_code == 200
        assert "sandbox" in answer.headers["content-security-policy"]


def test_files_are_listed_shown_small_replaced_and_deleted(hub: RunningHub, bucket: FaultyS3) -> None:
    others = set(stored(bucket, "pictures"))
    path = upload(hub, "folder/one.png", picture("red"))
    [entry] = hub.client.get("/api/repos/local/pictures/dir/main/folder").json()["entries"]
    assert (entry["filename"], entry["width"], entry["height"]) == ("one.png", 640, 360)
    small = hub.client.get(path, params={"width": 64})
    assert small.status_code == 200
    assert Image.open(io.BytesIO(small.content)).size == (64, 36)
    [made] = set(stored(bucket, "pictures")) - others
    upload(hub, "folder/one.png", picture("black"))
    assert set(stored(bucket, "pictures")) == others
    assert made.removeprefix("pictures/").rpartition("/")[0] not in bucket.files()
    before = bucket.files()
    assert hub.client.delete(path).status_code == 200
    assert hub.client.get(path).status_code == 404
    assert len(before) - len(bucket.files()) == 1


def test_a_bucket_that_is_away_is_said_to_be_away(hub: RunningHub, bucket: FaultyS3) -> None:
    path = upload(hub, "away.png", picture("white"))
    bucket.fault = lambda *_: 403
    for answer in (
        hub.client.get(path, headers={"OxReel-Through-Hub": "1"}),
        hub.client.get(path, params={"width": 64}),
        hub.client.put(f"{FILES}/other.png", files={"file": ("other.png", picture("red"))}),
    ):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert answer.json()["error"]["message"].startswith("The hub's store of files does not answer")
        assert bucket.endpoint not in answer.text
    # The row goes; the sweep finds the bytes.
    assert hub.client.delete(path).status_code == 200
    bucket.fault = lambda *_: None
    assert hub.client.get(path).status_code == 404
    assert hub.client.get(f"{FILES}/other.png").status_code == 404


def test_a_film_that_the_bucket_does_not_keep_fails_and_costs_nothing(hub: RunningHub, bucket: FaultyS3) -> None:
    before = hub.client.get("/api/account").json()["user"]["balance"]
    bucket.fault = lambda method, path: 403 if method in ("PUT", "POST") and "/results/" in path else None
    row = film(hub)
    assert (row["status"], row["cost"]) == ("failed", None)
    assert row["error_message"] == (
        "The hub's store of files could not keep the finished video. Nothing was charged; please retry it."
    )
    assert hub.client.get("/api/account").json()["user"]["balance"] == before
    # A store that only stumbles is asked again.
    stumbles: list[Any] = [503, "reset", 503]
    bucket.fault = lambda method, path: stumbles.pop() if stumbles and "/results/" in path and method == "PUT" else None
    again = hub.client.post(f"/api/ai/queue/{row['generation_id']}/retry").raise_for_status().json()
    retried = again.get("generation_id") or again["generation"]["generation_id"]
    assert hub.wait_for(retried)["status"] == "succeeded"
    assert stumbles == []


def test_a_hub_may_hand_everything_out_itself(hub: RunningHub, tmp_path: Path) -> None:
    path = upload(hub, "through.png", picture("pink"))
    shared = {name: value for name, value in hub.variables.items() if name not in ("OXREEL_DATA_DIR", "OXREEL_PORT")}
    through = QuickHub(tmp_path / "through", **{**shared, "OXREEL_STORAGE_REDIRECT": "false"})
    try:
        through.start()
        answer = through.client.get(path)
        assert (answer.status_code, answer.content) == (200, picture("pink"))
    finally:
        through.stop()


def test_a_hub_with_a_wrong_bucket_does_not_start_and_says_why(bucket: FaultyS3, tmp_path: Path) -> None:
    variables = {**bucket.variables, "OXREEL_STORAGE_URL": "s3://no-such-bucket/hub"}
    wrong = QuickHub(tmp_path / "wrong", **variables)
    try:
        with pytest.raises(AssertionError, match="did not start"):
            wrong.start()
        said = wrong.log.read_text()
        assert "there is no bucket 'no-such-bucket'" in said
        assert "Traceback" not in said
    finally:
        wrong.stop()
