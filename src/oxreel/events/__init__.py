"""What happened to generations, in the order in which it became true: appended, watched, caught up on."""

from oxreel.events.catch_up import claim, give_back, mark_sent
from oxreel.events.event import COMPLETED, ENDED, PROGRESS, Event, after, append, latest_id, prune
from oxreel.events.watch import Watch, watch

__all__ = [
    "COMPLETED",
    "ENDED",
    "PROGRESS",
    "Event",
    "Watch",
    "after",
    "append",
    "claim",
    "give_back",
    "latest_id",
    "mark_sent",
    "prune",
    "watch",
]
