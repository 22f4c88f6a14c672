"""The stage: makes the views of a shot ready to be filmed, and keeps the pictures that the next shot may need."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from oxreel.engines.animatic.ahead import ahead
from oxreel.engines.animatic.camera import PARALLAX, Crop, camera_path
from oxreel.engines.animatic.card import card
from oxreel.engines.animatic.depth import nearness_of
from oxreel.engines.animatic.direction import direction_of
from oxreel.engines.animatic.frames import Strip, frames_of
from oxreel.engines.animatic.plan import Camera
from oxreel.engines.animatic.scene import Picture, fitted_frame, fitted_reference, scene_of
from oxreel.engines.animatic.sheet import Sheet
from oxreel.engines.animatic.views import View, views_of
from oxreel.engines.engine import OnFrame, Segment
from oxreel.media.decode import video_frames
from oxreel.media.encode import Encoder, Planes
from oxreel.storyboard import Shot, Storyboard

#: Fitted pictures kept for the next shot.
_KEPT = 2
#: How much of a direction's movement a view gets: type must stay readable, a tail needs a calm landing.
_CARD_SCALE, _TAIL_SCALE = 0.5, 0.75


class Stage:
    """Everything in front of the camera."""

    def __init__(self) -> None:
        self._fitted: OrderedDict[tuple[str, str, int, int], Picture] = OrderedDict()

    def film(self, storyboard: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame) -> Segment:
        """Film one shot into `folder`: drawn in one thread, encoded in this one."""
        target = folder / f"shot-{shot.index:02}.mp4"
        frames = self.frames(storyboard, shot)
        with (
            Encoder(target, storyboard.width, storyboard.height, sharp=anchored_frames(shot)) as encoder,
            closing(ahead(frames)) as coming,
        ):
            for planes in coming:
                encoder.write(planes)
                on_frame(encoder.frames)
        return Segment(target, encoder.frames)

    def frames(self, storyboard: Storyboard, shot: Shot) -> Iterator[Planes]:
        """The frames of a shot in order; the planes of one are reused a few frames later.

        Raises BadReference where a picture or the source video cannot be read.
        """
        width, height = storyboard.width, storyboard.height
        if storyboard.video is not None:
            source = Path(storyboard.video.path)
            return video_frames(source, width, height, first=shot.first_frame, count=shot.frames)
        direction = direction_of(shot.prompt, storyboard.negative_prompt)
        strips = [self._strip(storyboard, shot, view, direction) for view in views_of(storyboard, shot)]
        return frames_of(strips, [], (width, height), shot.frames, anchored_frames(shot))

    def _strip(self, storyboard: Storyboard, shot: Shot, view: View, direction: Camera) -> Strip:
        size = storyboard.width, storyboard.height
        flat = view.treatment == "card"
        whole = camera_path(
            direction,
            view.path_frames,
            size,
            anchors=view.anchors,
            seed=storyboard.seed + shot.index,
            scale=_CARD_SCALE if flat else _TAIL_SCALE if view.anchors.end else 1.0,
            crop=Crop(*view.framing),
            tail_from=view.tail_from,
            parallax=0.0 if flat else PARALLAX,
        )
        if view.arrives:
            whole = whole.arriving()
        seen = whole.between(view.first - view.path_first, view.end - view.path_first)
        # Four pixels more than are seen: the resampler reads three beyond each.
        margin = 0 if seen.still else 4 * -(-int(seen.reach() + 4) // 4)
        picture = self._picture(storyboard, shot, view)
        nearness = None if seen.flat else nearness_of(picture)
        return Strip(Sheet(scene_of(picture, margin), nearness, seen, view.first), view.first, view.end, view.fade)

    def _picture(self, storyboard: Storyboard, shot: Shot, view: View) -> Picture:
        width, height = storyboard.width, storyboard.height
        if view.reference is None:
            return card(shot, storyboard.seed, width, height)
        key = view.reference.path, view.treatment, width, height
        if key not in self._fitted:
            fit = fitted_frame if view.treatment == "frame" else fitted_reference
            while len(self._fitted) >= _KEPT:
                self._fitted.popitem(last=False)
            self._fitted[key] = fit(view.reference, width, height)
        self._fitted.move_to_end(key)
        return self._fitted[key]


def anchored_frames(shot: Shot) -> frozenset[int]:
    """The frames of a shot that are one of the request's pictures, untouched."""
    ends = {0} if shot.start is not None else set()
    return frozenset(ends | ({shot.frames - 1} if shot.tail is not None else set()))
