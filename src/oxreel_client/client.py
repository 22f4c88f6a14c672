"""The hub, from a program's side."""

import base64
import hashlib
import mimetypes
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from oxreel_client.connection import Connection
from oxreel_client.download import save
from oxreel_client.errors import ClientError
from oxreel_client.events import Event, follow
from oxreel_client.generation import Generation

#: Where a hub on this machine listens.
DEFAULT_URL = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Video:
    """A finished video of the synchronous call: either its signed URL or its bytes."""

    url: str | None
    content: bytes | None
    _connection: Connection

    def save(self, path: Path | str) -> Path:
        """The video as a file at `path`."""
        target = Path(path)
        if self.url is not None:
            return save(self._connection, self.url, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self.content or b"")
        return target


class Client:
    """One hub with one key. Every method raises HubRefused or HubUnreachable when the hub says no or nothing.

    `with Client(url, key) as hub: hub.submit("kling-video-o1-image-to-video", prompt=..., input_image=...)`
    """

    def __init__(self, base_url: str = DEFAULT_URL, api_key: str = "", *, timeout: float = 60.0) -> None:
        self._connection = Connection(base_url, api_key, timeout)

    @property
    def base_url(self) -> str:
        """The hub's address, without "/api"."""
        return self._connection.base_url

    # Generate

    def generate(self, model: str, **parameters: Any) -> Video:
        """The finished video of one synchronous call, which lasts as long as filming does.

        `parameters` are the model's own and the common ones, as on the wire: `prompt`, `input_image`,
        `duration`, `seed`, `preview`, `response_format`, `target_namespace`, ...
        """
        body = {"model": model, **parameters}
        answer = self._connection.ask("POST", "/api/ai/videos/generate", json=body, timeout=None)
        [video] = answer["videos"]
        text = video.get("b64_json")
        return Video(video.get("url"), base64.b64decode(text) if text is not None else None, self._connection)

    def submit(self, model: str, *, idempotency_key: str | None = None, **parameters: Any) -> Generation:
        """A generation in the queue, at once. The same `idempotency_key` and body never queue a second one."""
        [generation] = self.submit_several(1, model, idempotency_key=idempotency_key, **parameters)
        return generation

    def submit_several(
        self, count: int, model: str, *, idempotency_key: str | None = None, **parameters: Any
    ) -> list[Generation]:
        """1..4 generations of the same request in the queue."""
        body = {"model": model, **parameters} | ({"num_generations": count} if count != 1 else {})
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        answer = self._connection.ask("POST", "/api/ai/queue", json=body, headers=headers)
        return [Generation(self._connection, row["generation_id"], dict(row)) for row in answer["generations"]]

    def generation(self, generation_id: str) -> Generation:
        """The generation of that id, to wait for it or to download it from another program."""
        return Generation(self._connection, generation_id).refresh()

    def estimate(self, model: str, **parameters: Any) -> dict[str, Any]:
        """Price, size, frames and warnings of a request, without running it."""
        answer: dict[str, Any] = self._connection.ask("POST", "/api/ai/estimate", json={"model": model, **parameters})
        return answer

    # Look around

    def models(self) -> list[dict[str, Any]]:
        """The catalogue."""
        data: list[dict[str, Any]] = self._connection.ask("GET", "/api/ai/models")["data"]
        return data

    def model(self, model_id: str) -> dict[str, Any]:
        """One model, with the JSON Schema of its parameters in `request_schema`."""
        answer: dict[str, Any] = self._connection.ask("GET", f"/api/ai/models/{quote(model_id, safe='')}")
        return answer

    def account(self) -> dict[str, Any]:
        """Who this key is: name, namespaces, balance."""
        answer: dict[str, Any] = self._connection.ask("GET", "/api/account")
        return answer

    def events(self, last_event_id: str | None = None, *, observe: bool = False) -> Iterator[Event]:
        """What happens to the generations of this key's namespaces, for ever and without holes.

        Without `last_event_id` the stream first tells the completions of this key's own generations of the last
        minutes that no stream has told yet, each once; with `observe` it tells only what happens from now on
        and leaves those to other streams.
        """
        return follow(self._connection, last_event_id, observe=observe)

    # Pictures and videos to work from

    def upload(self, path: Path | str, *, repo: str = "uploads", namespace: str | None = None) -> str:
        """The URL of a local file in a private repository of yours, to be used in requests.

        The first upload makes the repository. The same bytes get the same URL. Raises ClientError where the file
        cannot be read.
        """
        file = Path(path)
        try:
            content = file.read_bytes()
        except OSError as error:
            raise ClientError(f"{file} cannot be read: {error.strerror or error}.") from error
        owner = namespace or str(self.account()["user"]["name"])
        name = "".join(c if c.isalnum() or c in "._-" else "-" for c in file.name)
        where = f"/api/repos/{quote(owner)}/{quote(repo)}/file/main/{hashlib.sha256(content).hexdigest()[:16]}/{name}"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        self._connection.ask("PUT", where, files={"file": (name, content, kind)})
        return self.base_url + where

    def close(self) -> None:
        """Give the sockets back."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
