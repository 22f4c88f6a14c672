"""Casting: which of a shot's references are its set, which act in it, and which lend only their style."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from oxreel.engines.animatic.plan import ShotPlan
from oxreel.storyboard import Reference, Shot, Storyboard

#: Fewest frames that each picture of a set is seen: a shot shows no more of them than it has time for.
_FEWEST = 24


@dataclass(frozen=True)
class Role:
    """One who acts in a shot."""

    #: As prompts call it: "Element1", "Image2".
    name: str
    #: Its front, then its further angles in order.
    angles: tuple[Reference, ...]


@dataclass(frozen=True)
class Cast:
    """What each reference of a shot is there for."""

    #: Pictures of the set, shown in turn; empty where the scene is drawn.
    sets: tuple[Reference, ...]
    roles: tuple[Role, ...]
    #: Pictures of the set that act instead where they turn out to be a cut-out or to stand before a plain ground.
    undecided: tuple[Reference, ...] = ()
    #: What is shown instead of a set that left to act: the film's start picture again.
    spare: Reference | None = None
    #: References that lend palette and grain, and are not seen.
    styles: tuple[Reference, ...] = ()


def cast_of(storyboard: Storyboard, shot: Shot, plan: ShotPlan) -> Cast:
    """The cast of a shot as far as it can be told unseen; reads no file. `settled` decides the rest."""
    seen = [one for one in shot.references if one.kind == "image" and one.name not in plan.style_references]
    styles = tuple(one for one in shot.references if one.name in plan.style_references)
    roles = tuple(_role(one, shot.references) for one in seen if _is_element(one) and "." not in one.name)
    images = [one for one in seen if not _is_element(one) and "." not in one.name]
    edited = storyboard.video is not None and storyboard.video_use == "edit"
    if shot.start is not None or edited:
        # Beside a start picture or a video only those are seen that the words call in.
        images = [one for one in images if one.name in plan.references]
    if edited:
        # The video is the set.
        return Cast((), (*roles, *(Role(one.name, (one,)) for one in images)), styles=styles)
    again = storyboard.shots[0].start
    # A set that acts leaves its place to another one, to the film's start, or to the place that the words name;
    # where there is none of them, it stays what it is: a picture before its own background.
    others = shot.start is not None or again is not None or len(images) > 1 or bool(plan.places)
    pictures = [*([shot.start] if shot.start is not None else []), *images]
    sets = tuple(pictures[: max(1, shot.frames // _FEWEST)]) or ((again,) if again is not None else ())
    return Cast(sets, roles, tuple(images) if others else (), again, styles)


def settled(cast: Cast, cut_outs: Collection[str]) -> Cast:
    """The cast once its undecided pictures were opened: those named in `cut_outs` act, the others are sets."""
    acting = [one for one in cast.undecided if one.name in cut_outs]
    sets = tuple(one for one in cast.sets if one not in acting)
    if not sets and cast.spare is not None:
        sets = (cast.spare,)
    roles = (*cast.roles, *(Role(one.name, (one,)) for one in acting))
    return replace(cast, sets=sets, roles=roles, undecided=())


def order_of(storyboard: Storyboard) -> tuple[str, ...]:
    """Names of everyone who may act in the film, in a fixed order: who has a side in one shot keeps it in the next."""
    names = {one.name: None for shot in storyboard.shots for one in shot.references if "." not in one.name}
    return tuple(sorted(names, key=lambda name: (not name.startswith("Element"), len(name), name)))


def _is_element(one: Reference) -> bool:
    return one.name.startswith("Element")


def _role(front: Reference, references: tuple[Reference, ...]) -> Role:
    further = [one for one in references if one.name.startswith(f"{front.name}.")]
    further.sort(key=lambda one: (len(one.name), one.name))
    return Role(front.name, (front, *further))
