"""A day of a fleet: a thousand workers, a million generations, bursts and deaths; what gives way first, and when.

    python benchmarks/fleet_simulation.py [--workers 1000] [--jobs 1000000] [--film-seconds 60] [--cores 8]

Two parts. A simulation of discrete events, job by job, gives waits and what the fleet is busy with. From its rates and
from measured costs (`figures.json`, which the other benchmarks write with `--save`) follows how busy each shared part
is, at this size and at others. No database is used.
"""

import argparse
import heapq
import json
import random
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path

from stand import percentile, table

DAY = 86_400.0


@dataclass(frozen=True)
class Fleet:
    """What is simulated. Times are seconds."""

    workers: int = 1000
    jobs: int = 1_000_000
    #: Of the whole run; arrivals spread over it.
    span: float = DAY
    film_seconds: float = 60.0
    #: How many times as many arrive in a burst, how long one lasts, and its share of all time.
    burst: float = 5.0
    burst_seconds: float = 120.0
    burst_share: float = 0.05
    #: Between two deaths of one worker; then its job waits for others to notice, and it starts anew.
    life_seconds: float = 6 * 3600.0
    take_over_seconds: float = 10.0
    restart_seconds: float = 30.0
    #: Between two looks of a free worker at the line, and how long one turn at it takes, one worker at a time.
    poll_seconds: float = 0.15
    turn_seconds: float = 0.010
    seed: int = 1


@dataclass
class Outcome:
    """What became of the jobs."""

    arrived: int = 0
    finished: int = 0
    #: At the end: in line, being filmed, and waiting for their worker's death to be noticed.
    in_line: int = 0
    filming: int = 0
    orphaned: int = 0
    deaths: int = 0
    #: Seconds that workers were filming, all together, the lost takes' included; and what was lost.
    busy_seconds: float = 0.0
    lost_seconds: float = 0.0
    longest_line: int = 0
    ended_at: float = 0.0
    #: From arrival to the first take.
    waits: list[float] = field(default_factory=list)


def simulate(fleet: Fleet) -> Outcome:
    """A run from an empty fleet until all jobs have arrived, or for ever where `span` leaves time to finish them."""
    return _Run(fleet).go()


class _Run:
    """The simulation's state: a heap of what happens next, a line of jobs, and free workers."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._drawn = random.Random(fleet.seed)
        self._outcome = Outcome()
        self._number = 0
        self._events: list[tuple[float, int, str, int]] = []
        self._line: deque[int] = deque()
        self._arrived_at: dict[int, float] = {}
        self._free = list(range(fleet.workers))
        #: Job and begin by worker that films.
        self._filming: dict[int, tuple[int, float]] = {}
        #: Counts up when a worker's take ends otherwise than planned: what was planned for it is void.
        self._plan = [0] * fleet.workers
        self._turn_is_free_at = 0.0
        self._orphaned = 0

    def go(self) -> Outcome:
        """Run until nothing is left to happen within the span."""
        fleet, outcome = self._fleet, self._outcome
        for worker in range(fleet.workers):
            self._later(self._drawn.expovariate(1 / fleet.life_seconds), "death", worker)
        self._plan_arrival(0.0)
        handlers = {name: getattr(self, f"_{name}") for name in ("arrival", "end", "death", "orphan", "back")}
        now = 0.0
        while self._events and self._events[0][0] <= fleet.span:
            now, _, name, subject = heapq.heappop(self._events)
            if outcome.finished == fleet.jobs:
                break
            handlers[name](now, subject)
        outcome.ended_at = now
        outcome.busy_seconds += sum(max(now - begun, 0.0) for _, begun in self._filming.values())
        outcome.in_line = len(self._line)
        outcome.filming = len(self._filming)
        outcome.orphaned = self._orphaned
        return outcome

    def _later(self, at: float, name: str, subject: int) -> None:
        self._number += 1
        heapq.heappush(self._events, (at, self._number, name, subject))

    def _plan_arrival(self, now: float) -> None:
        fleet = self._fleet
        if self._outcome.arrived >= fleet.jobs:
            return
        # As many in all, however strong the bursts are.
        mean = fleet.jobs / fleet.span / (1 + (fleet.burst - 1) * fleet.burst_share)
        cycle = fleet.burst_seconds / fleet.burst_share if fleet.burst_share else fleet.span * 2
        bursting = fleet.burst_share and now % cycle < fleet.burst_seconds
        self._later(now + self._drawn.expovariate(mean * (fleet.burst if bursting else 1)), "arrival", self._number)

    def _arrival(self, now: float, job: int) -> None:
        self._outcome.arrived += 1
        self._arrived_at[job] = now
        self._line.append(job)
        self._outcome.longest_line = max(self._outcome.longest_line, len(self._line))
        self._match(now)
        self._plan_arrival(now)

    def _match(self, now: float) -> None:
        """Let free workers take what waits: the first of them looks soon, then turns go one by one."""
        fleet = self._fleet
        while self._line and self._free:
            job, worker = self._line.popleft(), self._free.pop()
            looked = now + self._drawn.expovariate((len(self._free) + 1) / (fleet.poll_seconds / 2))
            begin = max(looked, self._turn_is_free_at) + fleet.turn_seconds
            self._turn_is_free_at = begin
            self._filming[worker] = (job, begin)
            self._plan[worker] += 1
            if (arrived := self._arrived_at.pop(job, None)) is not None:
                self._outcome.waits.append(begin - arrived)
            # Between half as long and half as long again.
            seconds = fleet.film_seconds * self._drawn.uniform(0.5, 1.5)
            self._later(begin + seconds, "end", worker + self._plan[worker] * fleet.workers)

    def _end(self, now: float, plan: int) -> None:
        plan, worker = divmod(plan, self._fleet.workers)
        if plan != self._plan[worker] or worker not in self._filming:
            return
        _, begun = self._filming.pop(worker)
        self._outcome.busy_seconds += now - begun
        self._outcome.finished += 1
        self._free.append(worker)
        self._match(now)

    def _death(self, now: float, worker: int) -> None:
        fleet = self._fleet
        self._outcome.deaths += 1
        self._plan[worker] += 1
        if worker in self._filming:
            job, begun = self._filming.pop(worker)
            self._outcome.busy_seconds += max(now - begun, 0.0)
            self._outcome.lost_seconds += max(now - begun, 0.0)
            self._orphaned += 1
            self._later(now + fleet.take_over_seconds, "orphan", job)
        else:
            self._free.remove(worker)
        self._later(now + fleet.restart_seconds, "back", worker)

    def _orphan(self, now: float, job: int) -> None:
        self._orphaned -= 1
        # It came first, and goes first.
        self._line.appendleft(job)
        self._match(now)

    def _back(self, now: float, worker: int) -> None:
        self._free.append(worker)
        self._later(now + self._drawn.expovariate(1 / self._fleet.life_seconds), "death", worker)
        self._match(now)


@dataclass(frozen=True)
class Costs:
    """Seconds each. What grows with the number of workers is a base and a slope."""

    #: Processor time of the database.
    look: float
    sign: float
    care: tuple[float, float]
    compare: tuple[float, float]
    turn: tuple[float, float]
    enqueue: float
    workflow: float
    event: float
    #: Wall time that one at a time has a lock.
    turn_held: tuple[float, float]
    event_held: float
    #: Of an API process: for one enqueue, and to hand one event to one client.
    request: float
    frame: float
    #: Processor time of the database for writing a film's progress without announcing it.
    progress: float

    @classmethod
    def measured(cls, figures: dict[str, dict[str, list[float]]]) -> "Costs":
        """From the file that the benchmarks write."""
        fleet, streams = figures["fleet_costs"], figures["event_streams"]

        def at(name: str, column: int) -> list[tuple[int, float]]:
            found = [
                (int(key.rsplit(" ", 1)[1]), value[column]) for key, value in fleet.items() if key.startswith(name)
            ]
            return sorted(found)

        def line(name: str, column: int) -> tuple[float, float]:
            (few, low), (many, high) = at(name, column)[0], at(name, column)[-1]
            # What falls as there are more workers is what else the machine did meanwhile.
            low = min(low, high)
            slope = (high - low) / (many - few)
            return (low - slope * few) / 1000, slope / 1000

        def most(name: str, column: int) -> float:
            return max(value for _, value in at(name, column)) / 1000

        clients = max(int(key.split()[1]) for key in streams if key.startswith("PostgreSQL"))
        return cls(
            look=most("look at the line", 1),
            sign=most("sign of life", 1),
            care=line("care for other workers", 1),
            compare=line("comparing rows and jobs", 1),
            turn=line("turn", 1),
            enqueue=most("enqueue", 1),
            workflow=float(figures["job_cost"]["PostgreSQL"]["workflow: database's processor, ms"]) / 1000,  # type: ignore[call-overload]
            event=most("event, lock held", 1),
            turn_held=line("turn", 0),
            # The smallest: what else the machine did while it was measured holds no lock.
            event_held=min(value for _, value in at("event, lock held", 0)) / 1000,
            request=1 / float(figures["hub"]["PostgreSQL enqueues a second"]),  # type: ignore[arg-type]
            frame=streams[f"PostgreSQL {clients}"][1] / (clients / 2) / 1000,
            progress=most("progress written", 1),
        )


@dataclass(frozen=True)
class Load:
    """What the fleet does in a second, and with how much of each part."""

    workers: float
    #: Share of the workers that film.
    busy: float
    #: Jobs that start in a second, and that are enqueued in a second of a burst.
    starts: float
    enqueued: float
    cores: int
    api_processes: int
    #: Clients that follow one namespace, on average.
    followers: float = 5.0
    queues: float = 1.0
    poll_seconds: float = 0.15
    heartbeat_seconds: float = 1.0
    compared_every: float = 5.0
    #: Of one film: looks that write its progress, and events that announce it.
    looks_a_second: float = 4.0
    announced_a_second: float = 1.0


def shares(load: Load, cost: Costs) -> dict[str, float]:
    """How busy each part is: 1 is all that it can do."""
    workers, films = load.workers, load.workers * load.busy
    events = films * load.announced_a_second + load.starts
    looks = workers * (1 - load.busy) * load.queues / load.poll_seconds

    def grown(line: tuple[float, float]) -> float:
        return line[0] + line[1] * workers

    database = {
        "looks at the line": looks * cost.look,
        "signs of life": workers / load.heartbeat_seconds * cost.sign,
        "care for other workers": workers / load.heartbeat_seconds * grown(cost.care),
        "comparing rows and jobs": workers / load.heartbeat_seconds / load.compared_every * grown(cost.compare),
        "progress of films": films * load.looks_a_second * cost.progress,
        "events": events * cost.event,
        "enqueues": load.enqueued * cost.enqueue,
        "turns and workflows": load.starts * (grown(cost.turn) + cost.workflow),
    }
    return {
        "event lock (one at a time)": events * cost.event_held,
        "turn lock (one at a time)": load.starts * grown(cost.turn_held),
        f"database, {load.cores} cores": sum(database.values()) / load.cores,
        **{f"  {name}": share / load.cores for name, share in database.items()},
        f"API, {load.api_processes} processes: enqueues": load.enqueued * cost.request / load.api_processes,
        f"API, {load.api_processes} processes: event streams": events
        * load.followers
        * cost.frame
        / load.api_processes,
    }


def breaking_point(load: Load, cost: Costs, part: str) -> float:
    """The number of workers, with as many jobs for each, at which a part has no more to give."""
    low, high = 1.0, 10_000_000.0
    while high / low > 1.001:
        middle = (low * high) ** 0.5
        factor = middle / load.workers
        larger = replace(load, workers=middle, starts=load.starts * factor, enqueued=load.enqueued * factor)
        low, high = (middle, high) if shares(larger, cost)[part] < 1 else (low, middle)
    return low


def main() -> None:
    """Simulate, then say what gives way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=1_000_000, help="that arrive in a day")
    parser.add_argument("--film-seconds", type=float, default=60.0, help="that one film takes on average")
    parser.add_argument("--cores", type=int, default=8, help="of the database's machine")
    parser.add_argument("--api", type=int, default=4, help="API processes")
    parser.add_argument("--figures", type=Path, default=Path(__file__).with_name("figures.json"))
    arguments = parser.parse_args()
    if not arguments.figures.exists():
        raise SystemExit(f"there is no {arguments.figures}: run the other benchmarks with --save first")
    cost = Costs.measured(json.loads(arguments.figures.read_text()))
    turn = cost.turn_held[0] + cost.turn_held[1] * arguments.workers
    fleet = Fleet(
        workers=arguments.workers, jobs=arguments.jobs, film_seconds=arguments.film_seconds, turn_seconds=turn
    )
    outcome = simulate(fleet)
    busy = outcome.busy_seconds / outcome.ended_at / fleet.workers
    print(
        f"{outcome.arrived:,} generations arrived and {outcome.finished:,} were filmed in a day by {fleet.workers:,} "
        f"workers, of which {outcome.deaths:,} died; at its end {outcome.in_line} were in line, "
        f"{outcome.filming} being filmed and {outcome.orphaned} without their worker.\n"
        f"Workers were busy for {busy:.1%} of the time, {outcome.lost_seconds / outcome.busy_seconds:.2%} of it for "
        f"takes that were lost. The longest line was {outcome.longest_line:,}.\n"
        f"From arrival to start: p50 {percentile(outcome.waits, 0.5):.2f} s, "
        f"p95 {percentile(outcome.waits, 0.95):.2f} s, p99 {percentile(outcome.waits, 0.99):.2f} s.\n"
    )
    mean = fleet.jobs / fleet.span
    burst = mean / (1 + (fleet.burst - 1) * fleet.burst_share) * fleet.burst
    load = Load(fleet.workers, busy, outcome.finished / outcome.ended_at, burst, arguments.cores, arguments.api)
    rows = [
        [part, f"{share:.1%}", "" if part.startswith(" ") else f"{breaking_point(load, cost, part):,.0f}"]
        for part, share in shares(load, cost).items()
    ]
    table(["part", f"busy at {fleet.workers:,} workers", "gives way at workers"], rows)


if __name__ == "__main__":
    main()
