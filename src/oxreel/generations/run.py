"""The durable workflow that films a generation.

    open take -> prepare -> shot by shot -> finish -> [ store + settle + event ]

Each arrow is a checkpoint: after a crash another worker goes on behind the last one. Failures are values
here, because what a step raised would have to be written down as code. Where the database or the store is
away the workflow waits: that is nobody's failure. A take that another worker took over changes nothing more.
"""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, NoReturn, TypeVar

import sqlalchemy as sa
from dbos import DBOS, SQLAlchemyDatasource

from oxreel import errors, metrics, tracing
from oxreel.db import take_write_lock
from oxreel.errors import FilmingFailed, OxReelError, StorageUnavailable, Unavailable
from oxreel.generations import life
from oxreel.generations.devices import Devices
from oxreel.generations.generation import Generation, Status, find
from oxreel.generations.jobs import WORKFLOW, job_table, serializer
from oxreel.generations.life import OpenTake, Standing
from oxreel.generations.machines import needs_gpu
from oxreel.generations.result import Result
from oxreel.generations.studio import Studio
from oxreel.generations.take import NotWanted, Take, TakeLost, parts_of
from oxreel.generations.workspace import Workspace
from oxreel.log import Log, about_this_task

log = Log(__name__)

#: Lost takes are counted by us (`max_lost_takes`); this only keeps the job engine from giving up earlier.
_RECOVERIES = 1000
#: Seconds that a worker that stops waits for what is in the middle of a call to a provider.
_LAST_WORDS_SECONDS = 10.0
#: Seconds between two tries of what the database or the store did not answer.
_AGAIN_SECONDS = 1.0

T = TypeVar("T")


class _Overtaken(BaseException):
    """Ends a transaction without a trace: the job engine writes down every `Exception`."""


class Filming:
    """This worker's workflow: construct it before the job engine is launched."""

    def __init__(self, studio: Studio, executor_id: str, devices: Devices) -> None:
        self._studio = studio
        self._devices = devices
        self._executor_id = executor_id
        self._scratch = studio.settings.data_dir.absolute() / "scratch" / executor_id
        self._running: dict[str, Take] = {}
        self._stopping = False
        self._transactions = SQLAlchemyDatasource.create(
            # What is filmed must not be lost because requests hold every connection, or a lock is long in coming.
            studio.database.url,
            engine=studio.database.patient_engine(),
            serializer=serializer(),
        )
        DBOS.workflow(name=WORKFLOW, max_recovery_attempts=_RECOVERIES)(self._workflow())

    def _workflow(self) -> Callable[[str], Coroutine[Any, Any, None]]:
        async def film_generation(generation_id: str) -> None:
            await self._run(generation_id)

        return film_generation

    def running(self, queue: str) -> set[str]:
        """Ids of the generations of a queue that this worker films at the moment."""
        return {generation_id for generation_id, take in list(self._running.items()) if take.queue == queue}

    async def _run(self, generation_id: str) -> None:
        # The job engine's own lines about this job, behind the end of ours, are about it too.
        about_this_task(generation=generation_id)
        try:
            opened = await self._patiently(self._open_take, generation_id)
        except _Overtaken:
            log.warning("job_lost", generation=generation_id, executor=self._executor_id)
            await _never()
        if opened is None:
            await asyncio.to_thread(self._workspace(generation_id).close, forget=True)
            return
        held, queue, carried = opened
        generation, workspace = held.generation, self._workspace(generation_id)
        take = self._running[generation_id] = Take(self._studio, held, workspace, queue)
        if self._stopping:
            # `stop` may have looked before this take was there.
            await self._patiently(self._close_take, take, "interrupted")
            await _never()
        try:
            if needs_gpu(self._studio, queue, generation.engine):
                take.lend(await self._devices.take())
            if self._stopping:
                await _never()
            log.info("take_started", generation=generation_id, model=generation.model, engine=generation.engine)
            with tracing.span("take", {**take.traced, "oxreel.executor": self._executor_id}, parent=carried):
                await self._film(generation, take)
        except BaseException:
            await self._let_go(generation_id, take)
            if not self._stopping:
                # It was called off. What it has made elsewhere can be called off once it is closed.
                await self._patiently(self._close_take, take, "finished")
            raise
        await self._let_go(generation_id, take)
        await asyncio.to_thread(workspace.close, forget=True)
        await self._patiently(self._close_take, take, "finished")

    async def _let_go(self, generation_id: str, take: Take) -> None:
        """End what still runs for a take, and free its place; nothing happens the second time."""
        await take.end()
        if self._running.pop(generation_id, None) is take:
            if take.device is not None:
                self._devices.give_back(take.device)
            await asyncio.to_thread(take.workspace.close, forget=False)

    async def _film(self, generation: Generation, take: Take) -> None:
        try:
            plan = await self._step(take, "prepare", take.prepare)
            parts = range(parts_of(plan))
            segments = [await self._step(take, f"shot_{index}", take.shoot, plan, index) for index in parts]
            result = await self._step(take, "finish", take.finish, plan, segments)
        except NotWanted:
            log.info("take_stopped", generation=generation.id)
            return
        except OxReelError as error:
            log.info("take_failed", generation=generation.id, error=error.message)
            metrics.errors.labels("filming", type(error).__name__).inc()
            if await self._in_transaction(take, "fail", partial(life.fail_take, error=error)) is Standing.HELD:
                metrics.generations_ended.labels(Status.FAILED, generation.engine).inc()
            return
        standing = await self._in_transaction(take, "deliver", partial(life.succeed, result=Result(**result)))
        if standing is Standing.HELD:
            metrics.generations_ended.labels(Status.SUCCEEDED, generation.engine).inc()
        else:
            await self._patiently(self._drop, generation.id, result["object_key"])
        log.info("take_finished", generation=generation.id, delivered=standing is Standing.HELD)

    async def _step(self, take: Take, name: str, work: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
        """What the step returned, now or before a crash; raises the error that it met, now or then."""

        async def outcome() -> dict[str, Any]:
            answer = None
            with tracing.span(name, take.traced) as span:
                while answer is None:
                    answer = await self._attempt(take, name, work(*args))
                _note(span, answer)
            if self._stopping:
                # What went wrong is that this worker ends: leave the step to the next one.
                await _never()
            return answer

        answer = await DBOS.run_step_async({"name": name, "preemptible": True}, outcome)
        if "unwanted" in answer:
            raise NotWanted
        if "failed" in answer:
            raise _error(**answer["failed"])
        return answer["done"]

    async def _attempt(self, take: Take, name: str, work: Coroutine[Any, Any, Any]) -> dict[str, Any] | None:
        """What a step came to; None, a moment later, where it is to be tried again."""
        try:
            return {"done": await work}
        except NotWanted:
            return {"unwanted": True}
        except TakeLost:
            await self._step_aside(take)
        except (Unavailable, StorageUnavailable) as error:
            log.warning("step_waits", generation=take.generation_id, step=name, reason=error.message)
            await asyncio.sleep(_AGAIN_SECONDS)
            return None
        except OxReelError as error:
            return {"failed": {"kind": type(error).__name__, "message": error.message}}
        except Exception:
            log.exception("step_failed", generation=take.generation_id, step=name)
            message = f"The hub failed at the step '{name}'; its log says why. Nothing was charged."
            return {"failed": {"kind": "FilmingFailed", "message": message}}

    async def _in_transaction(self, take: Take, name: str, effect: Callable[..., Standing]) -> Standing:
        """How the take stood when `effect` was done for it, its rows and the checkpoint in one transaction."""

        def checkpointed() -> str:
            tx = self._transactions.sql_session().connection()
            standing = effect(tx, take.generation_id, take_id=take.take_id)
            if standing is Standing.LOST:
                # The other worker's checkpoints are the ones that count.
                raise _Overtaken
            return str(standing.value)

        def step() -> str:
            # Our rooms lock the rows they judge by; SQLite knows no level but the strict one.
            if self._studio.database.is_sqlite:
                return self._transactions.run_tx_step({"name": name}, checkpointed)
            return self._transactions.run_tx_step({"name": name, "isolation_level": "READ COMMITTED"}, checkpointed)

        try:
            with tracing.span(name, take.traced):
                return Standing(await asyncio.to_thread(step))
        except _Overtaken:
            await self._step_aside(take)

    async def _step_aside(self, take: Take) -> NoReturn:
        """Leave the generation to the worker that films it now, without a word to the job engine."""
        log.warning("take_lost", generation=take.generation_id, executor=self._executor_id)
        await self._let_go(take.generation_id, take)
        await _never()

    async def _patiently(self, work: Callable[..., T], *args: Any) -> T:
        """What `work` returns, tried again for as long as the database is away."""
        while True:
            try:
                return await asyncio.to_thread(work, *args)
            except Unavailable as error:
                log.warning("take_waits", executor=self._executor_id, reason=error.message)
                await asyncio.sleep(_AGAIN_SECONDS)

    def stop(self) -> None:
        """End every filming process of this worker; the takes count as interrupted, not as lost."""
        self._stopping = True
        for take in list(self._running.values()):
            try:
                self._close_take(take, "interrupted")
            except Unavailable as error:
                # The database is away: the next worker will count the take as lost.
                log.warning("take_left_open", generation=take.generation_id, reason=error.message)
            take.kill()
        self._devices.end()
        until = time.monotonic() + _LAST_WORDS_SECONDS
        for take in list(self._running.values()):
            # What was just submitted is to be in the memo, or the next worker could not tell whether it was.
            take.join(until)

    def _open_take(self, generation_id: str) -> tuple[OpenTake, str, dict[str, str]] | None:
        """The take, the queue that its job came from, and the trace that the job belongs to.

        Raises _Overtaken where the job is another worker's by now.
        """
        job = job_table(self._studio.database.is_sqlite).c
        with self._studio.database.transaction() as tx:
            take_write_lock(tx)
            before = find(tx, generation_id, lock=True)
            mine = job.workflow_uuid == generation_id
            columns = job.executor_id, job.queue_name, job.attributes
            executor_id, queue, carried = tx.execute(sa.select(*columns).where(mine)).one()
            if executor_id != self._executor_id:
                raise _Overtaken
            limit = self._studio.settings.max_lost_takes
            opened = life.open_take(tx, generation_id, self._executor_id, limit)
        if opened is None:
            if before.is_active:
                # It cost too many workers their lives.
                metrics.generations_ended.labels(Status.FAILED, before.engine).inc()
            return None
        if before.status is Status.QUEUED:
            waited = (opened.generation.started_at or before.enqueued_at) - before.enqueued_at
            metrics.generation_wait_seconds.labels(before.model, str(queue)).observe(waited / 1000)
        return opened, str(queue), json.loads(carried) if isinstance(carried, str) else carried or {}

    def _drop(self, generation_id: str, object_key: str) -> None:
        """Delete the video of a generation that ended otherwise meanwhile."""
        with self._studio.database.snapshot() as tx:
            delivered = find(tx, generation_id).status is Status.SUCCEEDED
        if not delivered:
            self._studio.objects.delete(object_key)

    def _close_take(self, take: Take, outcome: str) -> None:
        with self._studio.database.transaction() as tx:
            life.close_take(tx, take.take_id, outcome)

    def _workspace(self, generation_id: str) -> Workspace:
        return Workspace(self._scratch, self._studio.objects, generation_id)


async def _never() -> NoReturn:
    """Wait until the process ends."""
    while True:
        await asyncio.Event().wait()


def _note(span: tracing.Span, answer: dict[str, Any]) -> None:
    """Add to a step's span what came of it."""
    if "failed" in answer:
        span.fail(answer["failed"]["kind"])
    elif isinstance(done := answer.get("done"), dict) and "frames" in done:
        span.note({"oxreel.frames": done["frames"]})


def _error(kind: str, message: str) -> OxReelError:
    found: type[OxReelError] = getattr(errors, kind, FilmingFailed)
    return found(message)
