"""The machine: Python, processors, memory, disk and codecs."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from oxreel import __version__
from oxreel.cli.doctor.finding import Finding

#: Bytes of memory below which films of 1080p may not fit, and of disk below which a hub should not go on.
_LEAST_MEMORY, _LEAST_DISK = 2 * 1024**3, 2 * 1024**3
#: What films are made of, and what most source videos are.
_ENCODERS, _DECODERS = ("libx264", "aac"), ("h264", "hevc", "vp9", "aac", "png", "mjpeg")
#: The least that cgroups say where there is no limit.
_NO_LIMIT = 1 << 60


def machine(data_dir: Path) -> Iterator[Finding]:
    """What the machine has."""
    yield Finding(
        "machine",
        "good",
        f"OxReel {__version__} on Python {platform.python_version()}, {platform.system()} {platform.machine()}.",
        facts={"oxreel": __version__, "python": platform.python_version(), "executable": sys.executable},
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Finding(
        "machine",
        "good" if cores >= 2 else "note",
        f"{cores} processor{'s' if cores > 1 else ''} may be used.",
        "" if cores >= 2 else "An animatic of 1080p films in real time on two.",
        {"processors": cores},
    )
    yield _memory()
    yield _disk(data_dir)


def codecs() -> Iterator[Finding]:
    """Whether films can be encoded and usual videos decoded; no program beside Python is needed for it."""
    try:
        import av  # noqa: PLC0415 - heavy
        from av.codec import Codec, codecs_available  # noqa: PLC0415
    except ImportError as error:
        yield Finding("codecs", "trouble", f"The codecs cannot be loaded: {error}.", "Run `make setup` again.")
        return
    missing = [name for name in (*_ENCODERS, *_DECODERS) if name not in codecs_available]
    missing += [name for name in _ENCODERS if name not in missing and not Codec(name, "w").is_encoder]
    if missing:
        yield Finding("codecs", "trouble", f"The codecs lack {', '.join(missing)}.", "Install PyAV from its own wheel.")
    else:
        yield Finding("codecs", "good", f"H.264 and AAC can be written (PyAV {av.__version__}); no ffmpeg is needed.")


def _memory() -> Finding:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _cgroup_limit()
    usable = min(total, limit)
    less = f", of which this container may use {limit / 1e9:.1f} GB" if limit < total else ""
    enough = usable >= _LEAST_MEMORY
    return Finding(
        "machine",
        "good" if enough else "note",
        f"{total / 1e9:.1f} GB of memory{less}.",
        "" if enough else "A film of 4K needs about 2 GB.",
        {"memory_bytes": usable},
    )


def _cgroup_limit() -> int:
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            return min(int(Path(path).read_text(encoding="ascii")), _NO_LIMIT)
        except (OSError, ValueError):
            continue
    return _NO_LIMIT


def _disk(data_dir: Path) -> Finding:
    where = data_dir.absolute()
    while not where.exists():
        where = where.parent
    free = shutil.disk_usage(where).free
    facts = {"data_dir": str(data_dir.absolute()), "free_bytes": free}
    if not os.access(where, os.W_OK):
        advice = "Give it to the user that runs OxReel, or name another with OXREEL_DATA_DIR."
        return Finding("machine", "trouble", f"Nothing can be written to {where}.", advice, facts)
    says = f"{free / 1e9:.1f} GB are free where {data_dir.absolute()} lies."
    if free < _LEAST_DISK:
        return Finding("machine", "trouble", says, "Make room: films and the database are kept there.", facts)
    return Finding("machine", "good", says, facts=facts)
