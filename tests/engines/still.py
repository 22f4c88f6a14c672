"""A second engine, for tests of what chooses between engines: the animatic by another name, which changes no videos."""

from oxreel.engines.animatic import AnimaticEngine
from oxreel.engines.registry import Entry
from oxreel.errors import InvalidParams
from oxreel.storyboard import Storyboard


class StillEngine(AnimaticEngine):
    """It knows one model by a name of its own, `small`, and is deaf."""

    @property
    def name(self) -> str:
        return "still"

    def check(self, storyboard: Storyboard) -> None:
        if storyboard.route not in ("", "small"):
            raise InvalidParams(f"There is no '{storyboard.route}' here.")
        if storyboard.video is not None:
            raise InvalidParams("This engine changes no videos.")

    def warnings(self, storyboard: Storyboard) -> list[str]:
        return ["It makes no sound."] if storyboard.audio else []


#: As the registry takes it.
STILL = Entry(lambda _: StillEngine(), "gpu", "process")
