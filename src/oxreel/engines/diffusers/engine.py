"""The diffusers engine: films each shot with open weights, on this machine's GPU or its processor."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oxreel.engines.delivery import check_frames, metadata
from oxreel.engines.diffusers.caveats import warnings_about
from oxreel.engines.diffusers.choice import choose
from oxreel.engines.diffusers.timing import goes_on
from oxreel.engines.diffusers.together import parts_of
from oxreel.engines.diffusers.weights import Checkpoint, check, folder_of
from oxreel.engines.engine import Memo, OnFrame, Segment
from oxreel.errors import FilmingFailed, InvalidParams
from oxreel.storyboard import Shot, Storyboard

if TYPE_CHECKING:
    from oxreel.engines.diffusers.family import Clip, Footage, OnStep
    from oxreel.engines.diffusers.warm import Warm
    from oxreel.settings import Settings


class DiffusersEngine:
    """Films with the checkpoints that the settings offer; it keeps weights in memory from one film to the next."""

    def __init__(self, settings: "Settings") -> None:
        """Raises WrongSetting for checkpoints or licences that there are not."""
        check(settings)
        self._settings = settings
        self._warm: Warm | None = None

    @property
    def name(self) -> str:
        """What requests, rows and the MP4's metadata call it."""
        return "diffusers"

    @property
    def version(self) -> str:
        """Changes whenever the same storyboard would film different bytes."""
        return "1"

    @property
    def warm(self) -> "Warm":
        """The weights in memory. Raises FilmingFailed on a machine without the libraries."""
        if self._warm is None:
            # Heavy, and the API asks this class for warnings only.
            from oxreel.engines.diffusers.warm import Warm  # noqa: PLC0415

            try:
                self._warm = Warm(self._settings.diffusers_memory_gigabytes)
            except ImportError as error:
                raise FilmingFailed(
                    f"The machine that films lacks {error.name}: it needs OxReel installed with oxreel[gpu]."
                ) from error
        return self._warm

    def check(self, storyboard: Storyboard) -> None:
        """Nothing for what a checkpoint can film as asked. Raises InvalidParams, with each one's reason."""
        choose(storyboard, self._settings)

    def warnings(self, storyboard: Storyboard) -> list[str]:
        """What the checkpoint that films it does differently than asked; reads no picture."""
        try:
            return warnings_about(storyboard, choose(storyboard, self._settings))
        except InvalidParams:
            # `check` says so.
            return []

    def plan(self, _: Storyboard) -> None:
        """Nothing: what a model understands it does not tell."""

    def parts(self, storyboard: Storyboard) -> tuple[Shot, ...]:
        """Each shot, or one that stands for all of them where the checkpoint cuts by itself."""
        return parts_of(storyboard, self._chosen(storyboard).rules)

    def film(
        self, storyboard: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame, memo: Memo | None = None
    ) -> Segment:
        """Film one shot into `folder`. Raises FilmingFailed, or BadReference where a picture is at fault."""
        # Codecs, which no question of the API needs.
        from oxreel.engines.diffusers.filming import Means, film  # noqa: PLC0415

        on_frame(0)
        checkpoint = self._chosen(storyboard)
        weights, warm = folder_of(self._settings, checkpoint.name), self.warm

        def film_clip(clip: "Clip", on_step: "OnStep") -> "Footage":
            return warm.film(checkpoint, weights, clip, on_step)

        before = None
        if goes_on(shot, checkpoint.rules):
            before = folder / f"shot-{shot.index - 1:02}.mp4"
            if not before.exists():
                # Another machine filmed it, which is gone: the same words and seed film the same again.
                earlier = storyboard.shots[shot.index - 1]
                before = self.film(storyboard, earlier, folder, lambda _: on_frame(0), memo).path
        means = Means(checkpoint.rules, self._settings.diffusers_steps, film_clip)
        return film(storyboard, shot, folder, before, means, on_frame)

    def finish(self, storyboard: Storyboard, segments: list[Segment], target: Path) -> None:
        """Join the segments and their sound into the delivered MP4 at `target`."""
        from oxreel.engines.diffusers.joining import deliver  # noqa: PLC0415 - as above

        check_frames(storyboard, segments)
        about = "Filmed by OxReel with open weights on a machine of its own; it is not the work of the model it names."
        said = metadata(storyboard, self.name, self.version, about, checkpoint=self._chosen(storyboard).name)
        deliver(segments, target, said)

    def abandon(self, memo: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing: all of it is made here."""
        return {}

    def _chosen(self, storyboard: Storyboard) -> Checkpoint:
        try:
            return choose(storyboard, self._settings)
        except InvalidParams as error:
            raise FilmingFailed(error.message) from error
