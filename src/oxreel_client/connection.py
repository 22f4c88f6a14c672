"""The HTTP connection to one hub: asks, and turns every refusal into one error."""

from contextlib import AbstractContextManager
from typing import Any

import httpx

from oxreel_client.errors import HubRefused, HubUnreachable

#: Seconds that a hub may take to accept a connection.
CONNECT_SECONDS = 10.0


class Connection:
    """Requests to one hub with one key."""

    def __init__(self, base_url: str, api_key: str, timeout: float) -> None:
        #: The hub's address without "/api", as clients of the documents write it.
        self.base_url = base_url.rstrip("/").removesuffix("/api")
        self._key = api_key
        self._timeout = httpx.Timeout(timeout, connect=CONNECT_SECONDS)
        self._http = httpx.Client(timeout=self._timeout)

    def ask(self, method: str, path: str, *, timeout: float | None = -1, **request: Any) -> Any:
        """The JSON that the hub answers; `timeout` in seconds, None for no limit.

        Raises HubRefused or HubUnreachable.
        """
        response = self.send(method, path, timeout=timeout, **request)
        refuse(response)
        try:
            return response.json()
        except ValueError:
            raise HubUnreachable(f"What answers at {self.base_url} is not a hub: {path} is not JSON.") from None

    def send(self, method: str, path: str, *, timeout: float | None = -1, **request: Any) -> httpx.Response:
        """The whole answer, whatever its status."""
        headers = {**self._authorization(), **request.pop("headers", {})}
        limit = self._timeout if timeout == -1 else httpx.Timeout(timeout, connect=CONNECT_SECONDS)
        try:
            return self._http.request(method, self.base_url + path, headers=headers, timeout=limit, **request)
        except httpx.HTTPError as error:
            raise self.unreachable(error) from error

    def stream(
        self, path: str, headers: dict[str, str], *, read_timeout: float
    ) -> AbstractContextManager[httpx.Response]:
        """An open response to read line by line: `with connection.stream(...) as response`."""
        timeout = httpx.Timeout(CONNECT_SECONDS, read=read_timeout)
        return self._http.stream(
            "GET", self.base_url + path, headers={**self._authorization(), **headers}, timeout=timeout
        )

    def fetch(self, url: str) -> AbstractContextManager[httpx.Response]:
        """A result to read piece by piece. A signed URL is its own permission, so the key stays at home."""
        return self._http.stream("GET", url, follow_redirects=True)

    def unreachable(self, error: httpx.HTTPError) -> HubUnreachable:
        """The sentence for a transport error."""
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return HubUnreachable(f"No hub answers at {self.base_url}. Is it running, and is the address right?")
        if isinstance(error, httpx.TimeoutException):
            return HubUnreachable(f"The hub at {self.base_url} took too long to answer.")
        return HubUnreachable(f"The connection to {self.base_url} was lost ({error or type(error).__name__}).")

    def close(self) -> None:
        """Give the sockets back."""
        self._http.close()

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"} if self._key else {}


def refuse(response: httpx.Response) -> None:
    """Raise HubRefused where the answer is not a success; both published error shapes are understood."""
    if response.is_success:
        return
    try:
        body = response.json()
    except (ValueError, httpx.ResponseNotRead):
        body = {}
    body = body if isinstance(body, dict) else {}
    error = body.get("error")
    fields: dict[str, Any] = error if isinstance(error, dict) else {"message": error} if error else {}
    message = fields.get("message") or fields.get("detail") or fields.get("title") or body.get("status_message")
    kind = fields.get("type") or body.get("status_message") or response.reason_phrase
    wait = response.headers.get("Retry-After", "")
    raise HubRefused(
        str(message or f"The hub answered {response.status_code} {response.reason_phrase}."),
        status=response.status_code,
        kind=str(kind),
        detail=str(fields.get("detail") or message or ""),
        retry_after=int(wait) if wait.isdigit() else None,
    )
