"""One take: the steps that film a generation, each of which can be taken over where the last one ended.

Steps return plain values, because they are checkpointed. File names in them are names of the workspace,
so that the worker that continues finds the files wherever it runs.
"""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from oxreel import metrics
from oxreel.catalogue import check, quote
from oxreel.engines.engine import Engine, OnFrame, Stopped
from oxreel.errors import FilmingFailed, Unavailable
from oxreel.generations import inputs, life
from oxreel.generations.devices import Device
from oxreel.generations.direct import direct
from oxreel.generations.hosted import HostedFilm
from oxreel.generations.life import OpenTake, Standing
from oxreel.generations.process import FilmingProcess
from oxreel.generations.references import sources_of
from oxreel.generations.result import store
from oxreel.generations.studio import Studio
from oxreel.generations.upstream import KeptMemo
from oxreel.generations.workspace import ENTRIES, Workspace
from oxreel.media.environment import chosen_environment
from oxreel.media.limits import Limits
from oxreel.storyboard import Reference, Shot, Storyboard
from oxreel.units import FRAME_RATE

T = TypeVar("T")

#: Seconds between two looks at whether the generation is still wanted; each also writes the progress.
_LOOK_SECONDS = 0.25
#: Seconds that what waits for a provider may take to end, in the middle of a call, before nobody waits for it.
_LAST_CALL_SECONDS = 60.0
#: Share of the progress bar that is left for joining and storing once all frames are filmed.
_FINISHING = 0.02


class NotWanted(Exception):
    """The generation ended while it was filmed: it was cancelled, or another worker finished it."""


class TakeLost(Exception):
    """Another worker films the generation now: this one was declared dead."""


class Take:
    """The work of one worker on one generation."""

    def __init__(self, studio: Studio, opened: OpenTake, workspace: Workspace, queue: str = "cpu") -> None:
        self._studio = studio
        self._generation = opened.generation
        self.take_id = opened.take_id
        self.workspace = workspace
        #: The queue that the job came from.
        self.queue = queue
        #: The GPU that is its own while it is filmed, where it needs one.
        self.device: Device | None = None
        self._process = FilmingProcess(stall_seconds=studio.settings.stall_seconds)
        self._hosted = HostedFilm(stall_seconds=studio.settings.stall_seconds)
        self._killed = False
        #: Frames filmed so far, and of the whole video; 0 until the storyboard is known.
        self._frames = 0
        self._total_frames = 0

    @property
    def traced(self) -> dict[str, str]:
        """What spans say of its generation."""
        return self._generation.traced

    @property
    def generation_id(self) -> str:
        """Of the generation that it films."""
        return self._generation.id

    async def prepare(self) -> dict[str, Any]:
        """The storyboard, with every reference fetched and checked. Raises InvalidParams or BadReference."""
        return await self._while_wanted(self._prepare())

    async def shoot(self, plan: dict[str, Any], index: int) -> dict[str, Any]:
        """The filmed segment of one shot. Raises FilmingFailed."""
        return await self._while_wanted(self._shoot(plan, index))

    async def finish(self, plan: dict[str, Any], segments: list[dict[str, Any]]) -> dict[str, Any]:
        """The result, in the object store but not yet delivered. Raises FilmingFailed."""
        return await self._while_wanted(self._finish(plan, segments))

    def lend(self, device: Device) -> None:
        """Have it film on that GPU; its own process, too, sees no other."""
        self.device = device
        if device.name is not None:
            environment = {**chosen_environment(), "CUDA_VISIBLE_DEVICES": device.name}
            self._process = FilmingProcess(stall_seconds=self._studio.settings.stall_seconds, environment=environment)

    async def end(self) -> None:
        """Stop whatever still runs for it here; what its GPU has loaded stays."""
        self._hosted.stop()
        await self._process.end()
        if self.device is not None:
            await self.device.process.call_off(self._studio.settings.device_stop_seconds)
        if not self._killed:
            await self._hosted.ended(_LAST_CALL_SECONDS)

    def kill(self) -> None:
        """Kill its filming process and stop what waits for a provider, from any thread."""
        self._killed = True
        self._hosted.stop()
        self._process.kill()

    def join(self, until: float) -> None:
        """Return once nothing of it runs any more, or at that monotonic time; from any thread but the event loop's."""
        self._process.end_from_outside(max(until - time.monotonic(), 0))
        self._hosted.join(until)

    async def _prepare(self) -> dict[str, Any]:
        generation, studio = self._generation, self._studio
        model = studio.catalogue.find(generation.model)
        sent = await asyncio.to_thread(inputs.bring_back, studio.objects, generation.parameters)
        parameters = check(model, sent)
        folder = await asyncio.to_thread(self.workspace.open)
        sources = await asyncio.to_thread(sources_of, studio, generation, parameters, folder)
        references: list[Reference] = []
        if sources:
            limits = Limits.of(studio.settings)
            task = {
                "task": "prepare",
                "generation": self.generation_id,
                "sources": [source.to_json() for source in sources],
                "limits": limits.to_json(),
                "folder": str(folder),
            }
            references = [Reference(**one) for one in await self._process.do(task)]
        route = studio.routes.route(model, model.tier_of(parameters), generation.engine)
        storyboard = direct(
            model, parameters, references, generation_id=generation.id, seed=generation.seed, route=route.name
        )
        parts = await asyncio.to_thread(self._consult, storyboard, parameters.warnings())
        names = {r.path: await asyncio.to_thread(self.workspace.keep, r.path) for r in references}
        return {
            "storyboard": _with_paths(storyboard, names).to_json(),
            "parts": parts,
            "price": quote(model, parameters, storyboard.seconds, studio.settings),
        }

    def _consult(self, storyboard: Storyboard, warnings: list[str]) -> int:
        """In how many parts the engine films it, once what it says of it is written down. Raises InvalidParams."""
        engine = self._engine
        engine.check(storyboard)
        plan, said = engine.plan(storyboard), [*warnings, *engine.warnings(storyboard)]
        with self._studio.database.transaction() as tx:
            life.note_plan(tx, self._generation.id, plan, said, self.take_id)
        return len(engine.parts(storyboard))

    async def _shoot(self, plan: dict[str, Any], index: int) -> dict[str, Any]:
        storyboard = await asyncio.to_thread(self._local, plan["storyboard"])
        parts = await asyncio.to_thread(self._engine.parts, storyboard)
        if len(parts) != parts_of(plan):
            # The engine was changed since then; what is filmed already would not fit what it films now.
            raise FilmingFailed("The engine films this in other parts than when it was begun. Please retry it.")
        before = parts[index].first_frame

        def on_frame(frames: int) -> None:
            self._frames = before + frames

        began = time.monotonic()
        if self._studio.engines.place(self._generation.engine) == "worker":
            segment = await self._film_elsewhere(storyboard, parts[index], on_frame)
        else:
            segment = await self._film_here(storyboard, index, on_frame)
        seconds = max(segment["frames"], 1) / float(FRAME_RATE)
        spent = metrics.film_seconds_per_video_second.labels(self._generation.engine)
        spent.observe((time.monotonic() - began) / seconds)
        kept = {kind: segment[kind] for kind in ENTRIES if segment.get(kind) is not None}
        names = {kind: await asyncio.to_thread(self.workspace.keep, path) for kind, path in kept.items()}
        return {**names, "frames": segment["frames"]}

    async def _film_here(self, storyboard: Storyboard, index: int, on_frame: OnFrame) -> dict[str, Any]:
        """A part filmed by a process: its own, or that of the GPU where the engine keeps its weights."""
        on_device = self._studio.engines.place(self._generation.engine) == "device"
        process = self.device.process if on_device and self.device is not None else self._process

        async def on_frames(frames: int) -> None:
            on_frame(frames)

        task = {
            "task": "film",
            "generation": self.generation_id,
            "engine": self._generation.engine,
            "storyboard": storyboard.to_json(),
            "part": index,
            "folder": str(self.workspace.open()),
        }
        filmed: dict[str, Any] = await process.do(task, on_frames)
        return filmed

    async def _film_elsewhere(self, storyboard: Storyboard, part: Shot, on_frame: OnFrame) -> dict[str, Any]:
        """A part filmed by a provider, as it sent it."""
        hosted, studio = self._hosted, self._studio
        memo = KeptMemo(studio.database, self._generation.id, self.take_id, lambda: hosted.is_stopped, hosted.wait)
        try:
            segment = await hosted.film(self._engine, storyboard, part, self.workspace.open(), on_frame, memo)
        except Stopped:
            await asyncio.to_thread(self._check_standing)
            if hosted.is_stopped:
                # This worker ends; the next one goes on by the memo.
                raise NotWanted from None
            raise FilmingFailed("The engine stopped without a reason. Please retry it.") from None
        return {"path": segment.path, "frames": segment.frames, "sound": segment.sound}

    async def _finish(self, plan: dict[str, Any], segments: list[dict[str, Any]]) -> dict[str, Any]:
        storyboard = await asyncio.to_thread(self._local, plan["storyboard"])
        local = [await asyncio.to_thread(self._brought, segment) for segment in segments]
        target = self.workspace.open() / "video.mp4"
        task = {
            "task": "finish",
            "generation": self.generation_id,
            "engine": self._generation.engine,
            "storyboard": storyboard.to_json(),
            "segments": local,
            "target": str(target),
        }
        facts = await self._process.do(task)
        price, generation_id = plan["price"], self._generation.id
        result = await asyncio.to_thread(
            store, self._studio.objects, target, facts, price=price, generation_id=generation_id
        )
        return result.to_json()

    def _brought(self, segment: dict[str, Any]) -> dict[str, Any]:
        """A kept segment with its files on this machine."""
        files = {kind: str(self.workspace.fetch(segment[kind])) for kind in ENTRIES if kind in segment}
        return {**segment, **files}

    @property
    def _engine(self) -> Engine:
        """What films it. Raises InvalidParams where this worker has no such engine."""
        return self._studio.engines.get(self._generation.engine)

    async def _while_wanted(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` returns, ended early once the generation is no longer ours. Raises NotWanted or TakeLost."""
        task = asyncio.create_task(work)
        try:
            while True:
                done, _ = await asyncio.wait({task}, timeout=_LOOK_SECONDS)
                if done:
                    return task.result()
                await asyncio.to_thread(self._report)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
            if not task.cancelled():
                task.exception()  # which nobody wants to know any more, as the case may be

    def _report(self) -> None:
        """Write the progress. Raises NotWanted or TakeLost once there is no more to film here."""
        total = self._total_frames
        progress = min(self._frames / total, 1.0) * (1 - _FINISHING) if total else 0.0
        try:
            if progress <= self._generation.progress or not self._write(progress):
                self._check_standing()
        except Unavailable:
            # Nobody can say: filming goes on until somebody can.
            return
        self._generation = replace(self._generation, progress=max(progress, self._generation.progress))

    def _write(self, progress: float) -> bool:
        with self._studio.database.transaction() as tx:
            return life.report_progress(tx, self._generation, progress, self.take_id)

    def _check_standing(self) -> None:
        with self._studio.database.snapshot() as tx:
            standing = life.standing(tx, self._generation.id, self.take_id)
        if standing is Standing.ENDED:
            raise NotWanted
        if standing is Standing.LOST:
            raise TakeLost

    def _local(self, data: dict[str, Any]) -> Storyboard:
        """The storyboard with its references as files of this machine."""
        storyboard = Storyboard.from_json(data)
        self._total_frames = storyboard.frames
        files = {r.path: str(self.workspace.fetch(r.path)) for r in _references(storyboard)}
        return _with_paths(storyboard, files)


def parts_of(plan: dict[str, Any]) -> int:
    """In how many parts a prepared generation is filmed; an earlier release's was filmed shot by shot."""
    return int(plan.get("parts") or len(plan["storyboard"]["shots"]))


def _references(storyboard: Storyboard) -> list[Reference]:
    of_shots = [r for shot in storyboard.shots for r in (shot.start, shot.tail, *shot.references)]
    return [r for r in (*of_shots, *storyboard.references, storyboard.video) if r is not None]


def _with_paths(storyboard: Storyboard, paths: dict[str, str]) -> Storyboard:
    """The storyboard with each reference's path looked up in `paths`."""

    def moved(reference: Reference | None) -> Reference | None:
        return None if reference is None else replace(reference, path=paths[reference.path])

    def of_shot(shot: Shot) -> Shot:
        references = tuple(replace(r, path=paths[r.path]) for r in shot.references)
        return replace(shot, start=moved(shot.start), tail=moved(shot.tail), references=references)

    shots = tuple(of_shot(shot) for shot in storyboard.shots)
    references = tuple(replace(r, path=paths[r.path]) for r in storyboard.references)
    return replace(storyboard, shots=shots, references=references, video=moved(storyboard.video))
