"""Every snippet of every page runs as it stands, against a real hub."""

import queue
import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from markdown_it import MarkdownIt

from oxreel.catalogue import Catalogue
from oxreel.reference.shelf import TOPICS
from oxreel.reference.snippets import LANGUAGES, WAYS, Language
from support.interpreters import lacking, run
from support.quick_hub import QuickHub
from support.workbench import Person

MODELS = [model.id for model in Catalogue().all()]
PAGES = ["/docs", *(f"/docs/api/{name}" for name in TOPICS), *(f"/docs/models/{model_id}" for model_id in MODELS)]
LANGUAGE: dict[str, Language] = {"bash": "curl", "python": "python", "javascript": "javascript"}
#: Snippets at a time: most of them wait most of the time.
AT_A_TIME = 12
VIDEO = re.compile(r"https?://[^\s\"'<>]+video\.mp4\?[^\s\"'<>]+")


class Outcomes:
    """What the snippets of pages print. All pages' snippets wait in one line, so that none waits for another page."""

    def __init__(self, hub: QuickHub) -> None:
        self._hub = hub
        self._pool = ThreadPoolExecutor(AT_A_TIME)
        self._asked: dict[str, list[tuple[Language, str, Future[str]]]] = {}
        # Streams of one key that are open together take each other's completions, so who runs code does it alone.
        self._free: queue.SimpleQueue[Person] = queue.SimpleQueue()
        for _ in range(AT_A_TIME):
            self._free.put(Person(hub, dollars=100_000))

    def ask(self, page: str) -> None:
        """Put the page's snippets in line, once."""
        if page not in self._asked:
            found = snippets_of(self._hub.client.get(f"{page}.md").text)
            self._asked[page] = [(one, code, self._pool.submit(self._run, one, code)) for one, code in found]

    def of(self, page: str) -> list[tuple[Language, str, "Future[str]"]]:
        """Language, code and what it prints, "" where this machine lacks its interpreter."""
        self.ask(page)
        return self._asked[page]

    def end(self) -> None:
        """Start nothing more."""
        self._pool.shutdown(cancel_futures=True)
        while not self._free.empty():
            self._free.get().client.close()

    def _run(self, language: Language, code: str) -> str:
        if lacking(language):
            return ""
        person = self._free.get()
        try:
            with tempfile.TemporaryDirectory() as folder:
                return run(language, code, person.key, Path(folder))
        finally:
            self._free.put(person)


@pytest.fixture(scope="module")
def outcomes(quick_hub: QuickHub, request: pytest.FixtureRequest) -> Iterator[Outcomes]:
    """The snippets of every page whose test was chosen."""
    made = Outcomes(quick_hub)
    for item in request.session.items:
        if isinstance(item, pytest.Function) and item.function is test_every_snippet_of_the_page_runs:
            made.ask(str(item.callspec.params["page"]))
    yield made
    made.end()


def snippets_of(markdown: str) -> list[tuple[Language, str]]:
    """The fenced code of a page, each text once."""
    fences = [token for token in MarkdownIt().parse(markdown) if token.type == "fence"]
    return list(dict.fromkeys((LANGUAGE[fence.info], fence.content) for fence in fences))


@pytest.mark.parametrize("page", PAGES)
def test_every_snippet_of_the_page_runs(outcomes: Outcomes, page: str) -> None:
    snippets = outcomes.of(page)
    if page.startswith("/docs/models/"):
        assert {language for language, _, _ in snippets} == set(LANGUAGES)
        assert len(snippets) >= 2 * len(WAYS) * len(LANGUAGES), "each way has a minimal and a full example at least"
    videos = set()
    for language, code, printed in snippets:
        if lacking(language):
            continue
        text = printed.result()
        assert text.strip(), f"{code}\n\nprinted nothing"
        assert not re.search(r"""["']?status["']?: ["']error""", text), f"{code}\n\nwas refused:\n{text}"
        assert '"failed"' not in text, f"{code}\n\nfilmed nothing:\n{text}"
        video = VIDEO.search(text)
        if page.startswith("/docs/models/"):
            assert video, f"{code}\n\nprinted no video:\n{text}"
        if video:
            videos.add(video[0])
    for url in videos:
        assert httpx.get(url, trust_env=False).content[4:8] == b"ftyp"
    lacked = {tool for language, _, _ in snippets for tool in lacking(language)}
    if lacked:
        pytest.skip(f"the rest of the snippets needs {', '.join(sorted(lacked))}")


def test_every_page_that_the_hub_names_is_run_here(quick_hub: QuickHub) -> None:
    named = re.findall(rf"\({re.escape(quick_hub.url)}(/docs/[^)]*)\.md\)", quick_hub.client.get("/llms.txt").text)
    assert sorted(named) == sorted(PAGES[1:])
