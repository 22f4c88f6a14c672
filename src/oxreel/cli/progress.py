"""A generation on the terminal: a bar of the frames that are filmed."""

import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from oxreel_client import Generation
from oxreel_client import Progress as HowFar

#: Seconds between two lines where the output is a file and no bar can move.
LINE_SECONDS = 5.0


def follow(generation: Generation) -> None:
    """Wait for the video with a bar on standard error. Raises as `Generation.wait` does."""
    console = Console(stderr=True)
    if not console.is_terminal:
        generation.wait(_Lines(console))
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("In the queue", total=1.0)

        def show(progress: HowFar) -> None:
            bar.update(task, description=describe(progress), completed=_fraction(progress))

        generation.wait(show)


def describe(progress: HowFar) -> str:
    """What is happening, in a few words."""
    if progress.status == "queued":
        before = (progress.queue_position or 1) - 1
        return f"In the queue, {before} before it" if before else "In the queue"
    return {"processing": "Filming", "succeeded": "Filmed"}.get(progress.status, progress.status.capitalize())


def _fraction(progress: HowFar) -> float:
    return 1.0 if progress.status == "succeeded" else progress.fraction or 0.0


class _Lines:
    """Progress as a line of text now and then, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = ""
        self._at = 0.0

    def __call__(self, progress: HowFar) -> None:
        text = describe(progress)
        if text == self._last and time.monotonic() - self._at < LINE_SECONDS:
            return
        self._last, self._at = text, time.monotonic()
        percent = f" {progress.fraction:.0%}" if progress.status == "processing" and progress.fraction else ""
        self._console.print(f"{text}{percent}", highlight=False)
