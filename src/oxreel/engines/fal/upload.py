"""References on their way to fal: within the request where they are small, uploaded before it where they are not."""

from collections.abc import Callable
from typing import Any

import httpcore

from oxreel.engines.fal.exchange import Exchange, NeverLeft, NoAnswer
from oxreel.engines.fal.pictures import Sent, sent
from oxreel.errors import FilmingFailed
from oxreel.media.limits import MEGABYTE
from oxreel.network.connection import NotPublic, Reach, Route, reason
from oxreel.network.place import NotAPlace, read_place
from oxreel.settings import Settings
from oxreel.storyboard import Reference

_LONGEST_ADDRESS = 8192
#: Tries of one upload: it costs nothing, and the file that comes of it is another one each time.
_TRIES = 3


class Uploads:
    """What is sent along with one request."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        #: Bytes that may still go within the request; base64 makes four of three.
        self._room = int(settings.fal_inline_megabytes * MEGABYTE)
        self._addresses: dict[str, str] = {}

    def address(self, reference: Reference) -> str:
        """The URL by which fal gets a reference. Raises BadReference, FilmingFailed."""
        if reference.path not in self._addresses:
            file = sent(reference)
            if len(file.data) <= self._room:
                self._room -= len(file.data)
                self._addresses[reference.path] = file.data_uri
            else:
                self._addresses[reference.path] = self._upload(file)
        return self._addresses[reference.path]

    def _upload(self, file: Sent) -> str:
        for attempt in range(1, _TRIES + 1):
            try:
                said = self._initiate(file)
                self._put(said["upload_url"], file)
            except _NotUploaded as error:
                if attempt == _TRIES:
                    raise FilmingFailed(f"{file.name} could not be uploaded to the provider fal ({error}).") from error
            else:
                return said["file_url"]
        raise AssertionError("the last try returns or raises")

    def _initiate(self, file: Sent) -> dict[str, str]:
        settings = self._settings
        exchange = Exchange(settings.fal_rest_url, settings.fal_key.get_secret_value(), settings.fal_seconds)
        body = {"content_type": file.content_type, "file_name": file.name}
        try:
            answer = exchange.send("POST", f"{exchange.url}/storage/upload/initiate?storage_type=fal-cdn-v3", body)
        except (NeverLeft, NoAnswer) as error:
            raise _NotUploaded(str(error)) from error
        said: dict[str, Any] = answer.said or {}
        if answer.status != 200 or not all(isinstance(said.get(name), str) for name in ("upload_url", "file_url")):
            raise _NotUploaded(f"status {answer.status}")
        return said

    def _put(self, address: str, file: Sent) -> None:
        """Send the bytes to where fal wants them, which may be any public host and gets no key."""
        settings = self._settings
        route = Route(Reach(allowed_hosts(settings), settings.fal_download_seconds))
        headers: dict[bytes | str, bytes | str] = {
            "Content-Type": file.content_type,
            "Content-Length": str(len(file.data)),
            "User-Agent": "OxReel",
        }
        try:
            place = read_place(address, _LONGEST_ADDRESS)
            with route.pool(place) as pool:
                answer = pool.request(
                    "PUT", place.url, headers={"Host": place.host_header, **headers}, content=file.data
                )
        except (NotAPlace, NotPublic) as error:
            raise _NotUploaded(str(error)) from error
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
            raise _NotUploaded(reason(error)) from error
        if not 200 <= answer.status < 300:
            raise _NotUploaded(f"status {answer.status}")


class _NotUploaded(Exception):
    """One try failed. It says why."""


def allowed_hosts(settings: Settings) -> tuple[str, ...]:
    """Hosts that may be private: those of the settings, among them fal's own where that is a server of the inside."""
    own = (settings.fal_url, settings.fal_rest_url)
    return (*settings.fetch_allow_hosts, *(address.partition("://")[2].partition("/")[0].lower() for address in own))


Address = Callable[[Reference], str]
