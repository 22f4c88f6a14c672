"""The cast: all pictures of a storyboard as one request names them, by number and without gaps."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from oxreel.catalogue.mentions import MENTION
from oxreel.storyboard import Reference, Storyboard

_NAME = re.compile(r"(Image|Element)([0-9]+)(?:\.([0-9]+))?")


@dataclass(frozen=True)
class Cast:
    """Who and what a film is made of."""

    start: Reference | None
    tail: Reference | None
    images: tuple[Reference, ...]
    #: Each element by its pictures, its front first.
    elements: tuple[tuple[Reference, ...], ...]
    video: Reference | None
    #: What prompts call a reference, and what it is called in the request: {"Image3": "Image2"}.
    names: Mapping[str, str]

    @classmethod
    def of(cls, storyboard: Storyboard) -> "Cast":
        """The cast of all shots together."""
        images: dict[int, Reference] = {}
        elements: dict[int, dict[int, Reference]] = {}
        named = (one for shot in storyboard.shots for one in shot.references)
        for reference in storyboard.references or named:
            found = _NAME.fullmatch(reference.name)
            if found is None:
                continue
            number = int(found[2])
            if found[1] == "Image":
                images[number] = reference
            else:
                elements.setdefault(number, {})[int(found[3] or 1)] = reference
        names = {f"Image{old}": f"Image{new}" for new, old in enumerate(sorted(images), start=1)}
        names |= {f"Element{old}": f"Element{new}" for new, old in enumerate(sorted(elements), start=1)}
        return cls(
            start=next((shot.start for shot in storyboard.shots if shot.start), None),
            tail=next((shot.tail for shot in storyboard.shots if shot.tail), None),
            images=tuple(images[number] for number in sorted(images)),
            elements=tuple(tuple(angles[n] for n in sorted(angles)) for _, angles in sorted(elements.items())),
            video=storyboard.video,
            names=names,
        )

    @property
    def has_pictures(self) -> bool:
        """Whether anything of it is a picture."""
        return bool(self.start or self.tail or self.images or self.elements)

    @property
    def count(self) -> int:
        """References as fal counts them: each image, and each element however many pictures it has."""
        return len(self.images) + len(self.elements)

    @property
    def pictures(self) -> tuple[Reference, ...]:
        """Every picture, once."""
        of_elements = [picture for angles in self.elements for picture in angles]
        return tuple(one for one in (self.start, self.tail, *self.images, *of_elements) if one is not None)

    def spoken(self, prompt: str) -> str:
        """A prompt with the names that the request has for its references."""

        def renamed(mention: re.Match[str]) -> str:
            name = mention[1].capitalize() + mention[2]
            return "@" + self.names.get(name, name)

        return MENTION.sub(renamed, prompt)
