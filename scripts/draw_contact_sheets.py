"""Films the requests of docs/animatic.json and draws docs/animatic.md: each with its frames and what was understood.

python scripts/draw_contact_sheets.py [NUMBER ...]
"""

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageOps

from oxreel.catalogue import Catalogue, check
from oxreel.engines.animatic import AnimaticEngine
from oxreel.generations.direct import direct
from oxreel.media.limits import Limits
from oxreel.media.prepare import Source, prepare
from oxreel.settings import Settings
from oxreel.storyboard import Reference, Storyboard

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SAMPLES = ROOT / "src/oxreel/samples"
#: Frames of a sheet, and how wide each of them is.
COLUMNS, ROWS, WIDE = 4, 2, 320
#: Sheets show films of this height: everything the engine draws scales with it.
HEIGHT = 720


def main(numbers: list[int]) -> None:
    """Film what was asked for, or everything, and write the page anew."""
    requests: list[dict[str, Any]] = json.loads((DOCS / "animatic.json").read_text(encoding="utf-8"))
    (DOCS / "animatic").mkdir(exist_ok=True)
    page = [(DOCS / "animatic" / "introduction.md").read_text(encoding="utf-8")]
    for number, request in enumerate(requests, 1):
        if numbers and number not in numbers and not (DOCS / "animatic" / f"{number:02}.jpg").exists():
            continue
        sheet = DOCS / "animatic" / f"{number:02}.jpg"
        with tempfile.TemporaryDirectory() as folder:
            board = storyboard(request, Path(folder))
            if not numbers or number in numbers:
                contact_sheet(film(board, Path(folder))).save(sheet, quality=82, optimize=True, progressive=True)
                sys.stdout.write(f"{sheet}\n")
        page.append(section(number, request, board))
    (DOCS / "animatic.md").write_text("\n".join(page), encoding="utf-8")


def storyboard(request: dict[str, Any], folder: Path) -> Storyboard:
    """The storyboard of a request, its references files of the samples or of docs/animatic."""
    model = Catalogue().find(request["model"])
    parameters = check(model, addressed(request["body"]))
    limits = parameters.video_limits()
    sources = [
        Source(
            name=one.name,
            field=one.field,
            kind=one.kind,
            file=copy(one.url, folder),
            keep_alpha=one.name.startswith("Element"),
            **(vars(limits) if limits else {}),
        )
        for one in parameters.reference_requests()
    ]
    references: list[Reference] = prepare(sources, folder, Limits.of(Settings()))
    board = direct(model, parameters, references, generation_id="sheet", seed=request.get("seed", 7))
    return smaller(board)


def addressed(value: Any) -> Any:
    """The request with the names of its files as addresses, which is what models take."""
    if isinstance(value, dict):
        return {name: addressed(part) for name, part in value.items()}
    if isinstance(value, list):
        return [addressed(part) for part in value]
    is_file = isinstance(value, str) and value.endswith((".png", ".jpg", ".mp4"))
    return f"http://127.0.0.1/{value}" if is_file else value


def copy(name: str, folder: Path) -> Path:
    """The picture or video that a request names, as a copy that may be thrown away."""
    name = name.rpartition("/")[2]
    found = next(path for path in (SAMPLES / name, DOCS / "animatic" / name) if path.exists())
    target = folder / f"copy-{len(list(folder.iterdir()))}-{name}"
    target.write_bytes(found.read_bytes())
    return target


def smaller(board: Storyboard) -> Storyboard:
    """The same storyboard on a canvas whose shorter side is HEIGHT."""
    share = HEIGHT / min(board.width, board.height)
    return replace(board, width=round(board.width * share / 2) * 2, height=round(board.height * share / 2) * 2)


def film(board: Storyboard, folder: Path) -> Path:
    """The delivered film."""
    engine = AnimaticEngine()
    segments = [engine.film(board, shot, folder, lambda _: None) for shot in board.shots]
    engine.finish(board, segments, folder / "film.mp4")
    return folder / "film.mp4"


def contact_sheet(path: Path) -> Image.Image:
    """The first and the last frame and six between them, each with its place in the film."""
    with av.open(str(path)) as container:
        total = container.streams.video[0].frames
        wanted = [round(index * (total - 1) / (COLUMNS * ROWS - 1)) for index in range(COLUMNS * ROWS)]
        pictures = [frame.to_image() for index, frame in enumerate(container.decode(video=0)) if index in set(wanted)]
    size = WIDE, round(WIDE * pictures[0].height / pictures[0].width)
    gap = 6
    sheet = Image.new("RGB", (COLUMNS * (size[0] + gap) + gap, ROWS * (size[1] + gap) + gap), (24, 24, 27))
    for index, picture in enumerate(pictures):
        at = gap + index % COLUMNS * (size[0] + gap), gap + index // COLUMNS * (size[1] + gap)
        sheet.paste(ImageOps.fit(picture, size, Image.Resampling.LANCZOS), at)
    return sheet


def section(number: int, request: dict[str, Any], board: Storyboard) -> str:
    """One request of the page: what was asked, what was understood, the frames."""
    plan = AnimaticEngine().plan(board)
    lines = [f"## {number}. {request['title']}", "", f"`{request['model']}`, {board.seconds} s", ""]
    for shot, understood in zip(board.shots, plan["shots"], strict=True):
        lines += [f"> {shot.prompt}", ""]
        lines += ["Understood: " + (", ".join(understood["chips"]) or "nothing beyond the picture") + ".", ""]
        if understood["without_effect"]:
            lines += ["Without effect: " + ", ".join(understood["without_effect"]) + ".", ""]
    lines += [f"![Eight frames of request {number}](animatic/{number:02}.jpg)", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main([int(number) for number in sys.argv[1:]])
