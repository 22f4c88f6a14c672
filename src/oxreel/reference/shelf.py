"""What the reference holds: its pages by address, as Markdown."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from oxreel.catalogue import Catalogue
from oxreel.errors import NotFound
from oxreel.reference.model_page import model_page
from oxreel.reference.snippets import KEY
from oxreel.settings import Settings

#: The parts of the API in the order they are learned, and what each page is about.
TOPICS = {
    "generate": "Make a video in one call, or look at it free of charge first",
    "queue": "Line up generations, look at them, cancel and retry them",
    "events": "Be told when a video is ready, with nothing missed",
    "webhooks": "Have a signed message sent to a server of yours when a video is ready",
    "models": "Find models and the schema of their parameters",
    "assets": "Keep pictures and videos, and use them in requests",
    "account": "Who a key is, and where the credits went",
    "errors": "What can be wrong, and what to do",
}


@dataclass(frozen=True)
class Entry:
    """A line of the index."""

    address: str
    title: str
    summary: str


class Shelf:
    """The pages of one hub; `hub` is the address that snippets call."""

    def __init__(self, catalogue: Catalogue, settings: Settings, hub: str) -> None:
        self._catalogue, self._settings, self._hub = catalogue, settings, hub

    def topics(self) -> list[Entry]:
        """The parts of the API."""
        return [Entry(f"/docs/api/{name}", name.capitalize(), summary) for name, summary in TOPICS.items()]

    def models(self) -> list[Entry]:
        """The models, each with its page."""
        return [Entry(f"/docs/models/{one.id}", one.display_name, one.summary) for one in self._catalogue.all()]

    def topic(self, name: str) -> str:
        """The page of a part of the API. Raises NotFound."""
        if name not in TOPICS:
            raise NotFound(f"The reference has no page '{name}'; it has {', '.join(TOPICS)}.")
        text = files(__package__).joinpath("topics", f"{name}.md").read_text(encoding="utf-8")
        return text.replace("http://127.0.0.1:8000", self._hub)

    def model(self, model_id: str) -> str:
        """The page of a model. Raises NotFound."""
        return model_page(self._catalogue.find(model_id), self._settings, self._hub)

    def index(self) -> str:
        """The front page."""
        return "\n".join(
            [
                "# OxReel reference",
                "",
                "A video-generation hub that speaks the Oxen.ai inference API. Send a request, or put one together in "
                "the [Workbench](/ai/workbench), whose API drawer gives it as code.",
                "",
                "## Your key",
                "",
                f"Every call carries `Authorization: Bearer KEY`; the snippets read it from `{KEY}`. The hub writes "
                "the first user's key into the file `api-key` of its data folder; `oxreel key create` makes others.",
                "",
                "## The API",
                "",
                *_lines(self.topics()),
                "",
                "The whole API as one document: [/openapi.json](/openapi.json). For language models: "
                "[/llms.txt](/llms.txt), and everything in one file, [/llms-full.txt](/llms-full.txt).",
                "",
                "## The models",
                "",
                *_lines(self.models()),
                "",
            ]
        )

    def llms(self) -> str:
        """The index for language models (llmstxt.org): every page as Markdown."""
        return "\n".join(
            [
                "# OxReel",
                "",
                "> A self-hosted video-generation hub that speaks the Oxen.ai inference API for the Kling video "
                "models: synchronous calls, a queue, server-sent events, request schemas, assets, credits.",
                "",
                f"Every call carries `Authorization: Bearer KEY` and goes to {self._hub}. `preview: true` films any "
                "request free of charge before it is rendered for real.",
                "",
                "## API",
                "",
                *_lines(self.topics(), self._hub, ".md"),
                "",
                "## Models",
                "",
                *_lines(self.models(), self._hub, ".md"),
                "",
                "## Optional",
                "",
                f"- [Everything in one file]({self._hub}/llms-full.txt): all of these pages.",
                f"- [OpenAPI]({self._hub}/openapi.json): the whole API as one document.",
                "",
            ]
        )

    def everything(self) -> str:
        """All pages, one after the other."""
        pages = [self.index(), *(self.topic(name) for name in TOPICS)]
        pages += [self.model(one.id) for one in self._catalogue.all()]
        return "\n\n".join(pages)


def _lines(entries: list[Entry], hub: str = "", suffix: str = "") -> Iterator[str]:
    for entry in entries:
        yield f"- [{entry.title}]({hub}{entry.address}{suffix}): {entry.summary}."
