"""The heap: pictures go back to the system as soon as they are done with."""

import ctypes
from functools import cache

#: Bytes from which memory is the system's own, and mallopt's name for that (glibc, malloc.h).
_LARGE, _MMAP_THRESHOLD = 1 << 20, -3


@cache
def give_back_pictures() -> None:
    """Every freed picture leaves the process at once; where the C library has no such setting, nothing changes.

    By default glibc keeps what is as large as the largest that was ever freed, in pieces: of three shots of 1080p, 55
    MB more each time (2026-11).
    """
    try:
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)
    except (AttributeError, OSError, TypeError):  # another C library, or another system
        return
