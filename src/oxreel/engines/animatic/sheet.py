"""The sheet: a picture seen through the moving camera."""

from dataclasses import dataclass

from oxreel.engines.animatic.camera import Path
from oxreel.engines.animatic.resampling import see
from oxreel.engines.animatic.scene import Scene
from oxreel.media.encode import Planes


@dataclass(frozen=True)
class Sheet:
    """A scene, and where the camera stands in it at each frame of the shot from `first` on."""

    scene: Scene
    path: Path
    first: int

    def fill(self, frame: int, out: Planes) -> None:
        """What the camera sees at that frame of the shot."""
        see(self.scene, self.path[frame - self.first], out)
