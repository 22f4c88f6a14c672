"""The checkpoints that can film, as a table, and where their files lie.

Nothing here needs torch: the settings and the listing of one folder are all that is read.
"""

import os
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from oxreel.engines.diffusers.families import FAMILIES
from oxreel.engines.diffusers.family import Family, Rules
from oxreel.errors import WrongSetting

if TYPE_CHECKING:
    from oxreel.settings import Settings

#: What a folder of weights holds once it is whole: `from_pretrained` reads one of them first.
_INDEXES = ("model_index.json", "modular_model_index.json")


@dataclass(frozen=True)
class Checkpoint:
    """Weights with a name."""

    name: str
    family: Family
    #: Where they are published on Hugging Face; empty for an operator's own folder.
    repo: str = ""
    revision: str = "main"
    licence: str = "Apache-2.0"
    #: What OXREEL_DIFFUSERS_LICENCES must name before they are offered; empty for a free licence.
    confirm: str = ""
    #: Why that is so, for whoever is asked.
    terms: str = ""
    #: About what a download takes, and the least that a GPU must have, in gigabytes (from the published file sizes).
    gigabytes: int = 0
    least_memory: int = 0
    #: A folder of the operator's own.
    folder: Path | None = None
    #: What differs from the family's rules: `replace` takes it.
    differs: tuple[tuple[str, Any], ...] = ()

    @property
    def rules(self) -> Rules:
        """What it films."""
        return replace(self.family.rules, **dict(self.differs))


class OwnCheckpoint(BaseModel):
    """A checkpoint of OXREEL_DIFFUSERS_CHECKPOINTS."""

    model_config = ConfigDict(extra="forbid")

    family: str
    folder: Path
    steps: int | None = Field(None, ge=1, le=1000)
    guidance: float | None = Field(None, ge=0)
    #: Of a film's width and height together.
    pixels: int | None = Field(None, ge=32 * 32)
    most_frames: int | None = Field(None, ge=5)
    rate: Fraction | None = Field(None, gt=0)


def _wan(name: str, family: str, gigabytes: int, memory: int, repo: str = "", **differs: Any) -> Checkpoint:
    repo = repo or f"Wan-AI/{name}-Diffusers"
    return Checkpoint(
        name, FAMILIES[family], repo, gigabytes=gigabytes, least_memory=memory, differs=tuple(differs.items())
    )


def _ltx(name: str, family: str) -> Checkpoint:
    """22 billion weights that film and 12 that read, so the sizes; its files are given to who accepts its terms."""
    terms = "which asks companies with a revenue of ten million dollars a year for a paid one"
    return Checkpoint(
        name,
        FAMILIES[family],
        "Lightricks/LTX-2.5-Diffusers",
        licence="LTX-2.x Community License",
        confirm="ltx-2.5",
        terms=terms,
        gigabytes=75,
        least_memory=24,
    )


def _h3(name: str, family: str) -> Checkpoint:
    """33 billion weights that film and 33 that read, so the sizes."""
    return Checkpoint(
        name,
        FAMILIES[family],
        "MiniMaxAI/MiniMax-H3",
        licence="MiniMax H3 Community License",
        confirm="minimax-h3",
        terms="which gives no rights in the European Union, the United Kingdom, South Korea and the United States",
        gigabytes=135,
        least_memory=32,
    )


#: Every checkpoint that is known by name, the preferred ones first. Sizes are sums of the published files (2026-11).
_KNOWN: tuple[Checkpoint, ...] = (
    _wan("Wan2.2-I2V-A14B", "wan-i2v", 126, 24),
    _wan("Wan2.1-FLF2V-14B", "wan-flf2v", 91, 24, "Wan-AI/Wan2.1-FLF2V-14B-720P-diffusers"),
    _wan("Wan2.2-T2V-A14B", "wan-t2v", 126, 24),
    _wan("Wan2.1-VACE-14B", "wan-vace", 81, 24, "Wan-AI/Wan2.1-VACE-14B-diffusers"),
    _wan("Wan2.2-TI2V-5B", "wan-ti2v", 34, 12),
    _wan("Wan2.1-VACE-1.3B", "wan-vace", 19, 8, "Wan-AI/Wan2.1-VACE-1.3B-diffusers", pixels=832 * 480),
    _ltx("LTX-2.5", "ltx2"),
    _ltx("LTX-2.5-distilled", "ltx2-distilled"),
    _h3("MiniMax-H3", "h3"),
    _h3("MiniMax-H3-Ref2VA", "h3-references"),
)

#: What is taken to be there where no weights are found, as on a machine that only serves the API.
DEFAULT_SET = tuple(checkpoint.name for checkpoint in _KNOWN if checkpoint.name.startswith("Wan"))


def home(settings: "Settings") -> Path:
    """The folder of all weights: that of the settings, or one of this user's cache, which data folders share."""
    if settings.diffusers_weights:
        return Path(settings.diffusers_weights)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "oxreel" / "weights"


def checkpoints(settings: "Settings") -> dict[str, Checkpoint]:
    """Every checkpoint that there can be, the operator's own first. Raises WrongSetting for one that cannot be."""
    own = (_own(name, described) for name, described in settings.diffusers_checkpoints.items())
    return {checkpoint.name: checkpoint for checkpoint in (*own, *_KNOWN)}


def folder_of(settings: "Settings", name: str) -> Path:
    """Where the files of a checkpoint lie, or will. Raises KeyError for one that is not known."""
    return checkpoints(settings)[name].folder or home(settings) / name


def is_there(folder: Path) -> bool:
    """Whether a folder holds weights: a download that was broken off has no index yet."""
    return any((folder / index).is_file() for index in _INDEXES)


def offered(settings: "Settings") -> list[Checkpoint]:
    """What films may be made with, the preferred ones first.

    What OXREEL_DIFFUSERS_OFFER names, or what lies here; where nothing does, the default set: the machine that films
    may be another one. Checkpoints whose licence was not confirmed are never among them.
    """
    known = {name: one for name, one in checkpoints(settings).items() if confirmed(settings, one)}
    if settings.diffusers_offer:
        asked = {name.lower() for name in settings.diffusers_offer}
        return [one for one in known.values() if one.name.lower() in asked]
    there = [one for one in known.values() if one.folder is not None or is_there(home(settings) / one.name)]
    return there or [known[name] for name in DEFAULT_SET]


def check(settings: "Settings") -> None:
    """Nothing for settings whose names all mean something. Raises WrongSetting."""
    known = {name.lower(): one for name, one in checkpoints(settings).items()}
    for name in settings.diffusers_offer:
        if name not in known:
            there_are = ", ".join(one.name for one in known.values())
            raise WrongSetting(f"OXREEL_DIFFUSERS_OFFER: there is no checkpoint '{name}'; OxReel knows {there_are}.")
        if not confirmed(settings, known[name]):
            licence = known[name].confirm
            raise WrongSetting(f"OXREEL_DIFFUSERS_OFFER: '{name}' needs OXREEL_DIFFUSERS_LICENCES to name {licence}.")
    licences = sorted({one.confirm for one in known.values()} - {""})
    for licence in settings.diffusers_licences:
        if licence not in licences:
            there_are = ", ".join(licences)
            raise WrongSetting(f"OXREEL_DIFFUSERS_LICENCES: there is no '{licence}' to confirm; there are {there_are}.")


def confirmed(settings: "Settings", checkpoint: Checkpoint) -> bool:
    """Whether its licence is free, or the operator says that it may be used here."""
    return not checkpoint.confirm or checkpoint.confirm in settings.diffusers_licences


def _own(name: str, described: dict[str, Any]) -> Checkpoint:
    try:
        own = OwnCheckpoint.model_validate(described)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WrongSetting(f"OXREEL_DIFFUSERS_CHECKPOINTS: {name}.{where}: {first['msg']}") from None
    if own.family not in FAMILIES:
        families = ", ".join(FAMILIES)
        raise WrongSetting(f"OXREEL_DIFFUSERS_CHECKPOINTS: {name}: no family {own.family!r}; there are {families}.")
    differs = own.model_dump(exclude={"family", "folder"}, exclude_none=True)
    return Checkpoint(name, FAMILIES[own.family], licence="", folder=own.folder, differs=tuple(differs.items()))
