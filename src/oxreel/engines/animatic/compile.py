"""`python -m oxreel.engines.animatic.compile`: compiles the inner loops, so that the first film does not have to."""

import sys
import time
from importlib import import_module


def main() -> None:
    """Fill the cache of compiled loops; nothing happens where it is full."""
    began = time.perf_counter()
    import_module("oxreel.engines.animatic.stage")  # everything that films compiles when it is imported
    sys.stdout.write(f"The animatic's loops are compiled ({time.perf_counter() - began:.1f} s).\n")


if __name__ == "__main__":
    main()
