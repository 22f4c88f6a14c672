"""What the tests of the Workbench's results share: a person with a key, and ways about the page."""

import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx

from oxreel import accounts, ledger
from oxreel.units import MicroUSD
from support.hub import RunningHub

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MODEL = "kling-video-o3-pro-text-to-video"
#: Milliseconds that a film of three seconds may take on a busy machine.
FILMING = 240_000


class Person:
    """A user of their own, so that no other test's generations are in the way."""

    def __init__(self, hub: RunningHub, dollars: int = 100) -> None:
        self.hub = hub
        self.name = f"person-{uuid4().hex[:8]}"
        with hub.database.transaction() as tx:
            user = accounts.create_user(tx, self.name)
            if dollars:
                ledger.grant(tx, user.id, MicroUSD(dollars * 1_000_000), "test")
            _, self.key = accounts.create_key(tx, self.name, "key")
        self.client = httpx.Client(
            base_url=hub.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=FILMING / 1000, trust_env=False
        )

    def enqueue(self, prompt: str, **more: Any) -> str:
        """The id of a new preview."""
        body = {"model": MODEL, "prompt": prompt, "duration": 3, "preview": True, "validate": True, **more}
        answer = self.client.post("/api/ai/queue", json=body).raise_for_status().json()
        return str(answer["generations"][0]["generation_id"])

    def cancel_all(self) -> None:
        """Cancel what is on its way."""
        for row in self.client.get("/api/ai/queue").raise_for_status().json()["generations"]:
            self.client.delete(f"/api/ai/queue/{row['generation_id']}").raise_for_status()

    def leave(self) -> None:
        """Leave nothing on its way, and let go of the connection."""
        self.cancel_all()
        self.client.close()

    def film(self, prompt: str, **more: Any) -> dict[str, Any]:
        """The row of a finished preview."""
        body = {"model": MODEL, "prompt": prompt, "duration": 3, "preview": True, **more}
        self.client.post("/api/ai/videos/generate", json=body).raise_for_status()
        [row] = self.client.get("/api/ai/generations?page_size=1").json()["generations"]
        assert (row["prompt"], row["status"]) == (prompt, "succeeded")
        return dict(row)


#: Somebody with two finished previews, the older first.
Filmed = tuple[Person, dict[str, Any], dict[str, Any]]


def write(page: "Page", prompt: str) -> None:
    """Put a request for three seconds into the form."""
    page.select_option("#model", MODEL)
    page.locator("#fields textarea").first.fill(prompt)
    seconds = page.locator("#fields input[type=number][max='15']").first
    seconds.fill("3")
    seconds.press("Tab")


def open_history(page: "Page") -> "Locator":
    """The entries of the history, which is turned to."""
    page.get_by_role("tab", name="History").click()
    entries = page.locator(".entry")
    entries.first.wait_for()
    return entries


def clock(page: "Page", within: str = ".card") -> "Locator":
    """Where the first player stands."""
    return page.locator(f"{within} .clock").first


def until(page: "Page", script: str, timeout: int = FILMING) -> None:
    """Wait for the script to be true; the page's policy leaves Playwright's own way out."""
    end = time.monotonic() + timeout / 1000
    while not page.evaluate(script):
        assert time.monotonic() < end, script
        page.wait_for_timeout(50)


def reach(page: "Page", target: "Locator", *, backwards: bool = False) -> None:
    """Tab until the target has the focus."""
    for _ in range(80):
        if target.evaluate("(one) => one === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"{target} cannot be reached with the Tab key")
