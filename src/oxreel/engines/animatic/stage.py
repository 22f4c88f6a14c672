"""The stage: a shot's set, its actors and what is laid over them, filmed frame by frame."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from oxreel.engines.animatic.ahead import ahead
from oxreel.engines.animatic.backdrop import Backdrop, Backdrops, OnScreen
from oxreel.engines.animatic.camera import CameraPath
from oxreel.engines.animatic.casting import Cast, Role, cast_of, order_of, settled
from oxreel.engines.animatic.direction import directions_of
from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.engines.animatic.frames import frames_of
from oxreel.engines.animatic.gallery import Gallery
from oxreel.engines.animatic.heap import give_back_pictures
from oxreel.engines.animatic.kernels import mix
from oxreel.engines.animatic.overlay import over_actors, under_actors
from oxreel.engines.animatic.placing import Player, place
from oxreel.engines.animatic.plan import ShotPlan
from oxreel.engines.animatic.troupe import Troupe
from oxreel.engines.animatic.views import views_of
from oxreel.engines.engine import OnFrame, Segment
from oxreel.media.encode import Encoder, Planes
from oxreel.storyboard import Shot, Storyboard

#: Frames in which a shot dissolves out of the one before it.
_DISSOLVE = 14


class Stage:
    """Everything in front of the camera."""

    def __init__(self) -> None:
        # The other processor encodes; and some results depend on how many threads share the work.
        cv2.setNumThreads(1)
        give_back_pictures()
        self._gallery = Gallery()
        #: The last frame of the shot that was filmed last, for one that dissolves out of it.
        self._ending: tuple[Storyboard, int, Planes] | None = None

    def film(self, storyboard: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame) -> Segment:
        """Film one shot into `folder`: drawn in one thread, encoded in this one."""
        target = folder / f"shot-{shot.index:02}.mp4"
        with (
            Encoder(target, storyboard.width, storyboard.height, sharp=anchored_frames(shot)) as encoder,
            closing(ahead(self.frames(storyboard, shot))) as coming,
        ):
            for planes in coming:
                encoder.write(planes)
                on_frame(encoder.frames)
                if encoder.frames == shot.frames and len(storyboard.shots) > shot.index + 1:
                    self._ending = storyboard, shot.index, _copied(planes)
        return Segment(target, encoder.frames)

    def frames(self, storyboard: Storyboard, shot: Shot) -> Iterator[Planes]:
        """The frames of a shot in order; the planes of one are reused a few frames later.

        Raises BadReference where a picture or the source video cannot be read.
        """
        plans = tuple(plan.in_tempo() for plan in directions_of(storyboard))
        plan = plans[shot.index]
        anchored = anchored_frames(shot)
        canvas = Canvas(storyboard.width, storyboard.height, shot.frames, storyboard.seed, shot.index)
        cast, players = self._players(cast_of(storyboard, shot, plan), canvas)
        backdrop = self._backdrop(storyboard, shot, plans, canvas, cast)
        canvas = replace(canvas, nearness=backdrop.nearness)
        actors = (*backdrop.actors, *place(players, backdrop.picture, plan, canvas, order_of(storyboard)))
        effects: list[Effect] = [*under_actors(plan, canvas)]
        if actors:
            troupe = Troupe(actors, canvas, backdrop.picture, enters=0 in anchored)
            effects.append(_Acting(troupe, backdrop.camera))
        effects += over_actors(
            storyboard,
            shot,
            plans,
            canvas,
            picture=backdrop.picture,
            palettes=[self._gallery.palette(one) for one in cast.styles],
            drawn=backdrop.drawn,
            anchored=anchored,
        )
        if plan.transition == "dissolve" and shot.index > 0:
            effects.append(_DissolveFrom(self._ending_before(storyboard, shot)))
        return frames_of(backdrop.strips, effects, (canvas.width, canvas.height), shot.frames, anchored)

    def _players(self, cast: Cast, canvas: Canvas) -> tuple[Cast, list[Player]]:
        """The cast as it is once its pictures were opened, and those who act as cut-outs or prints."""
        size = canvas.width, canvas.height
        cast = settled(
            cast, [one.name for one in cast.undecided if self._gallery.cut_out(one, size, strict=True) is not None]
        )
        return cast, [self._player(role, size) for role in cast.roles]

    def _player(self, role: Role, size: tuple[int, int]) -> Player:
        found = [self._gallery.cut_out(angle, size) for angle in role.angles]
        cut = tuple(one for one in found if one is not None)
        if found[0] is None:
            return Player(role.name, (self._gallery.card(role.angles[0], size),), card=True)
        return Player(role.name, cut)

    def _backdrop(
        self, storyboard: Storyboard, shot: Shot, plans: Sequence[ShotPlan], canvas: Canvas, cast: Cast
    ) -> Backdrop:
        plan, video = plans[shot.index], storyboard.video
        backdrops = Backdrops(storyboard, shot, plan, canvas, self._gallery, acted=bool(cast.roles))
        if video is not None and (storyboard.video_use == "edit" or not cast.sets):
            return backdrops.of_video(video)
        before = self._path_before(storyboard, shot, plans) if plan.transition == "match_cut" else None
        return backdrops.of_views(views_of(storyboard, shot, cast.sets), anchored_frames(shot), before)

    def _path_before(self, storyboard: Storyboard, shot: Shot, plans: Sequence[ShotPlan]) -> CameraPath | None:
        """The camera's path in the shot before, so that this one begins on its last framing."""
        if shot.index == 0:
            return None
        earlier = storyboard.shots[shot.index - 1]
        canvas = Canvas(storyboard.width, storyboard.height, earlier.frames, storyboard.seed, earlier.index)
        cast, _ = self._players(cast_of(storyboard, earlier, plans[earlier.index]), canvas)
        return self._backdrop(storyboard, earlier, plans, canvas, cast).camera.paths[-1][1]

    def _ending_before(self, storyboard: Storyboard, shot: Shot) -> Planes:
        """The last frame of the shot before, which another worker may have filmed."""
        if self._ending is not None and self._ending[:2] == (storyboard, shot.index - 1):
            return self._ending[2]
        frames = self.frames(storyboard, storyboard.shots[shot.index - 1])
        return _copied(deque(frames, maxlen=1)[0])


@dataclass(frozen=True)
class _Acting:
    """A troupe before its camera, as an effect."""

    troupe: Troupe
    camera: OnScreen

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        self.troupe.draw(planes, frame, strength, self.camera)


@dataclass(frozen=True)
class _DissolveFrom:
    """The shot before, which gives way to this one."""

    ending: Planes

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        if frame >= _DISSOLVE:
            return
        share = (frame + 1) / (_DISSOLVE + 1)
        share = share * share * (3 - 2 * share)
        for plane, ending in zip(planes, self.ending, strict=True):
            mix(ending, plane, round(share * strength * 4096), plane)


def anchored_frames(shot: Shot) -> frozenset[int]:
    """The frames of a shot that are one of the request's pictures, untouched."""
    ends = {0} if shot.start is not None else set()
    return frozenset(ends | ({shot.frames - 1} if shot.tail is not None else set()))


def _copied(planes: Planes) -> Planes:
    luma, cb, cr = (np.array(plane) for plane in planes)
    return luma, cb, cr
