"""When to try again: later each time, at a moment drawn by lot, for a day."""

#: Seconds after the first, second, ... failed attempt within which the next one is drawn; the last goes on.
#: The beginning of the schedule of Standard Webhooks (2026-11).
PAUSES = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600)
#: How long a message is tried for.
DAY_MS = 24 * 3_600_000


def next_attempt(tries: int, begun_at: int, now: int, asked: float | None, lot: float) -> int | None:
    """When the next attempt is due, UNIX ms; None when the message has been tried for a day.

    `tries` were made since `begun_at`; the endpoint `asked` for so many seconds of peace; `lot` is from 0 to 1.
    """
    until = begun_at + DAY_MS
    if now >= until:
        return None
    longest = PAUSES[-1]
    # Full jitter: endpoints that fail together are not called together again.
    drawn = lot * PAUSES[min(tries, len(PAUSES)) - 1]
    pause = max(drawn, min(asked or 0.0, longest))
    return min(now + int(pause * 1000), until)
