"""Where a generation's files lie while it is made: a scratch folder here, kept copies in the store.

The scratch folder is this worker's. What a finished step made is also put in the object store, so that
another worker can take over from there.
"""

import shutil
from pathlib import Path

from oxreel.errors import FilmingFailed, StorageUnavailable
from oxreel.log import Log
from oxreel.storage.objects import Objects

log = Log(__name__)

#: Where the kept copies lie, each below its generation's id.
FOLDER = "takes"
#: What of a checkpoint names such a file: a filmed segment, the sound that came with it.
ENTRIES = ("path", "sound")


class Workspace:
    """The files of one generation in the making."""

    def __init__(self, scratch: Path, objects: Objects, generation_id: str) -> None:
        self.folder = scratch / generation_id
        self._objects = objects
        self._prefix = f"{FOLDER}/{generation_id}"

    def open(self) -> Path:
        """The scratch folder, made where it is missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder

    def keep(self, path: str | Path) -> str:
        """Put a scratch file in the store; its name, for `fetch`. Raises FilmingFailed where the store does not."""
        name = Path(path).relative_to(self.folder).as_posix()
        try:
            self._objects.put_file(f"{self._prefix}/{name}", Path(path))
        except StorageUnavailable:
            raise FilmingFailed(
                "The hub's store of files could not keep what was filmed. Nothing was charged; please retry it."
            ) from None
        return name

    def fetch(self, name: str) -> Path:
        """The scratch file of that name, brought from the store where this worker does not have it."""
        path = self.folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(path.name + ".part")
            self._objects.copy_to(f"{self._prefix}/{name}", partial)
            partial.replace(path)
        return path

    def close(self, *, forget: bool) -> None:
        """Remove the scratch folder, and with `forget` the kept copies too."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if forget:
            try:
                self._objects.delete_prefix(self._prefix)
            except StorageUnavailable:
                # The generation has ended well or badly without it; the next sweep finds them.
                log.warning("kept_copies_stay", folder=self._prefix)
