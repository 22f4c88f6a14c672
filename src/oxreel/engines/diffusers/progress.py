"""How far a film in the making is, for whoever films at the moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from oxreel.engines.diffusers.family import OnStep


class Progress:
    """Steps done of all there are; what it is told by raises passes."""

    def __init__(self) -> None:
        self._tell: OnStep | None = None
        self._done, self._steps = 0, 1

    @contextmanager
    def told_to(self, tell: OnStep, steps: int) -> Iterator[None]:
        """Tell of so many steps, the first of which is to come."""
        self._tell, self._done, self._steps = tell, 0, steps
        try:
            yield
        finally:
            self._tell = None

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        self.ask()

    def ask(self) -> None:
        """Say again how far it is, which asks whether to go on."""
        if self._tell is not None:
            self._tell(self._done, self._steps)
