"""The backdrop: everything behind the actors of a shot, and the camera that looks at all of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.acting import sway_field
from oxreel.engines.animatic.actor import Actor, Set
from oxreel.engines.animatic.camera import PARALLAX, CameraPath, Crop, Path, camera_path, crop_of
from oxreel.engines.animatic.card import card
from oxreel.engines.animatic.depth import nearness_of
from oxreel.engines.animatic.drawn import draw_set
from oxreel.engines.animatic.effect import Canvas, Nearness
from oxreel.engines.animatic.flow import flow_between
from oxreel.engines.animatic.focus import Focus
from oxreel.engines.animatic.frames import Strip, presence
from oxreel.engines.animatic.gallery import Gallery
from oxreel.engines.animatic.morph import Morph, returning
from oxreel.engines.animatic.placing import salience_of
from oxreel.engines.animatic.plan import ShotPlan
from oxreel.engines.animatic.scene import Picture, Scene, scene_of
from oxreel.engines.animatic.sheet import Sheet, Sway
from oxreel.engines.animatic.tracking import Motion, lent, motion_of
from oxreel.engines.animatic.video import SourceVideo, first_picture
from oxreel.engines.animatic.views import View
from oxreel.storyboard import Reference, Shot, Storyboard

#: How much of a camera's movement a view gets: type must stay readable, a tail needs a calm landing.
_CARD_SCALE, _TAIL_SCALE = 0.5, 0.75
#: How much deeper the room of a dolly zoom is, which shows nothing but depth.
_DEEPER = 3.5


@dataclass(frozen=True)
class Backdrop:
    """What is behind the actors of a shot."""

    strips: tuple[Strip, ...]
    #: The first set at rest, how near its parts are, and what stands in it already.
    picture: Picture
    nearness: Nearness | None
    actors: tuple[Actor, ...]
    camera: "OnScreen"
    drawn: bool = False


@dataclass(frozen=True)
class OnScreen:
    """The camera before the view that is on screen, by the frame of the shot from which it is."""

    paths: tuple[tuple[int, CameraPath], ...]

    def view(self, frame: int, nearness: float) -> NDArray[np.float64]:
        """3x3: where in the fitted picture a pixel of that frame is seen, for what is as near as that."""
        first, path = next(one for one in reversed(self.paths) if one[0] <= frame or one is self.paths[0])
        return path.view(min(max(0, frame - first), path.frames - 1), nearness)


class Backdrops:
    """Builds the backdrop of one shot."""

    def __init__(
        self, storyboard: Storyboard, shot: Shot, plan: ShotPlan, canvas: Canvas, gallery: Gallery, *, acted: bool
    ) -> None:
        """`acted` shots have actors of their own: the set keeps still, and its framing is theirs."""
        self._storyboard, self._shot, self._plan, self._canvas = storyboard, shot, plan, canvas
        self._gallery, self._acted = gallery, acted
        self._size = canvas.width, canvas.height

    def of_video(self, video: Reference) -> Backdrop:
        """The source video itself."""
        shot, file = self._shot, File(video.path)
        picture = first_picture(file, *self._size, frame=shot.first_frame)
        strip = Strip(SourceVideo(file, *self._size, shot.first_frame), 0, shot.frames)
        # Those who stand in a video go with what its camera sees.
        seen = (
            motion_of(file, self._size, shot.frames, first=shot.first_frame).camera
            if self._acted
            else np.tile(np.eye(3), (shot.frames, 1, 1))
        )
        camera = OnScreen(((0, _flat(seen, self._size)),))
        return Backdrop((strip,), picture, nearness_of(picture), (), camera)

    def of_views(self, views: Sequence[View], anchored: frozenset[int], before: CameraPath | None) -> Backdrop:
        """Pictures, or a set drawn from the words; `before` is the path of the shot before a match cut."""
        sets = [self._set(view) for view in views]
        motion = self._lent()
        whole = [self._path(view, one, before, motion) for view, one in zip(views, sets, strict=True)]
        starts = [0 if motion is not None else view.path_first for view in views]
        paths = [
            path.between(view.first - start, view.end - start)
            for view, path, start in zip(views, whole, starts, strict=True)
        ]
        first, set_ = views[0], sets[0]
        shown = Backdrop(
            (), set_.picture, set_.nearness, set_.actors,
            OnScreen(tuple((view.first, one) for view, one in zip(views, paths, strict=True))),
            drawn=first.reference is None and set_.nearness is not None,
        )  # fmt: skip
        if len(views) == 2 and views[1].arrives and self._shot.start is not None:
            flow = flow_between(sets[0].picture, sets[1].picture)
            if flow.related:
                moved = returning(whole[0].matrices)
                morph = Morph(sets[0].picture, sets[1].picture, self._shot.frames, flow=flow, camera=moved)
                camera = OnScreen(((0, _flat(moved, self._size)),))
                return replace(shown, strips=(Strip(morph, 0, self._shot.frames),), camera=camera)
        strips = tuple(
            Strip(self._sheet(view, one, found, motion, anchored), view.first, view.end, view.fade)
            for view, one, found in zip(views, sets, paths, strict=True)
        )
        return replace(shown, strips=strips)

    def _set(self, view: View) -> Set:
        if view.reference is not None:
            # Actors stand in a picture that fills the canvas.
            treatment = "frame" if self._acted else view.treatment
            picture = self._gallery.fitted(view.reference, treatment, self._size)
            return Set(picture, nearness_of(picture))
        drawn = draw_set(self._plan, self._canvas)
        # Words that name nothing to draw are set in type.
        return drawn or Set(card(self._shot, self._storyboard.seed, *self._size))

    def _path(self, view: View, set_: Set, before: CameraPath | None, motion: Motion | None) -> CameraPath:
        if motion is not None:
            options = dict(self._storyboard.options)
            keeps = options.get("character_orientation") == "image"
            return _flat(lent(motion.camera, self._size, "image" if keeps else "video"), self._size)
        is_card = set_.nearness is None
        whole = camera_path(
            self._plan.camera,
            view.path_frames,
            self._size,
            anchors=view.anchors,
            seed=self._storyboard.seed + self._shot.index,
            scale=_CARD_SCALE if is_card else _TAIL_SCALE if view.anchors.end else 1.0,
            crop=self._crop(view, set_, before),
            tail_from=view.tail_from,
            parallax=0.0 if is_card else PARALLAX * (_DEEPER if self._plan.camera.has("dolly") else 1),
        )
        return whole.arriving() if view.arrives else whole

    def _crop(self, view: View, set_: Set, before: CameraPath | None) -> Crop:
        """Where the camera begins: on the framing of the shot before, on that of the words, or as the view says."""
        plan = self._plan
        if before is not None and not view.anchors.start:
            return _ending_of(before)
        if view.reference is None or self._acted:
            # A drawn set is composed for the framing; actors stand in theirs.
            return Crop() if view.reference is None else Crop(*view.framing)
        if plan.framing is None and plan.angle is None:
            return Crop(*view.framing)
        return crop_of(plan.framing, plan.angle, salience_of(set_.picture))

    def _sheet(self, view: View, set_: Set, path: CameraPath, motion: Motion | None, anchored: frozenset[int]) -> Sheet:
        # Four pixels more than are seen: the resampler reads three beyond each.
        margin = 0 if path.still else 4 * -(-int(path.reach() + 4) // 4)
        sway = set_.sway if view.reference is None else self._sway(set_.picture, motion, anchored)
        if sway is not None:
            # Drawn water runs further than a subject sways.
            margin = max(margin, 8 if set_.sway is None else 4 * -(-self._size[1] // 96))
        nearness = None if path.flat else set_.nearness
        scene = scene_of(set_.picture, margin)
        return Sheet(scene, nearness, path, view.first, sway, self._focus(scene, set_, path, view))

    def _focus(self, scene: Scene, set_: Set, path: CameraPath, view: View) -> Focus | None:
        plan = self._plan
        if set_.nearness is None or not (plan.focus or plan.shallow):
            return None
        to, pulled = plan.focus or "near", plan.focus is not None
        return Focus(scene, set_.nearness, to, path.frames, view.anchors, pulled=pulled)

    def _sway(self, picture: Picture, motion: Motion | None, anchored: frozenset[int]) -> Sway | None:
        """How the picture's own subject moves: as the words say, or as the subject of the source video does."""
        if motion is not None:
            return _swaying_like(motion, salience_of(picture))
        names = {one.partition(".")[0] for one in self._plan.references}
        action = next((one for one in self._plan.actions if one.who not in names), None)
        if action is None or self._acted:
            return None
        salience, canvas = salience_of(picture), self._canvas
        return lambda frame: sway_field(action, salience, frame, canvas, presence(frame, anchored))

    def _lent(self) -> Motion | None:
        """The movement that a source video lends to pictures."""
        storyboard, shot = self._storyboard, self._shot
        if storyboard.video is None or storyboard.video_use == "edit":
            return None
        return motion_of(File(storyboard.video.path), self._size, shot.frames, first=shot.first_frame)


def _flat(path: Path, size: tuple[int, int]) -> CameraPath:
    return CameraPath(path, path, path, size)


def _ending_of(before: CameraPath) -> Crop:
    """The crop on which a path ends."""
    width, height = before.size
    last = before.matrices[-1]
    seen = last @ np.array([(width - 1) / 2, (height - 1) / 2, 1.0])
    scale = float(np.sqrt(abs(np.linalg.det(last[:2, :2]))))
    x, y = seen[:2] / seen[2] - ((width - 1) / 2, (height - 1) / 2)
    return Crop(max(1.0, 1 / scale), float(x / width), float(y / height))


def _swaying_like(motion: Motion, salience: Nearness) -> Sway:
    """The subject of a picture moved as that of a video; at the first frame not at all."""
    soft = cv2.GaussianBlur(salience, (0, 0), max(1.0, 0.07 * salience.shape[1]))
    mask = np.asarray(soft / max(float(soft.max()), 1e-6), np.float32)[..., None]

    def sway(frame: int) -> NDArray[np.float32]:
        moved = motion.sway[min(frame, len(motion.sway) - 1)].astype(np.float32)
        return np.asarray(mask * moved, np.float32)

    return sway
