"""What this process counts: Prometheus's counters, by names that never change.

Each process counts what it did itself; what is true of the whole hub is read from its database when somebody asks
(`operation/gauges.py`). No label carries what a client wrote, nor who it is: their values are few.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

#: What is served: not the library's own, which other code may add to.
REGISTRY = CollectorRegistry()
# When each began to be counted is a line more for each that nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]

#: What stands for a route, method or kind that is none of ours.
OTHER = "other"

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)

http_requests = Counter(
    "oxreel_http_requests_total",
    "Requests that were answered, counted when the answer begins.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
http_request_seconds = Histogram(
    "oxreel_http_request_seconds",
    "Seconds from a request to the beginning of its answer.",
    ("route",),
    buckets=_SECONDS,
    registry=REGISTRY,
)
event_clients = Gauge("oxreel_event_clients", "Event streams that are open at this process.", registry=REGISTRY)
events_sent = Counter("oxreel_events_sent_total", "Events that were sent to clients.", ("kind",), registry=REGISTRY)

generation_wait_seconds = Histogram(
    "oxreel_generation_wait_seconds",
    "Seconds from being queued to being started, of the generations that this worker started.",
    ("model", "queue"),
    buckets=(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0),
    registry=REGISTRY,
)
film_seconds_per_video_second = Histogram(
    "oxreel_film_seconds_per_video_second",
    "Seconds that one second of a shot took to film; 1 is real time.",
    ("engine",),
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0),
    registry=REGISTRY,
)
generations_ended = Counter(
    "oxreel_generations_ended_total",
    "Generations that ended here: succeeded or failed at this worker, cancelled at this API process.",
    ("state", "engine"),
    registry=REGISTRY,
)
errors = Counter(
    "oxreel_errors_total",
    "Errors by kind, at a request or while filming; Fault is one of ours.",
    ("where", "kind"),
    registry=REGISTRY,
)
worker_slots = Gauge("oxreel_worker_slots", "Videos that this worker films at a time.", ("queue",), registry=REGISTRY)
worker_slots_busy = Gauge(
    "oxreel_worker_slots_busy", "Videos that this worker films at the moment.", ("queue",), registry=REGISTRY
)
worker_heartbeat_age_seconds = Gauge(
    "oxreel_worker_heartbeat_age_seconds", "Seconds since this worker's last sign of life.", registry=REGISTRY
)
webhook_deliveries = Counter(
    "oxreel_webhook_deliveries_total",
    "Webhooks that this process tried to deliver, by what came of it.",
    ("outcome",),
    registry=REGISTRY,
)
sweeps = Counter(
    "oxreel_sweeps_total", "Clearings of what is kept for a while that this worker made.", registry=REGISTRY
)
