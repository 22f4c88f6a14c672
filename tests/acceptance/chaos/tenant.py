"""A tenant: orders, cancels and retries through whichever API answers, and listens to what becomes of it."""

import base64
import io
import json
import random
import re
import threading
import time
from collections import Counter
from typing import Any, Literal

import httpx
from PIL import Image

from acceptance.chaos.fleet import Fleet

#: What must become of a generation: `any` of those that were cancelled or retried while they ran.
Fate = Literal["succeeded", "failed", "cancelled", "any"]

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Seconds that a client goes on trying for.
_PATIENCE_SECONDS = 180
_AGAIN = (429, 502, 503)


class Tenant:
    """One user of the hub with one key, who never gives up."""

    def __init__(self, fleet: Fleet, name: str, key: str, *, generations: int, seed: str) -> None:
        self.name = name
        self._fleet = fleet
        self._key = key
        self._wanted = generations
        self._chance = random.Random(f"{seed}-{name}")
        self._client = httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=60, trust_env=False)
        #: Every generation that was accepted, and what must become of it.
        self.accepted: dict[str, Fate] = {}
        #: Retries whose answer was lost: each made one generation or none.
        self.unsure = 0
        #: Ids of completion events in the order in which they came, and the generations that they tell of.
        self.heard: list[tuple[int, str]] = []
        self.faults: list[str] = []
        self.did: Counter[str] = Counter()
        self._stopping = threading.Event()
        self._ordering = threading.Thread(target=self._guarded, args=(self._order_all,), daemon=True)
        self._listening = threading.Thread(target=self._guarded, args=(self._listen,), daemon=True)

    def start(self) -> None:
        """Listen and order."""
        self._listening.start()
        self._ordering.start()

    @property
    def is_ordering(self) -> bool:
        """Whether there is more to come."""
        return self._ordering.is_alive()

    def stop(self) -> None:
        """Stop listening."""
        self._stopping.set()
        for thread in (self._ordering, self._listening):
            thread.join()
        self._client.close()

    def _guarded(self, work: Any) -> None:
        try:
            work()
        except Exception as error:
            self.faults.append(f"{self.name}: {type(error).__name__}: {error}")

    # Ordering

    def _order_all(self) -> None:
        number = 0
        while len(self.accepted) < self._wanted:
            self._order(number)
            number += 1
            time.sleep(self._chance.uniform(0.0, 0.6))

    def _order(self, number: int) -> None:
        body, fate = self._body()
        once = {"Idempotency-Key": f"{self.name}-{number}"}
        if fate == "succeeded" and "num_generations" not in body and self._chance.random() < 0.04:
            self.did["generated synchronously"] += 1
            answer = self._send("POST", "/api/ai/videos/generate", json=body, headers=once)
            self._accept([_UUID.findall(answer["videos"][0]["url"])[-1]], fate)
            return
        ids = self._enqueue(body, once)
        if self._chance.random() < 0.15:
            self.did["sent the same order again"] += 1
            if self._enqueue(body, once) != ids:
                self.faults.append(f"{self.name}: order {number}, sent twice with one key, made other generations")
        self._accept(ids, fate)
        for generation_id in ids:
            if self._chance.random() < 0.12:
                time.sleep(self._chance.uniform(0.0, 0.5))
                self._cancel(generation_id)
        if self._chance.random() < 0.08:
            self._retry(self._chance.choice(list(self.accepted)))

    def _body(self) -> tuple[dict[str, Any], Fate]:
        body: dict[str, Any] = {"model": "kling-video-o3-pro-text-to-video", "prompt": "A lake, slow push in"}
        kind = self._chance.random()
        if kind < 0.10:
            self.did["ordered what cannot be"] += 1
            return {**body, "duration": 99}, "failed"
        if kind < 0.20:
            return {**body, "duration": 3, "preview": True}, "succeeded"
        if kind < 0.25:
            body = {"model": "kling-video-o3-pro-image-to-video", "prompt": "A lake", "input_image": _picture()}
            return {**body, "duration": 3}, "succeeded"
        if kind < 0.45:
            shots = [{"prompt": f"Shot {number}", "duration": 1} for number in range(3)]
            return {"model": "kling-video-o3-pro-reference-to-video", "multi_prompt": shots}, "succeeded"
        if kind < 0.55:
            return {**body, "duration": 3, "num_generations": 2}, "succeeded"
        return {**body, "duration": 3}, "succeeded"

    def _enqueue(self, body: dict[str, Any], headers: dict[str, str]) -> list[str]:
        answer = self._send("POST", "/api/ai/queue", json=body, headers=headers)
        return [one["generation_id"] for one in answer["generations"]]

    def _accept(self, ids: list[str], fate: Fate) -> None:
        self.accepted.update(dict.fromkeys(ids, fate))

    def _cancel(self, generation_id: str) -> None:
        self.did["cancelled"] += 1
        self.accepted[generation_id] = "any"
        self._send("DELETE", f"/api/ai/queue/{generation_id}")
        status = self._send("GET", f"/api/ai/queue/{generation_id}")["status"]
        if status in ("queued", "processing"):
            self.faults.append(f"{self.name}: generation {generation_id} is {status} though it was cancelled")

    def _retry(self, generation_id: str) -> None:
        fate = self.accepted[generation_id]
        try:
            answer = self._client.post(f"{self._address()}/api/ai/queue/{generation_id}/retry")
        except httpx.TransportError:
            answer = None
        if answer is None or answer.status_code >= 500:
            # It has no Idempotency-Key: whoever is not sure looks into the history rather than try again.
            self.did["lost the answer to a retry"] += 1
            self.unsure += 1
            self.accepted[generation_id] = "any"
        elif answer.status_code == 200:
            self.did["retried"] += 1
            self.accepted[generation_id] = "any"  # cancelled, where it had not ended
            self._accept([answer.json()["generation_id"]], "failed" if fate == "failed" else "any")
        elif answer.status_code != 409:
            self.faults.append(f"{self.name}: retry answered {answer.status_code} {answer.text[:300]}")

    def _send(self, method: str, path: str, **request: Any) -> Any:
        """The answer, from whichever API gives one."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                answer = self._client.request(method, f"{self._address()}{path}", **request)
            except httpx.TransportError as error:
                said = repr(error)
                self.did["met no answer"] += 1
            else:
                if answer.status_code == 200:
                    return answer.json()
                said = f"{answer.status_code} {answer.text[:300]}"
                if answer.status_code not in _AGAIN:
                    self.faults.append(f"{self.name}: {method} {path} answered {said}")
                self.did[f"met {answer.status_code}"] += 1
            if time.monotonic() > end:
                raise AssertionError(f"{method} {path} got no answer for {_PATIENCE_SECONDS} s; the last was {said}")
            time.sleep(self._chance.uniform(0.05, 0.3))

    def _address(self) -> str:
        return self._fleet.some_api(self._chance)

    # Listening

    def _listen(self) -> None:
        chance = random.Random(self.name)
        # From the beginning; from then on from the last event that was read to its end.
        last = "0"
        with httpx.Client(headers={"Authorization": f"Bearer {self._key}"}, timeout=20, trust_env=False) as client:
            while not self._stopping.is_set():
                headers = {"Last-Event-ID": last, "Accept": "text/event-stream"}
                address = f"{self._fleet.some_api(chance)}/api/events"
                try:
                    with client.stream("GET", address, headers=headers) as answer:
                        if answer.status_code == 200:
                            last = self._read(answer, last)
                except httpx.TransportError:
                    last = str(self.heard[-1][0]) if self.heard else "0"
                self.did["connected to the events"] += 1
                time.sleep(0.1)

    def _read(self, answer: httpx.Response, last: str) -> str:
        event: dict[str, str] = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
                continue
            if event.get("event") == "media_generation_completed":
                self.heard.append((int(event["id"]), json.loads(event["data"])["generation_id"]))
            last, event = event.get("id", last), {}
            if self._stopping.is_set():
                break
        return last


def _picture() -> str:
    """A picture within the request, long enough to be put away."""
    content = io.BytesIO()
    Image.effect_noise((320, 320), 50).convert("RGB").save(content, "JPEG", quality=60)
    return "data:image/jpeg;base64," + base64.b64encode(content.getvalue()).decode()
