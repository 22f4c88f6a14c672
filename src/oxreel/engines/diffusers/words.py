"""A shot's words as weights read them: they know no mentions."""

import re

from oxreel.catalogue.mentions import MENTION
from oxreel.engines.diffusers.family import Rules
from oxreel.storyboard import Shot

#: What prompts may call the frames of a request that has them.
_ENDS = {"Image1": "the first frame", "Image2": "the last frame"}


def words_of(shot: Shot, rules: Rules) -> str:
    """The prompt with each mention as the checkpoint calls that picture: by its place among those that it is given."""
    places = {reference.name: index for index, reference in enumerate(shot.references, start=1)}

    def called(mention: re.Match[str]) -> str:
        name = mention[1].capitalize() + mention[2]
        if name in places:
            return rules.mention.format(number=places[name])
        return _ENDS.get(name, f"{mention[1].lower()} {mention[2]}")

    return MENTION.sub(called, shot.prompt).strip()
