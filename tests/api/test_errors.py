"""The contract's errors, from a running hub: one body, the documented statuses and sentences, never a stack trace."""

import http.client
import json
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from oxreel import accounts, errors, ledger
from oxreel.api.error_responses import RESPONSES, UNKNOWN, respond
from oxreel.errors import OxReelError, RateLimited
from oxreel.units import micro_usd
from support.hub import RunningHub

MODEL = "kling-video-o3-pro-reference-to-video"
BODY = {"model": MODEL, "prompt": "A hill"}
SAMPLE = "/api/repos/ox/Oxen-AI-Assets/file/main/images/ox_zoom_out_1926_1076.png"
RESULT = SAMPLE.replace("/file/", "/files/")
QUEUE, OLD_GENERATE, GENERATE, ESTIMATE = (
    "/api/ai/queue", "/api/videos/generate", "/api/ai/videos/generate", "/api/ai/estimate",
)  # fmt: skip
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Request:
    """A request that is refused, and how."""

    method: str
    path: str
    status: int
    kind: str
    #: What the message contains.
    told: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        words = "" if self.body is None else json.dumps(self.body)[:60]
        return f"{self.status} {self.method} {self.path[:60]} {words}".strip()


def refused(method: str, path: str, told: str, **body: Any) -> Request:
    return Request(method, path, 400, "invalid_params", told, body or None)


def missing(method: str, path: str, told: str, **body: Any) -> Request:
    return Request(method, path, 404, "resource_not_found", told, body or None)


def told(answer: httpx.Response, status: int, kind: str) -> str:
    """The message of an error, its answer looked at in every part."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error", "status", "status_message"}
    assert body["status"] == "error"
    assert body["status_message"] == kind
    error = body["error"]
    assert set(error) == {"type", "title", "detail", "message"}
    assert error["type"] == kind
    assert all(isinstance(text, str) and text for text in error.values())
    for word in ("Traceback", 'File "', "sqlalchemy", "sqlite3", "pydantic", "site-packages"):
        assert word not in answer.text
    message: str = error["message"]
    return message


def send(hub: RunningHub, one: Request, key: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key or hub.key}", **one.headers}
    return hub.client.request(one.method, one.path, json=one.body, headers=headers)


NewUser = Callable[[str], tuple[str, str]]


@pytest.fixture
def new_user(hub: RunningHub) -> NewUser:
    """Makes a user with so many dollars and gives name and key."""

    def made(dollars: str) -> tuple[str, str]:
        name = f"user-{uuid.uuid4().hex[:12]}"
        with hub.database.transaction() as tx:
            user = accounts.create_user(tx, name)
            if dollars != "0":
                ledger.grant(tx, user.id, micro_usd(dollars), "for tests")
            return name, accounts.create_key(tx, name, "key")[1]

    return made


# Every class of errors


def _classes(of: type[OxReelError] = OxReelError) -> Iterator[type[OxReelError]]:
    for one in of.__subclasses__():
        yield one
        yield from _classes(one)


def test_every_class_of_errors_has_its_answer() -> None:
    assert set(RESPONSES) == set(_classes())


@pytest.mark.parametrize(
    ("kind", "status", "name"),
    [
        (errors.Unauthenticated, 401, "unauthenticated"),
        (errors.InvalidParams, 400, "invalid_params"),
        (errors.BadReference, 400, "invalid_params"),
        (errors.InsufficientCredits, 402, "insufficient_credits"),
        (errors.Forbidden, 403, "forbidden"),
        (errors.NotFound, 404, "resource_not_found"),
        (errors.Conflict, 409, "conflict"),
        (errors.PayloadTooLarge, 413, "payload_too_large"),
        (errors.UnsupportedMediaType, 415, "unsupported_media_type"),
        (errors.FilmingFailed, 500, "unknown_error"),
    ],
)
def test_a_class_of_errors_has_the_contracts_status_and_type(kind: type[OxReelError], status: int, name: str) -> None:
    answer = respond(kind("It is so.", detail="It is so, because of this."))
    assert answer.status_code == status
    body = json.loads(bytes(answer.body))
    title = body["error"].pop("title")
    assert title
    assert body == {
        "error": {"type": name, "detail": "It is so, because of this.", "message": "It is so."},
        "status": "error",
        "status_message": name,
    }


def test_too_much_at_once_says_when_to_come_back() -> None:
    answer = respond(RateLimited("Later.", retry_after=7))
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "7"
    assert json.loads(bytes(answer.body))["error"]["type"] == "rate_limited"


# The table


@pytest.mark.parametrize(
    "one",
    [
        *(missing("POST", path, "Model not found: kling-9", model="kling-9") for path in (
            QUEUE, OLD_GENERATE, GENERATE, ESTIMATE
        )),
        *(refused("POST", path, "model: Field required", prompt="A hill") for path in (QUEUE, GENERATE)),
        refused("POST", QUEUE, "model: Input should be a valid string", model=5),
        refused("POST", QUEUE, "num_generations must be an integer between 1 and 4", **BODY, num_generations=5),
        refused("POST", QUEUE, "seed: Input should be greater than or equal to 0", **BODY, seed=-1),
        refused("POST", QUEUE, "seed: ", **BODY, seed=2**53),
        refused("POST", QUEUE, "seed: ", **BODY, seed=1.5),
        refused("POST", QUEUE, "preview: Input should be a valid boolean", **BODY, preview="yes"),
        refused("POST", QUEUE, "response_format: Input should be 'url' or 'b64_json'", **BODY, response_format="gif"),
        refused("POST", QUEUE, "there is no engine 'imax' on this hub", **BODY, engine="imax"),
        refused("POST", QUEUE, "repository", **BODY, target_repo="../x"),
        refused("POST", QUEUE, "path", **BODY, target_directory="a/../../x"),
        refused("POST", GENERATE, "prompt: Input should be a valid string", model=MODEL, prompt=5),
        refused("POST", GENERATE, "zoom: Unknown field; this model takes prompt, multi_prompt, ", **BODY, zoom=1),
        refused("POST", GENERATE, "Getting model response error: 422 - Value error, Either 'prompt'", model=MODEL),
        refused("POST", "/api/repos", "name", namespace="local"),
        refused("GET", "/api/ai/generations?page=0", "page: Input should be greater than or equal to 1"),
        refused("GET", "/api/ai/generations?page=two", "page: Input should be a valid integer"),
        refused("GET", "/api/ai/generations?page_size=1001", "page_size: Input should be less than or equal to 1000"),
        refused("GET", "/api/ai/queue?status=done", "'queued', 'processing', 'succeeded', 'failed' or 'cancelled'"),
        refused("GET", "/api/ai/models/search", "search: Field required"),
        refused("GET", f"{SAMPLE}?width=0", "width"),
        refused("GET", "/api/ai/queue/%00", "NUL"),
        refused("GET", "/api/ai/queue?model=%00", "NUL"),
        refused("GET", "/api/repos/%00/x/file/main/a", "NUL"),
        missing("GET", f"/api/ai/queue/{UNKNOWN_ID}", UNKNOWN_ID),
        missing("DELETE", f"/api/ai/queue/{UNKNOWN_ID}", UNKNOWN_ID),
        missing("POST", f"/api/ai/queue/{UNKNOWN_ID}/retry", UNKNOWN_ID),
        missing("GET", f"/api/ai/generations/{UNKNOWN_ID}", UNKNOWN_ID),
        missing("DELETE", f"/api/media/generations/local/{UNKNOWN_ID}", UNKNOWN_ID),
        missing("GET", "/api/ai/queue/%ED%A0%80", "There is no generation"),
        missing("GET", "/api/ai/models/kling-9", "Model not found: kling-9"),
        missing("POST", "/api/ai/models/kling-9/favorite", "Model not found: kling-9"),
        missing("GET", "/api/evaluations/models/kling-9", "Model not found: kling-9"),
        missing("GET", "/api/repos/nobody", "nobody"),
        missing("GET", "/api/repos/nobody/pictures", "nobody/pictures"),
        missing("GET", "/api/repos/ox/Oxen-AI-Assets/file/main/no.png", "no.png"),
        missing("GET", "/api/repos/ox/Oxen-AI-Assets/file/dev/no.png", "main"),
        missing("GET", "/api/nothing", "/api/nothing"),
        missing("POST", "/api/nothing", "/api/nothing", model=MODEL),
        missing("GET", "/nothing", "/nothing"),
        Request("POST", QUEUE, 403, "forbidden", "not a member", {**BODY, "target_namespace": "ox"}),
        Request("POST", GENERATE, 403, "forbidden", "not a member", {**BODY, "target_namespace": "nobody"}),
        Request("GET", f"{RESULT}?expires=9999999999&signature=00", 403, "forbidden", "signature"),
        Request("DELETE", SAMPLE, 403, "forbidden", "ox/Oxen-AI-Assets"),
        Request("PUT", "/api/repos/local/errors/file/main/a.png", 415, "unsupported_media_type", "multipart", {}),
        Request("PUT", QUEUE, 405, "method_not_allowed", "PUT is not allowed at /api/ai/queue"),
        Request("GET", GENERATE, 405, "method_not_allowed", "GET"),
        Request("GET", OLD_GENERATE, 405, "method_not_allowed", "GET"),
        Request("DELETE", "/api/ai/models", 405, "method_not_allowed", "DELETE"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_refused_is_refused_in_the_one_shape(hub: RunningHub, one: Request) -> None:
    assert one.told in told(send(hub, one), one.status, one.kind)


@pytest.mark.parametrize(
    ("path", "methods"), [(QUEUE, "GET, POST"), ("/api/ai/queue/x", "DELETE, GET"), (GENERATE, "POST")]
)
def test_a_method_that_a_path_does_not_take_is_told_those_that_it_takes(
    hub: RunningHub, path: str, methods: str
) -> None:
    answer = hub.client.patch(path)
    told(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == methods


# Who asks


@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer oxr_unknown", "Basic bG9jYWw6a2V5", "oxr_key-of-the-tests", "Bearer \xfc"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", QUEUE),
        ("POST", OLD_GENERATE),
        ("POST", GENERATE),
        ("POST", ESTIMATE),
        ("GET", QUEUE),
        ("GET", "/api/ai/generations"),
        ("GET", f"/api/ai/queue/{UNKNOWN_ID}"),
        ("GET", f"/api/media/generations/status/local/{MODEL}"),
        ("GET", "/api/events"),
        ("GET", "/api/account"),
        ("POST", "/api/repos"),
    ],
)
def test_no_key_or_one_that_nobody_owns_is_refused(hub: RunningHub, method: str, path: str, header: str | None) -> None:
    headers = [] if header is None else [(b"Authorization", header.encode("latin-1"))]
    answer = httpx.request(method, hub.url + path, headers=headers, trust_env=False)
    assert "key" in told(answer, 401, "unauthenticated").lower()
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_revoked_key_is_refused(hub: RunningHub, new_user: NewUser) -> None:
    name, key = new_user("0")
    headers = {"Authorization": f"Bearer {key}"}
    assert hub.client.get(QUEUE, headers=headers).status_code == 200
    with hub.database.transaction() as tx:
        (mine,) = accounts.list_keys(tx, name)
        accounts.revoke_key(tx, mine.id)
    told(hub.client.get(QUEUE, headers=headers), 401, "unauthenticated")


@pytest.mark.parametrize("path", [QUEUE, OLD_GENERATE, GENERATE])
def test_too_few_credits_are_refused_in_the_documents_words(hub: RunningHub, new_user: NewUser, path: str) -> None:
    _, key = new_user("1.11")
    message = told(send(hub, Request("POST", path, 402, "", "", BODY), key), 402, "insufficient_credits")
    assert "Insufficient credits" in message
    assert "1.12" in message
    page = hub.client.get("/api/ai/generations", headers={"Authorization": f"Bearer {key}"}).json()
    assert page["total_entries"] == 0


def test_a_generation_of_others_looks_like_one_that_is_not_there(hub: RunningHub, new_user: NewUser) -> None:
    generation_id = hub.enqueue(model=MODEL, prompt="")
    _, key = new_user("0")
    for method, path in [
        ("GET", f"/api/ai/queue/{generation_id}"),
        ("DELETE", f"/api/ai/queue/{generation_id}"),
        ("POST", f"/api/ai/queue/{generation_id}/retry"),
        ("GET", f"/api/ai/generations/{generation_id}"),
    ]:
        of_others = told(send(hub, Request(method, path, 404, "", ""), key), 404, "resource_not_found")
        unknown = path.replace(generation_id, UNKNOWN_ID)
        absent = told(send(hub, Request(method, unknown, 404, "", ""), key), 404, "resource_not_found")
        assert of_others == absent.replace(UNKNOWN_ID, generation_id)


# What clashes, what is too much


def test_what_is_there_already_is_a_conflict(hub: RunningHub) -> None:
    name = f"repo-{uuid.uuid4().hex[:12]}"
    one = Request("POST", "/api/repos", 409, "conflict", name, {"namespace": "local", "name": name})
    assert send(hub, one).status_code == 200
    assert one.told in told(send(hub, one), one.status, one.kind)


def test_an_idempotency_key_with_another_body_is_a_conflict(hub: RunningHub) -> None:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    first = hub.client.post(QUEUE, json={"model": MODEL, "prompt": ""}, headers=headers)
    assert first.status_code == 200
    assert hub.client.post(QUEUE, json={"model": MODEL, "prompt": ""}, headers=headers).json() == first.json()
    message = told(hub.client.post(QUEUE, json={"model": MODEL, "prompt": " "}, headers=headers), 409, "conflict")
    assert headers["Idempotency-Key"] in message


@pytest.mark.parametrize("chunked", [False, True])
def test_a_request_that_is_too_large_is_refused_with_the_limit(hub: RunningHub, *, chunked: bool) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(65):
            yield b" " * 1_000_000

    content = pieces() if chunked else b" " * 65_000_000
    answer = hub.client.post(QUEUE, content=content, headers={"Content-Type": "application/json"})
    assert "64 MB" in told(answer, 413, "payload_too_large")


def test_too_many_generations_are_refused_with_the_time_to_wait(start_hub: Callable[..., RunningHub]) -> None:
    hub = start_hub(OXREEL_MAX_ACTIVE_GENERATIONS="3")
    message = told(hub.client.post(QUEUE, json={**BODY, "num_generations": 4}), 429, "rate_limited")
    assert "3" in message
    made = [hub.enqueue(**BODY, duration=15) for _ in range(3)]
    answer = hub.client.post(QUEUE, json=BODY)
    told(answer, 429, "rate_limited")
    assert int(answer.headers["retry-after"]) > 0
    for generation_id in made:
        hub.client.delete(f"{QUEUE}/{generation_id}").raise_for_status()


def test_a_file_that_is_too_large_is_refused_with_the_limit(start_hub: Callable[..., RunningHub]) -> None:
    hub = start_hub(OXREEL_UPLOAD_MEGABYTES="1")
    path = "/api/repos/local/errors/file/main/a.bin"
    answer = hub.client.put(path, files={"file": ("a.bin", b"x" * 1_000_001)})
    assert "1 MB" in told(answer, 413, "payload_too_large")
    told(hub.client.get(path), 404, "resource_not_found")


# JSON that is none


NESTED = b'{"model": "%s", "prompt": "A hill", "deep": %%s}' % MODEL.encode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b'{"model": "a"} b', "not valid JSON"),
        (b"{'model': 'a'}", "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b'"model"', "must be a JSON object"),
        (b"5", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'{"model": NaN}', "NaN"),
        (b'{"model": -Infinity}', "Infinity"),
        (NESTED % b"1e999", "not valid JSON"),
        (b'{"model": "\\ud800"}', "not valid JSON"),
        (b'{"\\udfff": 1}', "not valid JSON"),
        (b'{"model": "a\\u0000"}', "NUL"),
        (b'{"a\\u0000": 1}', "NUL"),
        (b'{"model": "\xff"}', "not valid JSON"),
        (b'{"seed": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (NESTED % (b"[" * 100_000 + b"]" * 100_000), "nested too deep"),
        (b"[" * 100_000, "nested too deep"),
        (NESTED % (b"[" * 32 + b"]" * 32), "nested too deep"),
        (NESTED % (b'{"a":' * 32 + b"1" + b"}" * 32), "nested too deep"),
        (NESTED % (b"[" + b"{}," * 100_000 + b"0]"), "too many parts"),
        (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--", "not valid JSON"),
    ],
)
@pytest.mark.parametrize("path", [QUEUE, GENERATE, ESTIMATE, "/api/repos"])
def test_what_is_not_a_json_object_is_refused(hub: RunningHub, path: str, content: bytes, why: str) -> None:
    answer = hub.client.post(path, content=content, headers={"Content-Type": "application/json"})
    assert why in told(answer, 400, "invalid_params")


@pytest.mark.parametrize(
    "deep", [b"[" * 31 + b"]" * 31, b'{"a":' * 31 + b"1" + b"}" * 31, b"9" * 400, b'"\\\\u0000"'],
    ids=["lists", "objects", "digits", "backslash"],
)  # fmt: skip
def test_what_is_taken_can_be_shown_again(hub: RunningHub, deep: bytes) -> None:
    answer = hub.client.post(QUEUE, content=NESTED % deep)
    assert answer.status_code == 200, answer.text
    row = hub.wait_for(answer.json()["generations"][0]["generation_id"])
    assert row["deep"] == json.loads(deep)
    assert "deep: Unknown field" in row["error_message"]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "application/json; charset=x"])
def test_json_is_taken_whatever_its_content_type_says(hub: RunningHub, kind: str) -> None:
    # What curl says of `-d` where nobody says otherwise.
    answer = hub.client.post(QUEUE, content=b'{"model": "kling-9"}', headers={"Content-Type": kind})
    assert told(answer, 404, "resource_not_found") == "Model not found: kling-9"


# Faults of our own


@pytest.fixture
def broken_hub(start_hub: Callable[..., RunningHub]) -> RunningHub:
    """A hub that has lost a table."""
    hub = start_hub()
    with hub.database.transaction() as tx:
        tx.execute(sa.text("ALTER TABLE favorites RENAME TO lost"))
    return hub


def test_a_fault_is_answered_without_its_trace_and_logged_with_it(broken_hub: RunningHub) -> None:
    answer = broken_hub.client.get("/api/ai/models/favorites")
    assert told(answer, 500, "unknown_error") == UNKNOWN
    assert "favorites" not in answer.text
    log = broken_hub.log.read_text()
    assert "request_failed" in log
    assert "Traceback" in log
    assert "no such table: favorites" in log or 'relation "favorites" does not exist' in log
    # Once, and not again by the server.
    assert log.count("Traceback (most recent call last)") <= log.count("direct cause") + 1


def test_a_connection_outlives_a_fault(broken_hub: RunningHub) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", broken_hub.port, timeout=30)
    headers = {"Authorization": f"Bearer {broken_hub.key}"}
    for path, status in [("/api/ai/models/favorites", 500), ("/api/account", 200)] * 3:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
        # A server that drops the connection does so a moment later; `http.client` would connect anew unseen.
        time.sleep(0.1)
        assert connection.sock is not None
        connection.sock.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.sock.recv(1)
        connection.sock.settimeout(30)
    connection.close()


def test_a_client_that_leaves_in_the_middle_of_its_request_is_no_fault(start_hub: Callable[..., RunningHub]) -> None:
    hub = start_hub()
    with socket.create_connection(("127.0.0.1", hub.port)) as connection:
        head = f"POST {QUEUE} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {hub.key}\r\nContent-Length: 100\r\n\r\n"
        connection.sendall(head.encode() + b'{"model"')
        time.sleep(0.3)
    end = time.monotonic() + 20
    while "client_left" not in hub.log.read_text() and time.monotonic() < end:
        time.sleep(0.05)
    assert "client_left" in hub.log.read_text()
    assert "Traceback" not in hub.log.read_text()
