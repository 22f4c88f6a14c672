"""The requests that a video server understands: create, look, fetch, delete."""

import json
import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx

from oxreel.engines.video_server.ask import Ask
from oxreel.errors import FilmingFailed

#: Seconds that the server may take to answer a request, once that is there, and to answer a look.
_ACCEPT_SECONDS, _LOOK_SECONDS = 120.0, 15.0
#: Longest answer that is not a video, and longest video, in bytes.
_LONGEST_ANSWER, _LARGEST_VIDEO = 1_000_000, 4 * 1024**3
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}")

State = Literal["waiting", "done", "failed"]
_STATES: dict[str, State] = {"completed": "done", "failed": "failed", "cancelled": "failed", "deleted": "failed"}


class NotThere(Exception):
    """The request surely did not reach the server, or was sent away unread: it can be sent again."""


class Unsure(Exception):
    """Nobody can say whether the server took the request."""


class Stumbled(Exception):
    """A look brought no answer that makes sense; the next one may."""


@dataclass(frozen=True)
class Job:
    """How far a job of the server is."""

    state: State
    #: From 0 to 1.
    progress: float
    #: Why it failed, in the server's words.
    error: str = ""


@dataclass(frozen=True)
class _Answer:
    """What the server said, at most `_LONGEST_ANSWER` bytes of it."""

    status: int
    content: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


class VideoServer:
    """One server by its address."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/").removesuffix("/v1")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = self._connection()

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def create(self, ask: Ask) -> str:
        """The id of the job that was made. Raises NotThere, Unsure, or FilmingFailed where it is refused."""
        # A connection of its own: one that was kept may be dead, and then nobody knows what became of the request.
        with self._connection() as client:
            try:
                answer = _exchange(client, "POST", "/v1/videos", _ACCEPT_SECONDS, **_body(ask))
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol) as error:
                raise NotThere(f"it cannot be reached ({_said(error)})") from error
            except httpx.HTTPError as error:
                raise Unsure(_said(error)) from error
        if answer.status in (429, 503):
            raise NotThere(f"it takes no more requests at the moment (HTTP {answer.status})")
        if answer.status in (408, 502, 504):  # a proxy's words for a server that may have got it
            raise Unsure(f"HTTP {answer.status}")
        if not answer.is_success:
            raise _refused(answer)
        job_id = _object(answer.content).get("id")
        if not isinstance(job_id, str) or not _ID.fullmatch(job_id):
            raise Unsure("its answer names no job")
        return job_id

    def look(self, job_id: str) -> Job:
        """How far the job is. Raises Stumbled, or FilmingFailed where the server does not know it."""
        try:
            answer = _exchange(self._client, "GET", f"/v1/videos/{job_id}", _LOOK_SECONDS)
        except httpx.HTTPError as error:
            raise Stumbled(_said(error)) from error
        if answer.status == 404:
            raise FilmingFailed("The video server no longer knows what it was filming; it may have been restarted.")
        if answer.status in (401, 403):
            raise _refused(answer)
        if not answer.is_success:
            raise Stumbled(f"HTTP {answer.status}")
        found = _object(answer.content)
        status, progress = found.get("status"), found.get("progress")
        if not isinstance(status, str):
            raise Stumbled("its answer has no status")
        share = float(progress) / 100 if isinstance(progress, int | float) else 0.0
        return Job(_STATES.get(status, "waiting"), min(max(share, 0.0), 1.0), _words(found.get("error")))

    def fetch(self, job_id: str, target: Path, stopping: threading.Event) -> None:
        """Write the job's video to `target`. Raises Stumbled, and leaves no file, where it did not come whole."""
        partial = target.with_name(f".{target.name}.partial")
        try:
            with self._client.stream("GET", f"/v1/videos/{job_id}/content", timeout=_LOOK_SECONDS) as answer:
                if not answer.is_success:
                    raise Stumbled(f"HTTP {answer.status_code}")
                with partial.open("wb") as file:
                    # As it comes: a whole block of what drips would never be there.
                    for block in answer.iter_bytes():
                        if stopping.is_set():
                            raise Stumbled("it is not wanted any more")
                        if file.tell() + len(block) > _LARGEST_VIDEO:
                            raise FilmingFailed(f"The video server's film is larger than {_LARGEST_VIDEO >> 30} GiB.")
                        file.write(block)
            partial.replace(target)
        except httpx.HTTPError as error:
            raise Stumbled(_said(error)) from error
        finally:
            partial.unlink(missing_ok=True)

    def delete(self, job_id: str) -> bool:
        """Whether the server has stopped and forgotten the job, or never knew it."""
        try:
            answer = _exchange(self._client, "DELETE", f"/v1/videos/{job_id}", _LOOK_SECONDS)
        except httpx.HTTPError:
            return False
        return answer.is_success or answer.status == 404

    def _connection(self) -> httpx.Client:
        # Straight there: a proxy of this machine's environment is for the outside, and must not see the key.
        verify = self._url.startswith("https:")
        return httpx.Client(base_url=self._url, headers=self._headers, trust_env=False, verify=verify)


def _exchange(client: httpx.Client, method: str, path: str, seconds: float, **body: Any) -> _Answer:
    """What the server says, within so many seconds from its first word. Raises httpx.HTTPError."""
    content = b""
    with client.stream(method, path, timeout=seconds, **body) as answer:
        deadline = time.monotonic() + seconds
        for piece in answer.iter_bytes():
            content += piece
            if len(content) > _LONGEST_ANSWER:
                break
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout("its answer takes too long")
        return _Answer(answer.status_code, content[:_LONGEST_ANSWER])


def _refused(answer: _Answer) -> FilmingFailed:
    """The failure that a refusal of the server is."""
    if answer.status in (401, 403):
        return FilmingFailed("The video server refuses this hub's key (OXREEL_VIDEO_SERVER_KEY).")
    found = _object(answer.content)
    words = _words(found.get("detail") or found.get("error") or found.get("message"))
    return FilmingFailed(f"The video server refused the request: HTTP {answer.status}{words and f' - {words}'}.")


def _body(ask: Ask) -> dict[str, Any]:
    if ask.as_json:
        return {"json": ask.fields}
    # A form of parts even without a file: the other kind of form is not taken.
    parts: list[tuple[str, Any]] = [(name, (None, _text(value))) for name, value in ask.fields.items()]
    parts += [(name, (path.name, path.read_bytes(), "image/png")) for name, path in ask.files]
    return {"files": parts}


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _object(content: bytes) -> dict[str, Any]:
    """The JSON object, an empty one for anything else."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _words(said: Any) -> str:
    """What a server says of an error in any of the usual shapes, on one line and short."""
    if isinstance(said, dict):
        said = said.get("message") or said.get("msg") or ""
    if isinstance(said, list):
        said = "; ".join(_words(one) for one in said[:3])
    return " ".join(str(said or "").split())[:300].rstrip(".")


def _said(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
