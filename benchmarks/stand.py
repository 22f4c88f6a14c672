"""What the hub's benchmarks stand on: both databases, percentiles, tables, and a file of figures.

A benchmark that finds no PostgreSQL says so and measures SQLite alone; one that cannot run at all exits with 1.
"""

import argparse
import contextlib
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.postgresql import PostgreSQL, has_postgresql, postgresql_database

#: Where `--save` writes, and what the simulation of a fleet reads.
FIGURES = Path(__file__).with_name("figures.json")


@contextlib.contextmanager
def databases(chosen: Sequence[str]) -> Iterator[dict[str, Callable[[], contextlib.AbstractContextManager[str]]]]:
    """By name, what opens a fresh database and gives its URL ("" is SQLite in the hub's folder)."""
    with contextlib.ExitStack() as open_servers:
        found: dict[str, Callable[[], contextlib.AbstractContextManager[str]]] = {}
        if "sqlite" in chosen:
            found["SQLite"] = lambda: contextlib.nullcontext("")
        if "postgresql" in chosen:
            if has_postgresql():
                given = os.environ.get("OXREEL_TEST_POSTGRESQL", "")
                server = given or open_servers.enter_context(PostgreSQL()).url
                found["PostgreSQL"] = lambda: postgresql_database(server)
            else:
                print("no PostgreSQL is installed here: its column is left out", file=sys.stderr)
        if not found:
            raise SystemExit("nothing can be measured: PostgreSQL is not installed")
        yield found


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder, not in memory where there is a choice."""
    with tempfile.TemporaryDirectory(prefix="oxreel-benchmark-") as path:
        yield Path(path)


def options(text: str) -> argparse.ArgumentParser:
    """A parser with what all benchmarks of the hub take."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", action="append", choices=["sqlite", "postgresql"], help="both by default")
    parser.add_argument("--save", action="store_true", help=f"write the figures into {FIGURES.name}")
    return parser


def chosen_databases(arguments: argparse.Namespace) -> Sequence[str]:
    """Names of the databases to measure on."""
    return arguments.database or ["sqlite", "postgresql"]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows in columns, numbers to the right."""
    texts = [[_text(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(head))]
    for row in texts:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print("  ".join(cells).rstrip(), flush=True)


def save(arguments: argparse.Namespace, name: str, figures: dict[str, object]) -> None:
    """Keep the figures under this name, where `--save` was given."""
    if not arguments.save:
        return
    kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    kept[name] = {**kept.get(name, {}), **figures}
    FIGURES.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.0f}" if abs(cell) >= 100 else f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.2f}"
    return str(cell)
