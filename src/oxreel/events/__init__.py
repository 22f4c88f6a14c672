"""What happened to generations, in the order in which it became true: appended, watched, caught up on."""

from oxreel.events.catch_up import CLAIM_SECONDS, Backlog, claim, give_back, has_unsent, mark_sent
from oxreel.events.event import COMPLETED, ENDED, PROGRESS, Event, after, append, latest_id, prune
from oxreel.events.watch import Watch, watch

__all__ = [
    "CLAIM_SECONDS",
    "COMPLETED",
    "ENDED",
    "PROGRESS",
    "Backlog",
    "Event",
    "Watch",
    "after",
    "append",
    "claim",
    "give_back",
    "has_unsent",
    "latest_id",
    "mark_sent",
    "prune",
    "watch",
]
