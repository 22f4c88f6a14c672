"""What of a published checkpoint is downloaded: weights as safetensors, and the texts that say how to load them."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

#: Kinds of files that are taken. Weights in any other kind can run code when they are read (pickles), and code is
#: never taken.
_WEIGHTS = ".safetensors"
_TEXTS = (".json", ".txt", ".model", ".jinja", ".md")
_NAMES = ("LICENSE", "LICENCE", "NOTICE", "LICENSE.txt")
#: What a folder of weights is read by, in the order in which it is looked for.
INDEXES = ("model_index.json", "modular_model_index.json")


class NotUsable(Exception):
    """The checkpoint cannot be downloaded; the message says why."""


@dataclass(frozen=True)
class PublishedFile:
    """One file of a repository."""

    #: With slashes, from the repository's top.
    path: str
    size: int
    #: Hexadecimal: the SHA-256 of a large file, or what Git calls a small one; one of the two.
    sha256: str = ""
    git_sha1: str = ""


def chosen(
    files: Iterable[PublishedFile], index: bytes, index_name: str, parts: Collection[str] = ()
) -> list[PublishedFile]:
    """The files that loading reads: those parts, or what the repository's own index names. Raises NotUsable."""
    files = list(files)
    there = {PurePosixPath(file.path).parts[0] for file in files if "/" in file.path}
    folders = set(parts) & there or _folders(index, index_name, there)
    kept = [file for file in files if _is_read(PurePosixPath(file.path), folders)]
    if not any(file.path.endswith(_WEIGHTS) for file in kept):
        raise NotUsable("it publishes no weights as safetensors, and weights of other kinds can run code when read")
    for file in kept:
        if file.path.endswith(_WEIGHTS) and not file.sha256:
            raise NotUsable(f"its file {file.path} is published without a checksum")
    return kept


def _folders(index: bytes, index_name: str, there: Collection[str]) -> set[str]:
    """The folders of the parts that the index names."""
    try:
        named = json.loads(index)
    except ValueError:
        named = None
    if not isinstance(named, dict):
        raise NotUsable(f"its {index_name} is not JSON as it should be")
    # A part without a class is one that this checkpoint leaves out.
    parts = {name for name, of in named.items() if isinstance(of, list) and any(of)}
    return parts & set(there)


def _is_read(path: PurePosixPath, folders: Collection[str]) -> bool:
    if ".." in path.parts or path.is_absolute() or any(part.startswith(".") for part in path.parts):
        return False
    if len(path.parts) == 1:
        # At the top lie whole models in one file, for other programs.
        return path.suffix in _TEXTS or path.name in _NAMES
    return path.parts[0] in folders and path.suffix in (_WEIGHTS, *_TEXTS)
