"""How far a film at fal is, as far as anybody can tell."""

import math
import re
import time
from collections.abc import Sequence

_PERCENT = re.compile(r"(?<![\d.])(\d{1,3})(?:\.\d+)?\s?%")
#: Seconds that a film of some seconds takes about; this only moves a bar.
_SOME, _PER_SECOND = 40.0, 15.0
#: What of a film may count as made before it is.
_MOST = 0.95


class Progress:
    """Frames that count as filmed: none while it waits, then more and more slowly, or what the logs say."""

    def __init__(self, frames: int, seconds: int) -> None:
        self._frames = frames
        self._usual = _SOME + _PER_SECOND * seconds
        self._began: float | None = None
        self._told = 0.0

    def look(self, status: str, messages: Sequence[str]) -> None:
        """What fal says of it now."""
        if status == "IN_PROGRESS" and self._began is None:
            self._began = time.monotonic()
        for message in messages:
            for found in _PERCENT.findall(message):
                self._told = max(self._told, min(int(found), 100) / 100)

    @property
    def frames(self) -> int:
        """How many by now."""
        if self._began is None:
            return 0
        # Half of it in the usual time, and never all of it.
        eased = 1 - math.exp(-math.log(2) * (time.monotonic() - self._began) / self._usual)
        return int(self._frames * min(max(eased, self._told), _MOST))
