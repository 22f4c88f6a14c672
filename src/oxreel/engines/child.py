"""The filming process: does one task after another, and dies with its worker.

One serves one generation; one on a GPU films for any, and keeps its weights.

It reads a JSON task a line from standard input and answers on standard output: `{"frames": n}` while it films (0
after each reference that it prepares, and now and then while it joins), then `{"done": ...}` or `{"failed": ...}`,
with `"ends": true` where it cannot go on. Told by SIGUSR1 that nobody waits for the film, it says `{"stopped": true}`
at the next frame, or before the first, and keeps what it has loaded. Untrusted bytes are fetched and decoded here, so
that whatever they do to a library ends this generation and nothing else.
"""

import ctypes
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from oxreel.engines.engine import Segment, Stopped
from oxreel.engines.labour import signs_of_labour
from oxreel.engines.registry import Registry
from oxreel.errors import FilmingFailed, OxReelError
from oxreel.log import Log, about, set_up_from
from oxreel.media.limits import Limits
from oxreel.media.prepare import Source, prepare
from oxreel.storyboard import Storyboard

log = Log(__name__)

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve tasks until standard input ends."""
    _die_with_parent(int(sys.argv[1]))
    answers = _claim_standard_output()
    # Not by the settings: reading those would take longer than many a task.
    set_up_from(os.environ)
    crew = Crew(answers)
    signal.signal(signal.SIGUSR1, lambda *_: crew.stop())
    for line in sys.stdin:
        task = json.loads(line)
        with about(generation=task.get("generation")):
            try:
                answer = {"done": crew.do(task)}
            except Stopped:
                answer = {"stopped": True}
            except OxReelError as error:
                answer = {"failed": {"kind": type(error).__name__, "message": error.message}}
            except Exception as error:
                log.exception("filming_task_broke", task=task["task"])
                if not _is_out_of_memory(error):
                    raise SystemExit(1) from None
                message = f"There was too little memory to film this: {error or 'the machine has no more'}."
                # What holds the memory is unknown: begin anew.
                answer = {"failed": {"kind": "FilmingFailed", "message": message}, "ends": True}
        _say(answers, answer)
        if "ends" in answer:
            raise SystemExit(1)


class Crew:
    """Carries out the tasks, one at a time."""

    def __init__(self, answers: TextIO, engines: Registry | None = None) -> None:
        self._answers = answers
        self._engines = engines or Registry()
        self._stopped = False

    def stop(self) -> None:
        """Have the film end at its next frame: nobody waits for it."""
        self._stopped = True

    def do(self, task: dict[str, Any]) -> Any:
        """The plain result of one task. Raises Stopped."""
        try:
            return self._do(task)
        finally:
            # Not at the beginning: whoever gives a task may call it off before it is read.
            self._stopped = False

    def _do(self, task: dict[str, Any]) -> Any:
        match task["task"]:
            case "rest":
                # What called off the last task may have come after its end; with this, that is over.
                return None
            case "prepare":
                sources = [Source.from_json(source) for source in task["sources"]]
                limits = Limits.from_json(task["limits"])
                references = prepare(sources, Path(task["folder"]), limits, on_reference=lambda: self._say_frames(0))
                return [asdict(reference) for reference in references]
            case "film":
                return self._film(task)
            case "finish":
                return self._finish(task)
            case unknown:
                raise FilmingFailed(f"The filming process does not know the task {unknown!r}.")

    def _film(self, task: dict[str, Any]) -> dict[str, Any]:
        storyboard = Storyboard.from_json(task["storyboard"])
        self._check_wanted()
        engine = self._engines.get(task["engine"])
        part = engine.parts(storyboard)[task["part"]]
        self._check_wanted()
        segment = engine.film(storyboard, part, Path(task["folder"]), self._on_frame)
        sound = None if segment.sound is None else str(segment.sound)
        return {"path": str(segment.path), "frames": segment.frames, "sound": sound}

    def _on_frame(self, frames: int) -> None:
        self._say_frames(frames)
        self._check_wanted()

    def _check_wanted(self) -> None:
        if self._stopped:
            raise Stopped

    def _say_frames(self, frames: int) -> None:
        """Progress, which is also the sign of life that the worker waits for."""
        _say(self._answers, {"frames": frames})

    def _finish(self, task: dict[str, Any]) -> dict[str, Any]:
        from oxreel.media.probe import probe  # noqa: PLC0415 - loads the codecs, which preparing does not need

        storyboard = Storyboard.from_json(task["storyboard"])
        segments = [_segment(**one) for one in task["segments"]]
        target = Path(task["target"])
        engine = self._engines.get(task["engine"])
        with signs_of_labour(lambda: self._say_frames(0)):
            engine.finish(storyboard, segments, target)
        facts = probe(target)
        return {"width": facts.width, "height": facts.height, "seconds": float(facts.seconds)}


def _die_with_parent(parent: int) -> None:
    """Ask Linux to kill this process when the worker dies, and be the first that memory is taken from."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        Path("/proc/self/oom_score_adj").write_text("500")
    if os.getppid() != parent:
        raise SystemExit("the worker was gone before the filming process started")
    # Waiting clients come before frames: the hub answers from the same cores.
    os.nice(10)


def _is_out_of_memory(error: Exception) -> bool:
    """Of the machine or of a GPU, whose error is known by its name here: only engines that need torch import it."""
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"


def _segment(path: str, frames: int, sound: str | None = None) -> Segment:
    return Segment(Path(path), frames, None if sound is None else Path(sound))


def _claim_standard_output() -> TextIO:
    """The real standard output for answers alone; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return answers


def _say(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
