"""A small client of an OxReel hub, or of the hub that it stands in for. It imports httpx and nothing else."""

from oxreel_client.client import Client, Video
from oxreel_client.errors import (
    ClientError,
    GenerationCancelled,
    GenerationFailed,
    HubRefused,
    HubUnreachable,
    StillRunning,
)
from oxreel_client.events import Event
from oxreel_client.generation import Generation, Progress

__all__ = [
    "Client",
    "ClientError",
    "Event",
    "Generation",
    "GenerationCancelled",
    "GenerationFailed",
    "HubRefused",
    "HubUnreachable",
    "Progress",
    "StillRunning",
    "Video",
]
