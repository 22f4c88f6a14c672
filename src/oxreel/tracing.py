"""Traces: what became of a request, from HTTP to the last step of its generation, for whoever collects them.

They are made where OpenTelemetry's usual variables name a collector (`OTEL_EXPORTER_OTLP_ENDPOINT`); otherwise
nothing of it is imported and a span is nothing. What clients wrote, prompts above all, is never part of one.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from oxreel.log import about

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

#: What a span says of its work.
Attributes = Mapping[str, str | int | float | bool]

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
#: Seconds that a collector which does not answer may keep a process from ending.
_FAREWELL_SECONDS = 3

#: The one of this process, None where nobody collects.
_provider: "TracerProvider | None" = None


def set_up(role: str) -> None:
    """Trace this process, a hub or a worker, where there is a collector to send spans to."""
    global _provider  # noqa: PLW0603 - one for each process, as for logs
    if not any(os.environ.get(name) for name in _ENDPOINTS) or os.environ.get("OTEL_SDK_DISABLED", "") == "true":
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    # What the usual variables say of the service wins.
    given = Resource.create({"service.name": f"oxreel-{role}"} | _named())
    _provider = TracerProvider(resource=given)
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=_FAREWELL_SECONDS)))


def close() -> None:
    """Send what is still to be sent."""
    if _provider is not None:
        _provider.force_flush(_FAREWELL_SECONDS * 1000)
        _provider.shutdown()


def is_on() -> bool:
    """Whether spans are sent anywhere."""
    return _provider is not None


class Span:
    """A piece of work that is being traced, or nothing where nobody collects."""

    def __init__(self, span: Any = None) -> None:
        self._span = span

    def note(self, attributes: Attributes) -> None:
        """Add what became known meanwhile."""
        if self._span is not None:
            self._span.set_attributes(attributes)

    def rename(self, name: str) -> None:
        """Call it what it turned out to be."""
        if self._span is not None:
            self._span.update_name(name)

    def fail(self, kind: str) -> None:
        """Mark it as failed, by the name of the error's class alone."""
        if self._span is not None:
            from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415

            self._span.set_status(Status(StatusCode.ERROR, kind))


_NOTHING = Span()


@contextmanager
def span(
    name: str, attributes: Attributes, *, parent: Mapping[str, str] | None = None, serves: bool = False
) -> Iterator[Span]:
    """The span of what is done within it, below the one it stands in, or below `parent`, what `carrier` gave."""
    if _provider is None:
        yield _NOTHING
        return
    from opentelemetry import trace  # noqa: PLC0415
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    context = TraceContextTextMapPropagator().extract(parent) if parent is not None else None
    opened = _provider.get_tracer("oxreel").start_as_current_span(
        name,
        context,
        kind=trace.SpanKind.SERVER if serves else trace.SpanKind.INTERNAL,
        attributes=attributes,
        # An error's words may be a client's.
        record_exception=False,
        set_status_on_exception=False,
    )
    with opened as made, about(trace=trace.format_trace_id(made.get_span_context().trace_id)):
        told = Span(made)
        try:
            yield told
        except BaseException as error:
            told.fail(type(error).__name__)
            raise


def carrier() -> dict[str, str] | None:
    """What another process needs to go on with this trace; None where there is none."""
    if _provider is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    carried: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carried)
    return carried or None


def _named() -> dict[str, str]:
    name = os.environ.get("OTEL_SERVICE_NAME")
    return {"service.name": name} if name else {}
