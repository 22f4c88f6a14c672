import asyncio
import contextlib
from collections.abc import Callable

import sqlalchemy as sa

from oxreel.bootstrap import Hub
from oxreel.db import takes
from oxreel.generations import run
from oxreel.generations.devices import Devices
from oxreel.generations.generation import Generation
from oxreel.generations.jobs import job_table
from support.processes import eventually

Order = Callable[..., list[Generation]]


def test_a_worker_that_stops_closes_the_take_that_waits_for_its_gpu(studio: Hub, order: Order) -> None:
    [generation] = order()
    with studio.database.transaction() as tx:
        job = job_table(studio.database.is_sqlite)
        tx.execute(sa.update(job).values(status="PENDING", executor_id="me", queue_name="gpu"))

    async def wait_and_stop() -> None:
        devices = Devices([], stall_seconds=60)
        filming = run.Filming(studio, "me", devices)
        lent = await devices.take()
        waiting = asyncio.create_task(filming._run(generation.id))
        assert await asyncio.to_thread(eventually, lambda: filming.running("gpu") == {generation.id})
        await asyncio.to_thread(filming.stop)
        # Nor does it begin when the GPU is free after all.
        devices.give_back(lent)
        await asyncio.sleep(0.05)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting

    asyncio.run(wait_and_stop())
    with studio.database.snapshot() as tx:
        assert list(tx.execute(sa.select(takes.c.outcome)).scalars()) == ["interrupted"]
