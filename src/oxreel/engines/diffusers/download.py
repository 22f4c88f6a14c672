"""A checkpoint's files from where they are published to the folder that films are made from.

They are gathered in a folder beside it, where a download that was broken off goes on; once each has the size and
checksum that are published, the folder gets its name. So what has the name is whole.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oxreel.engines.diffusers.published import INDEXES, NotUsable, PublishedFile, chosen

if TYPE_CHECKING:
    from huggingface_hub import HfApi

    from oxreel.engines.diffusers.weights import Checkpoint

#: What a whole folder says of itself; written last.
STAMP = "oxreel-checkpoint.json"
#: Bytes that stay free on the disk.
_RESERVE = 2 * 1024**3
_BLOCK = 8 * 1024**2


class DownloadFailed(Exception):
    """A sentence for the person who asked for it."""


@dataclass(frozen=True)
class Download:
    """What is to be fetched, and what of it is there already."""

    repo: str
    commit: str
    files: tuple[PublishedFile, ...]
    #: The folder that it becomes, and where it is gathered.
    target: Path
    gathered_in: Path

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def there(self) -> int:
        """Bytes that lie in its folder, those of unfinished files too."""
        return sum(file.stat().st_size for file in self.gathered_in.rglob("*") if file.is_file())

    def missing(self) -> int:
        """Bytes of the files that do not lie there whole."""
        return sum(file.size for file in self.files if not _has_size(self.gathered_in / file.path, file.size))


def plan(checkpoint: "Checkpoint", target: Path, *, endpoint: str | None = None, token: str = "") -> Download:
    """What a download takes. Raises DownloadFailed where it cannot begin."""
    api = _api(endpoint, token)
    with _Told(checkpoint, api.endpoint):
        commit = api.repo_info(checkpoint.repo, revision=checkpoint.revision).sha
        listed = list(api.list_repo_tree(checkpoint.repo, recursive=True, revision=commit))
        files = [_published(one) for one in listed if hasattr(one, "size")]
        index = next((name for name in INDEXES if any(file.path == name for file in files)), None)
        if index is None:
            raise NotUsable(f"it publishes none of {' and '.join(INDEXES)}")
        gathered_in = _beside(target)
        said = Path(api.hf_hub_download(checkpoint.repo, index, revision=commit, local_dir=gathered_in)).read_bytes()
        found = chosen(files, said, index, checkpoint.family.parts)
        assert commit is not None
        return Download(checkpoint.repo, commit, tuple(found), target, gathered_in)


def installed(target: Path) -> Download | None:
    """What was downloaded to a folder; None for one that was filled otherwise."""
    try:
        facts = json.loads((target / STAMP).read_text(encoding="utf-8"))
        files = tuple(PublishedFile(**file) for file in facts["files"])
        return Download(facts["repo"], facts["commit"], files, target, target)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def reopen(download: Download) -> None:
    """Take the name from a folder that is not whole, so that a download goes on with it."""
    gathered_in = _beside(download.target)
    shutil.rmtree(gathered_in, ignore_errors=True)
    (download.target / STAMP).unlink(missing_ok=True)
    download.target.rename(gathered_in)


def share(download: Download, others: Iterable[Path]) -> None:
    """Take over what another checkpoint of the same repository has, without a copy where the disk can do that."""
    wanted = {file.path: file for file in download.files if file.sha256}
    for other in filter(None, map(installed, others)):
        for file in other.files if other.repo == download.repo else ():
            here, there = download.gathered_in / file.path, other.target / file.path
            if wanted.get(file.path) == file and not here.exists() and _has_size(there, file.size):
                here.parent.mkdir(parents=True, exist_ok=True)
                with suppress(OSError):
                    os.link(there, here)


def check_room(download: Download) -> None:
    """Nothing where the disk has room for what is missing. Raises DownloadFailed."""
    free = shutil.disk_usage(download.gathered_in).free
    if free < download.missing() + _RESERVE:
        raise DownloadFailed(
            f"{download.missing() / 1e9:.1f} GB are to be fetched and {_RESERVE / 1e9:.0f} GB to stay free, but "
            f"{download.target.parent} has {free / 1e9:.1f} GB. Make room, or name another folder with --to."
        )


def fetch(
    checkpoint: "Checkpoint", download: Download, *, endpoint: str | None = None, token: str = "", workers: int = 4
) -> None:
    """Gather the files; those that are whole already stay. Raises DownloadFailed, and what came stays."""
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - an extra that not every machine has

    with _Told(checkpoint, _api(endpoint, token).endpoint):
        snapshot_download(
            download.repo,
            revision=download.commit,
            local_dir=download.gathered_in,
            allow_patterns=[_literally(file.path) for file in download.files],
            max_workers=workers,
            endpoint=endpoint,
            token=token or None,
        )


def damaged(download: Download, on_bytes: Callable[[int], None] = lambda _: None) -> list[PublishedFile]:
    """The files that differ from what is published, removed so that they are fetched anew."""
    bad = [file for file in download.files if not _is_as_published(download.gathered_in / file.path, file, on_bytes)]
    for file in bad:
        (download.gathered_in / file.path).unlink(missing_ok=True)
    return bad


def complete(download: Download) -> None:
    """Give the gathered folder its stamp and its name. Raises DownloadFailed where something is in the way."""
    shutil.rmtree(download.gathered_in / ".cache", ignore_errors=True)
    facts = {"repo": download.repo, "commit": download.commit, "files": [asdict(file) for file in download.files]}
    (download.gathered_in / STAMP).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    if download.target.exists():
        raise DownloadFailed(f"{download.target} is in the way: move it away, and run this again.")
    download.gathered_in.rename(download.target)


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.partial")


def _is_as_published(path: Path, file: PublishedFile, on_bytes: Callable[[int], None]) -> bool:
    if not _has_size(path, file.size):
        return False
    sum_ = hashlib.sha256() if file.sha256 else hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)
    with path.open("rb") as opened:
        while block := opened.read(_BLOCK):
            sum_.update(block)
            on_bytes(len(block))
    return sum_.hexdigest() == (file.sha256 or file.git_sha1)


def _has_size(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _published(listed: Any) -> PublishedFile:
    if listed.lfs is not None:
        return PublishedFile(listed.path, listed.lfs.size, sha256=listed.lfs.sha256)
    return PublishedFile(listed.path, listed.size, git_sha1=listed.blob_id)


def _api(endpoint: str | None, token: str) -> "HfApi":
    # It would tell what else is installed here, and ask what started it.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        from huggingface_hub import HfApi  # noqa: PLC0415 - an extra that not every machine has
        from huggingface_hub.utils import disable_progress_bars, logging  # noqa: PLC0415
    except ImportError:
        raise DownloadFailed("Downloading needs more packages: pip install 'oxreel[gpu]'.") from None
    logging.set_verbosity_error()
    disable_progress_bars()  # whoever asks looks at `there` and draws one of its own
    return HfApi(endpoint=endpoint, token=token or None)


def _literally(path: str) -> str:
    """A pattern that only this path matches."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)


class _Told:
    """What goes wrong within becomes a DownloadFailed that a person can act on."""

    def __init__(self, checkpoint: "Checkpoint", endpoint: str) -> None:
        self._checkpoint, self._endpoint = checkpoint, endpoint

    def __enter__(self) -> None:
        """Nothing to begin with."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError  # noqa: PLC0415

        what = f"{self._checkpoint.name} ({self._checkpoint.repo} at {self._endpoint})"
        if isinstance(error, NotUsable):
            raise DownloadFailed(f"{what} cannot be used: {error}.") from error
        if isinstance(error, GatedRepoError):
            raise DownloadFailed(
                f"{what} is given only to those who accepted its terms there: do so with your account, and set "
                "OXREEL_HF_TOKEN or HF_TOKEN to a token of it."
            ) from error
        if isinstance(error, RepositoryNotFoundError):
            raise DownloadFailed(f"{what} is not there, or not for this token (OXREEL_HF_TOKEN, HF_TOKEN).") from error
        if isinstance(error, OSError | ValueError) or (kind is not None and kind.__module__.startswith("http")):
            said = " ".join(str(error).split())[:300].rstrip(".")
            raise DownloadFailed(f"{what} could not be fetched: {said}. Run this again to go on.") from error
