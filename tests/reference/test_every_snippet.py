"""Every snippet of every page runs as it stands, against a real hub."""

import queue
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from markdown_it import MarkdownIt

from oxreel import accounts
from oxreel.catalogue import Catalogue
from oxreel.reference.shelf import TOPICS
from oxreel.reference.snippets import LANGUAGES, WAYS, Language
from support.interpreters import lacking, run
from support.quick_hub import QuickHub

MODELS = [model.id for model in Catalogue().all()]
PAGES = ["/docs", *(f"/docs/api/{name}" for name in TOPICS), *(f"/docs/models/{model_id}" for model_id in MODELS)]
LANGUAGE: dict[str, Language] = {"bash": "curl", "python": "python", "javascript": "javascript"}
#: Snippets at a time: most of them wait most of the time.
AT_A_TIME = 12
VIDEO = re.compile(r"https?://[^\s\"'<>]+video\.mp4\?[^\s\"'<>]+")


@pytest.fixture(scope="session")
def keys(quick_hub: QuickHub) -> "queue.SimpleQueue[str]":
    """Keys to take and give back: streams of one key that are open together take each other's completions."""
    free: queue.SimpleQueue[str] = queue.SimpleQueue()
    with quick_hub.database.transaction() as tx:
        for number in range(AT_A_TIME):
            free.put(accounts.create_key(tx, "local", f"snippets {number}")[1])
    return free


def snippets_of(markdown: str) -> list[tuple[Language, str]]:
    """The fenced code of a page, each text once."""
    fences = [token for token in MarkdownIt().parse(markdown) if token.type == "fence"]
    return list(dict.fromkeys((LANGUAGE[fence.info], fence.content) for fence in fences))


@pytest.mark.parametrize("page", PAGES)
def test_every_snippet_of_the_page_runs(quick_hub: QuickHub, keys: "queue.SimpleQueue[str]", page: str) -> None:
    snippets = snippets_of(quick_hub.client.get(f"{page}.md").text)
    if page.startswith("/docs/models/"):
        assert {language for language, _ in snippets} == set(LANGUAGES)
        assert len(snippets) >= 2 * len(WAYS) * len(LANGUAGES), "each way has a minimal and a full example at least"
    runnable = [one for one in snippets if not lacking(one[0])]

    def outcome(snippet: tuple[Language, str]) -> str:
        language, code = snippet
        key = keys.get()
        try:
            with tempfile.TemporaryDirectory() as folder:
                return run(language, code, key, Path(folder))
        finally:
            keys.put(key)

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        printed = list(pool.map(outcome, runnable))
    for (_, code), text in zip(runnable, printed, strict=True):
        assert text.strip(), f"{code}\n\nprinted nothing"
        assert not re.search(r"""["']?status["']?: ["']error""", text), f"{code}\n\nwas refused:\n{text}"
        assert '"failed"' not in text, f"{code}\n\nfilmed nothing:\n{text}"
        if page.startswith("/docs/models/"):
            assert VIDEO.search(text), f"{code}\n\nprinted no video:\n{text}"
    for url in {found[0] for text in printed if (found := VIDEO.search(text))}:
        assert httpx.get(url, trust_env=False).content[4:8] == b"ftyp"
    lacked = {tool for language, _ in snippets for tool in lacking(language)}
    if lacked:
        pytest.skip(f"the rest of the snippets needs {', '.join(sorted(lacked))}")


def test_every_page_that_the_hub_names_is_run_here(quick_hub: QuickHub) -> None:
    named = re.findall(rf"\({re.escape(quick_hub.url)}(/docs/[^)]*)\.md\)", quick_hub.client.get("/llms.txt").text)
    assert sorted(named) == sorted(PAGES[1:])
