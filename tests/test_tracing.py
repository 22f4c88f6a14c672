"""Traces, as a collector receives them: one for a generation, from HTTP to its last step, in whatever processes."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from support.processes import eventually
from support.quick_hub import QuickHub

PROMPT = "A heron that nobody else writes about"
BODY = {"model": "kling-video-o3-pro-text-to-video", "prompt": PROMPT, "duration": 3}
CLIENTS_TRACE = "0af7651916cd43dd8448eb211c80319c"


@dataclass(frozen=True)
class Seen:
    """One span, as it came."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    failed: bool
    attributes: dict[str, Any]


@dataclass
class Collector:
    """A receiver of OTLP over HTTP."""

    url: str = ""
    raw: list[bytes] = field(default_factory=list)

    @property
    def spans(self) -> list[Seen]:
        """Every span so far."""
        return [span for message in self.raw for span in _decoded(message)]

    def of(self, generation: str) -> dict[str, Seen]:
        """The spans of one generation, by name."""
        return {span.name: span for span in self.spans if span.attributes.get("oxreel.generation") == generation}


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector on loopback."""
    received = Collector()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if self.path == "/v1/traces":
                received.raw.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    received.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield received
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_generation_is_one_trace_through_api_and_worker_without_its_words(
    collector: Collector, tmp_path: Path
) -> None:
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    hub = QuickHub(tmp_path / "data", OXREEL_SERVE_WORKER="false", OXREEL_LOG_FORMAT="json", **traced)
    hub.start()
    worker = QuickHub(tmp_path / "data", **hub.variables)
    worker.start("worker")
    headers = {"traceparent": f"00-{CLIENTS_TRACE}-b7ad6b7169203331-01"}
    answer = hub.client.post("/api/ai/queue", json=BODY, headers=headers)
    generation = answer.json()["generations"][0]["generation_id"]
    assert hub.wait_for(generation)["status"] == "succeeded"
    steps = ("submit", "take", "prepare", "shot_0", "finish", "deliver")
    assert eventually(lambda: set(steps) <= set(collector.of(generation)))
    assert eventually(lambda: any(span.name == "POST /api/ai/queue" for span in collector.spans))
    spans = collector.of(generation)
    [request] = [span for span in collector.spans if span.name == "POST /api/ai/queue"]

    assert {span.trace for span in (request, *spans.values())} == {CLIENTS_TRACE}
    assert request.parent == "b7ad6b7169203331"
    assert request.attributes["http.route"] == "/api/ai/queue"
    assert request.attributes["http.response.status_code"] == 200
    assert spans["submit"].parent == request.id
    assert spans["take"].parent == spans["submit"].id
    assert {spans[name].parent for name in steps[2:]} == {spans["take"].id}
    assert {spans[name].service for name in steps} == {"oxreel-hub", "oxreel-worker"}
    assert spans["submit"].service == request.service == "oxreel-hub"
    for name in steps:
        assert spans[name].attributes["oxreel.model"] == BODY["model"]
        assert spans[name].attributes["oxreel.engine"] == "animatic"
    assert spans["shot_0"].attributes["oxreel.frames"] == 73
    assert not any(span.failed for span in spans.values())
    # The log names the trace, so that one leads to the other.
    assert f'"trace": "{CLIENTS_TRACE}"' in worker.log.read_text()

    failing = hub.enqueue(**{**BODY, "duration": 99})
    assert hub.wait_for(failing)["status"] == "failed"
    assert eventually(lambda: "fail" in collector.of(failing))
    assert collector.of(failing)["prepare"].failed
    assert collector.of(failing)["take"].trace != CLIENTS_TRACE
    for raw in collector.raw:
        assert b"heron" not in raw
        assert hub.key.encode() not in raw
    worker.stop()
    hub.stop()


def test_without_a_collector_nothing_of_it_is_imported() -> None:
    program = (
        "import sys, oxreel.server, oxreel.worker_endpoint; from oxreel import tracing; tracing.set_up('hub')\n"
        "with tracing.span('x', {}) as span: span.note({'a': 1}); span.fail('b'); span.rename('c')\n"
        "assert tracing.carrier() is None\n"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])"
    )
    clean = {name: text for name, text in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=clean)
    assert done.stdout.strip() == "[]", done.stderr


def _decoded(message: bytes) -> Iterator[Seen]:
    request = ExportTraceServiceRequest.FromString(message)
    for resource in request.resource_spans:
        of_process = {one.key: one.value.string_value for one in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Seen(
                    service=of_process["service.name"],
                    name=span.name,
                    trace=span.trace_id.hex(),
                    id=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    failed=span.status.code == Status.STATUS_CODE_ERROR,
                    attributes={one.key: _value(one.value) for one in span.attributes},
                )


def _value(value: Any) -> Any:
    return getattr(value, value.WhichOneof("value"))
