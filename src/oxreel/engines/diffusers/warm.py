"""Warm weights: loaded when they are first needed, kept for the next film, let go for others that need the memory."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from oxreel.engines.alongside import followed, started
from oxreel.engines.diffusers.family import Clip, Footage, Loaded, OnStep, Placement
from oxreel.engines.diffusers.memory import Machine, Sizes, plans, sizes_of
from oxreel.engines.diffusers.steps import in_steps
from oxreel.engines.diffusers.weights import Checkpoint, is_there
from oxreel.errors import FilmingFailed
from oxreel.log import Log

log = Log(__name__)


@dataclass
class _Kept:
    """Weights of one checkpoint in memory."""

    loaded: Loaded
    placement: Placement
    sizes: Sizes

    @property
    def held(self) -> int:
        """Bytes that it takes where it films, between two films."""
        return self.sizes.all if self.placement.offload == "none" else 0


class Warm:
    """The weights that one machine, or one of its GPUs, has in memory."""

    def __init__(self, gigabytes: float = 0.0) -> None:
        self._machine = Machine(gigabytes)
        #: By checkpoint; the one that filmed last comes last.
        self._kept: dict[str, _Kept] = {}
        #: What is still being loaded for a film that nobody waits for any more.
        self._coming: tuple[str, Future[_Kept]] | None = None
        self._sizes: dict[str, Sizes] = {}

    @property
    def placements(self) -> dict[str, Placement]:
        """How each checkpoint in memory is placed, the one that filmed last at the end."""
        return {name: kept.placement for name, kept in self._kept.items()}

    def film(self, checkpoint: Checkpoint, folder: Path, clip: Clip, tell: OnStep) -> Footage:
        """Film a clip, with less and less memory until it fits. Raises FilmingFailed where it never does.

        `tell` hears each step, and now and then that work goes on; what it raises passes.
        """
        if not is_there(folder):
            raise FilmingFailed(
                f"The weights of {checkpoint.name} are not on the machine that films; "
                f"whoever runs this hub can fetch them: oxreel models download {checkpoint.name}."
            )
        self._settle_what_was_left(lambda: tell(0, 1))
        tried: list[Placement] = []
        for placement in self._plans(checkpoint, folder, clip):
            tried.append(placement)
            try:
                kept = self._ready(checkpoint, folder, placement, lambda: tell(0, 1))
                return in_steps(partial(kept.loaded.film, clip), tell)
            except Exception as error:
                if not self._machine.ran_out(error):
                    raise
                log.warning("weights_ran_out_of_memory", checkpoint=checkpoint.name, plan=placement.name)
                # Its traceback holds on to whatever was being worked on.
                error.__traceback__ = None
            self._forget(*self._kept)
        raise FilmingFailed(
            f"{checkpoint.name} ran out of memory for {clip.frames} frames of {clip.width}x{clip.height}, also with "
            f"{tried[-1].name}. Ask for a shorter video, or have it filmed by a machine with more memory."
        )

    def _plans(self, checkpoint: Checkpoint, folder: Path, clip: Clip) -> list[Placement]:
        """The plans to try in order, once other weights have made room where they stood in the way of the fastest."""
        name, parts = checkpoint.name, checkpoint.family.parts
        sizes = self._sizes.setdefault(name, sizes_of(folder, bits=self._machine.bits, parts=parts))
        best = plans(sizes, clip, None, self._machine.device)[0]
        while True:
            possible = plans(sizes, clip, self._free(name), self._machine.device)
            others = [other for other in self._kept if other != name]
            if possible[0] == best or not others:
                break
            self._forget(others[0])
        mine = self._kept.get(name)
        if mine is not None and mine.placement in possible:
            return possible[possible.index(mine.placement) :]
        return possible

    def _free(self, name: str) -> int | None:
        """Bytes that this checkpoint may take, its own included; None where nothing limits them."""
        mine = self._kept[name].held if name in self._kept else 0
        free = self._machine.free(sum(kept.held for kept in self._kept.values()))
        return None if free is None else free + mine

    def _ready(self, checkpoint: Checkpoint, folder: Path, placement: Placement, beat: Callable[[], None]) -> _Kept:
        """The checkpoint in memory as the plan says, as it is or loaded now."""
        kept = self._kept.get(checkpoint.name)
        if kept is not None and kept.placement == placement:
            # Used last: it comes last.
            self._kept[checkpoint.name] = self._kept.pop(checkpoint.name)
            return kept
        going = {checkpoint.name} & set(self._kept)
        if placement.offload != "none":
            # Weights that are not on the GPU are in the machine's memory, and two such would fill it.
            going |= {name for name, one in self._kept.items() if one.placement.offload != "none"}
        del kept
        self._forget(*going)
        sizes = self._sizes[checkpoint.name]
        log.info("weights_load", checkpoint=checkpoint.name, plan=placement.name, gigabytes=round(sizes.all / 1e9, 1))
        loading = started(lambda: _Kept(_loaded(checkpoint, folder, placement), placement, sizes))
        self._coming = checkpoint.name, loading
        return self._settle(beat) or self._kept[checkpoint.name]

    def _settle(self, beat: Callable[[], None]) -> _Kept | None:
        """What was being loaded, kept from now on; None where nothing was."""
        if self._coming is None:
            return None
        name, loading = self._coming
        try:
            kept = followed(loading, beat)
        except BaseException:
            # Where nobody waits any more it goes on being loaded, for whoever comes next.
            if loading.done() and loading.exception() is not None:
                self._coming = None
            raise
        self._coming = None
        self._kept[name] = kept
        return kept

    def _settle_what_was_left(self, beat: Callable[[], None]) -> None:
        try:
            self._settle(beat)
        except Exception as error:
            if self._coming is not None:
                raise
            log.warning("weights_not_loaded", error=str(error))

    def _forget(self, *names: str) -> None:
        for name in names:
            kept = self._kept.pop(name)
            kept.loaded.unload()
            log.info("weights_let_go", checkpoint=name)
            del kept
        if names:
            self._machine.let_go()


def _loaded(checkpoint: Checkpoint, folder: Path, placement: Placement) -> Loaded:
    try:
        return checkpoint.family.load(folder, placement)
    except (OSError, ValueError, KeyError) as error:
        log.warning("weights_broken", checkpoint=checkpoint.name, folder=str(folder), error=str(error))
        raise FilmingFailed(
            f"The weights of {checkpoint.name} cannot be loaded; the log of the machine that films says why. "
            f"Whoever runs this hub can fetch them again: oxreel models download {checkpoint.name}."
        ) from error
