"""The simulation of a fleet keeps the laws that every fleet keeps."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def load() -> ModuleType:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        spec = importlib.util.spec_from_file_location("fleet_simulation", BENCHMARKS / "fleet_simulation.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules["fleet_simulation"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(BENCHMARKS))
    return module


simulation = load()


@settings(max_examples=30)
@given(
    workers=st.integers(1, 40),
    jobs=st.integers(1, 400),
    film=st.floats(0.5, 50),
    burst=st.floats(1, 20),
    life=st.floats(50, 10_000),
    seed=st.integers(0, 1000),
)
def test_no_job_is_made_or_lost(workers: int, jobs: int, film: float, burst: float, life: float, seed: int) -> None:
    fleet = simulation.Fleet(
        workers=workers, jobs=jobs, span=1000.0, film_seconds=film, burst=burst, life_seconds=life, seed=seed
    )
    outcome = simulation.simulate(fleet)
    assert outcome.arrived == outcome.finished + outcome.in_line + outcome.filming + outcome.orphaned
    assert outcome.arrived <= jobs
    assert outcome.filming <= workers
    assert all(wait >= 0 for wait in outcome.waits)
    # The last start may be planned a moment after the end.
    assert outcome.busy_seconds <= workers * (outcome.ended_at + 1)
    assert outcome.lost_seconds <= outcome.busy_seconds


def test_workers_are_busy_for_arrivals_times_film_seconds() -> None:
    fleet = simulation.Fleet(workers=50, jobs=6000, span=10_000.0, film_seconds=50.0, life_seconds=1e12, burst=1.0)
    outcome = simulation.simulate(fleet)
    busy = outcome.busy_seconds / outcome.ended_at / fleet.workers
    assert busy == pytest.approx(0.6 * 50 / 50, rel=0.05)


def test_a_fleet_with_too_few_workers_has_a_line_that_grows() -> None:
    outcome = simulation.simulate(simulation.Fleet(workers=10, jobs=4000, span=10_000.0, film_seconds=50.0))
    assert outcome.in_line > 1000
    assert outcome.busy_seconds / outcome.ended_at / 10 > 0.95


def test_deaths_cost_time_and_no_jobs() -> None:
    calm = simulation.Fleet(workers=100, jobs=2000, span=20_000.0, film_seconds=50.0, life_seconds=1e12)
    deadly = simulation.Fleet(workers=100, jobs=2000, span=20_000.0, film_seconds=50.0, life_seconds=500.0)
    one, other = simulation.simulate(calm), simulation.simulate(deadly)
    assert (one.deaths, one.lost_seconds) == (0, 0.0)
    assert other.deaths > 1000
    assert other.finished > 1900
    assert other.busy_seconds > one.busy_seconds


def test_a_part_gives_way_where_it_has_no_more_to_give() -> None:
    line = (0.001, 0.000_001)
    cost = simulation.Costs(0.0002, 0.0002, line, line, line, 0.001, 0.008, 0.0004, line, 0.002, 0.005, 0.0001, 0.0003)
    load = simulation.Load(workers=1000, busy=0.7, starts=11.6, enqueued=50, cores=8, api_processes=4)
    shares = simulation.shares(load, cost)
    assert shares["event lock (one at a time)"] == pytest.approx((700 + 11.6) * 0.002)
    point = simulation.breaking_point(load, cost, "event lock (one at a time)")
    assert point == pytest.approx(1000 / shares["event lock (one at a time)"], rel=0.01)
    parts = [share for name, share in shares.items() if name.startswith("  ")]
    assert sum(parts) == pytest.approx(shares["database, 8 cores"])
