"""Mentions: the references that a prompt calls by name, `@Image1`, `@Element2`, `@Video1`."""

import re

#: Kind and number of a mention, in any case of letters.
# Not within a word, so that a mail address is none; Chinese text may follow without a space.
MENTION = re.compile(r"(?<![0-9A-Za-z_.])@(Image|Element|Video)([0-9]+)(?![0-9A-Za-z_])", re.IGNORECASE)


def mentions(prompt: str) -> list[str]:
    """The names in the prompt, each once and in the order of their first use: ["Element1", "Image2"]."""
    return list(dict.fromkeys(kind.capitalize() + number for kind, number in MENTION.findall(prompt)))
