"""What a video server runs, and what of that a request to it can make use of."""

from dataclasses import dataclass
from typing import Literal

from oxreel.engines.diffusers.family import Rules

#: How a server wants to be asked (the documents and sources of both, read 2026-11).
Dialect = Literal["vllm-omni", "sglang"]
#: What a request can say; neither dialect has a field for an end picture.
_SPOKEN: dict[Dialect, frozenset[str]] = {
    "vllm-omni": frozenset({"text", "start", "references", "audio", "negative"}),
    "sglang": frozenset({"text", "start", "negative"}),
}


@dataclass(frozen=True)
class Served:
    """The one model of a server."""

    #: The checkpoint's name.
    name: str
    rules: Rules
    dialect: Dialect
    #: It wants its task named, and is the only one that vLLM-Omni hands reference pictures to: MiniMax-H3.
    by_task: bool = False

    @property
    def can(self) -> frozenset[str]:
        """The abilities that a request reaches."""
        spoken = self.rules.can & _SPOKEN[self.dialect]
        return spoken if self.by_task else spoken - {"references"}
