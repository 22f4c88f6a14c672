"""What an examination finds: one sentence each, and what to do where something is not as it could be."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from oxreel.errors import WrongSetting

#: As it should be; could be better, or is only told; keeps the hub from doing what its settings say.
Level = Literal["good", "note", "trouble"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    area: str
    level: Level
    says: str
    #: What would change it.
    advice: str = ""
    #: The same for programs.
    facts: dict[str, Any] = field(default_factory=dict)


#: Looks at one thing.
Examination = Callable[[], Iterator[Finding]]


def examined(area: str, look: Examination, seconds: float) -> list[Finding]:
    """What a look finds within so many seconds; one that breaks or hangs is a finding, too."""
    found: list[Finding] = []
    done = threading.Event()

    def run() -> None:
        try:
            found.extend(look())
        except WrongSetting as error:
            found.append(Finding(area, "trouble", str(error)))
        except Exception as error:  # whatever it is must not keep the others from being told
            said = " ".join(str(error).split()) or type(error).__name__
            found.append(Finding(area, "trouble", f"The look at it broke: {said.rstrip('.')}."))
        finally:
            done.set()

    threading.Thread(target=run, name=f"doctor-{area}", daemon=True).start()
    if done.wait(seconds):
        return found
    return [*found, Finding(area, "trouble", f"There was no answer within {seconds:g} s.")]
