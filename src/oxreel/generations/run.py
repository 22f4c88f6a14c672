"""The durable workflow that films a generation.

    open take -> prepare -> shot by shot -> finish -> [ store + settle + event ]

Each arrow is a checkpoint: after a crash another worker goes on behind the last one. Failures are values
here, because what a step raised would have to be written down as code.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, SQLAlchemyDatasource

from oxreel import errors
from oxreel.errors import FilmingFailed, OxReelError
from oxreel.generations import life
from oxreel.generations.generation import Generation
from oxreel.generations.jobs import WORKFLOW, serializer
from oxreel.generations.result import Result
from oxreel.generations.studio import Studio
from oxreel.generations.take import NotWanted, Take
from oxreel.generations.workspace import Workspace
from oxreel.log import Log

log = Log(__name__)

#: Lost takes are counted by us (`max_lost_takes`); this only keeps the job engine from giving up earlier.
_RECOVERIES = 1000


class Filming:
    """This worker's workflow: construct it before the job engine is launched."""

    def __init__(self, studio: Studio, executor_id: str) -> None:
        self._studio = studio
        self._executor_id = executor_id
        self._scratch = studio.settings.data_dir.absolute() / "scratch" / executor_id
        self._running: dict[str, Take] = {}
        self._stopping = False
        self._transactions = SQLAlchemyDatasource.create(
            studio.database.url, engine=studio.database.engine, serializer=serializer()
        )
        DBOS.workflow(name=WORKFLOW, max_recovery_attempts=_RECOVERIES)(self._workflow())

    def _workflow(self) -> Callable[[str], Coroutine[Any, Any, None]]:
        async def film_generation(generation_id: str) -> None:
            await self._run(generation_id)

        return film_generation

    async def _run(self, generation_id: str) -> None:
        generation = await asyncio.to_thread(self._open_take, generation_id)
        if generation is None:
            await asyncio.to_thread(self._workspace(generation_id).close, forget=True)
            return
        log.info("take_started", generation=generation_id, model=generation.model, engine=generation.engine)
        workspace = self._workspace(generation_id)
        take = self._running[generation_id] = Take(self._studio, generation, workspace)
        try:
            await self._film(generation, take)
        finally:
            await take.end()
            del self._running[generation_id]
            await asyncio.to_thread(workspace.close, forget=False)
        await asyncio.to_thread(workspace.close, forget=True)
        await asyncio.to_thread(self._close_take, generation_id, "finished")

    async def _film(self, generation: Generation, take: Take) -> None:
        try:
            plan = await self._step("prepare", take.prepare)
            shots = range(len(plan["storyboard"]["shots"]))
            segments = [await self._step(f"shot_{index}", take.shoot, plan, index) for index in shots]
            result = await self._step("finish", take.finish, plan, segments)
        except NotWanted:
            log.info("take_stopped", generation=generation.id)
            return
        except OxReelError as error:
            log.info("take_failed", generation=generation.id, error=error.message)
            await self._in_transaction("fail", partial(life.fail, generation_id=generation.id, error=error))
            return
        delivered = await self._in_transaction(
            "deliver", partial(life.succeed, generation_id=generation.id, result=Result(**result))
        )
        if not delivered:
            await asyncio.to_thread(self._studio.objects.delete, result["object_key"])
        log.info("take_finished", generation=generation.id, delivered=delivered)

    async def _step(self, name: str, work: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
        """What the step returned, now or before a crash; raises the error that it met, now or then."""

        async def outcome() -> dict[str, Any]:
            try:
                answer = {"done": await work(*args)}
            except NotWanted:
                answer = {"unwanted": True}
            except OxReelError as error:
                answer = {"failed": {"kind": type(error).__name__, "message": error.message}}
            except Exception:
                log.exception("step_failed", step=name)
                message = f"The hub failed at the step '{name}'; its log says why. Nothing was charged."
                answer = {"failed": {"kind": "FilmingFailed", "message": message}}
            if self._stopping:
                # What went wrong is that this worker ends: leave the step to the next one.
                await asyncio.Event().wait()
            return answer

        answer = await DBOS.run_step_async({"name": name, "preemptible": True}, outcome)
        if "unwanted" in answer:
            raise NotWanted
        if "failed" in answer:
            raise _error(**answer["failed"])
        return answer["done"]

    async def _in_transaction(self, name: str, effect: Callable[[sa.Connection], bool]) -> bool:
        """What `effect` returned, its rows and the checkpoint in one transaction."""

        def checkpointed() -> bool:
            return effect(self._transactions.sql_session().connection())

        def step() -> bool:
            # Our rooms lock the rows they judge by; SQLite knows no level but the strict one.
            if self._studio.database.is_sqlite:
                return self._transactions.run_tx_step({"name": name}, checkpointed)
            return self._transactions.run_tx_step({"name": name, "isolation_level": "READ COMMITTED"}, checkpointed)

        return await asyncio.to_thread(step)

    def stop(self) -> None:
        """End every filming process of this worker; the takes count as interrupted, not as lost."""
        self._stopping = True
        for generation_id, take in list(self._running.items()):
            self._close_take(generation_id, "interrupted")
            take.kill()

    def _open_take(self, generation_id: str) -> Generation | None:
        with self._studio.database.transaction() as tx:
            limit = self._studio.settings.max_lost_takes
            return life.open_take(tx, generation_id, self._executor_id, limit)

    def _close_take(self, generation_id: str, outcome: str) -> None:
        with self._studio.database.transaction() as tx:
            life.close_take(tx, generation_id, self._executor_id, outcome)

    def _workspace(self, generation_id: str) -> Workspace:
        return Workspace(self._scratch, self._studio.objects, generation_id)


def _error(kind: str, message: str) -> OxReelError:
    found: type[OxReelError] = getattr(errors, kind, FilmingFailed)
    return found(message)
