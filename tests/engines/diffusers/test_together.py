"""Films with weights that make sound, go on from several frames, or hold several shots in one clip."""

from pathlib import Path
from typing import Any

import av
import pytest

from engines.pictures import landscape, reference, storyboard
from engines.suite import film
from oxreel.engines.diffusers import DiffusersEngine
from oxreel.engines.diffusers.caveats import warnings_about
from oxreel.engines.diffusers.choice import choose
from oxreel.engines.diffusers.families import FAMILIES
from oxreel.engines.diffusers.memory import sizes_of
from oxreel.engines.diffusers.published import PublishedFile, chosen
from oxreel.engines.diffusers.together import parts_of
from oxreel.errors import InvalidParams
from oxreel.settings import Settings
from oxreel.storyboard import Reference, Storyboard
from support.tiny_h3 import h3
from support.tiny_ltx import ltx

ONE, TWO = (Reference(f"Image{n}", f"input_image[{n - 1}]", "image", "/nowhere.png", 640, 360) for n in (1, 2))
START = Reference("start", "start_image_url", "image", "/nowhere.png", 640, 360)
BOTH = ("ltx-2.5", "minimax-h3")
H3, REFERENCES, LTX = FAMILIES["h3"].rules, FAMILIES["h3-references"].rules, FAMILIES["ltx2"].rules


def test_several_shots_are_one_clip_where_the_weights_cut_by_themselves() -> None:
    board = storyboard(
        [
            {"prompt": "@Image1 runs.", "seconds": 4, "references": [ONE]},
            {"prompt": "@Image2 sleeps.", "seconds": 3, "references": [TWO, ONE]},
        ]
    )
    (whole,) = parts_of(board, REFERENCES)
    assert whole.prompt == "@Image1 runs. [Shot 2] At 00:04.000, the camera cuts to a new shot. @Image2 sleeps."
    assert (whole.frames, whole.seconds, whole.first_frame) == (board.frames, 7, 0)
    assert whole.references == (ONE, TWO)


@pytest.mark.parametrize(
    ("seconds", "rules"),
    [
        # Longer than a clip, and of weights that film one shot at a time.
        ([8, 7], H3),
        ([4, 3], LTX),
    ],
)
def test_shots_that_no_clip_holds_are_filmed_one_by_one(seconds: list[int], rules: Any) -> None:
    board = storyboard([{"seconds": length} for length in seconds])
    assert parts_of(board, rules) == board.shots


def test_a_single_shot_is_left_as_it_is() -> None:
    board = storyboard([{"seconds": 5}])
    assert parts_of(board, H3) == board.shots


def settings(tmp_path: Path, *licences: str) -> Settings:
    return Settings(diffusers_weights=str(tmp_path), diffusers_licences=licences)


@pytest.mark.parametrize(
    ("route", "shot", "reason"),
    [
        ("MiniMax-H3", {"references": [ONE]}, "takes no reference pictures"),
        ("MiniMax-H3-Ref2VA", {}, "films from reference pictures"),
        ("MiniMax-H3-Ref2VA", {"references": [ONE], "start": START}, "ignores a first frame"),
        ("LTX-2.5", {"references": [ONE]}, "takes no reference pictures"),
    ],
)
def test_what_they_cannot_film_is_refused(tmp_path: Path, route: str, shot: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidParams, match=reason):
        choose(storyboard([shot], route=route), settings(tmp_path, *BOTH))


@pytest.mark.parametrize(
    ("route", "licence"),
    [
        ("LTX-2.5", "ltx-2.5"),
        ("LTX-2.5-distilled", "ltx-2.5"),
        ("MiniMax-H3", "minimax-h3"),
        ("MiniMax-H3-Ref2VA", "minimax-h3"),
    ],
)
def test_they_film_only_where_their_licence_is_confirmed(tmp_path: Path, route: str, licence: str) -> None:
    board = storyboard([{"references": [ONE]} if "Ref2VA" in route else {}], route=route)
    other = next(name for name in BOTH if name != licence)
    with pytest.raises(InvalidParams, match=f"name {licence} in OXREEL_DIFFUSERS_LICENCES"):
        choose(board, settings(tmp_path, other))
    assert choose(board, settings(tmp_path, licence)).name == route


def test_they_say_what_they_do_differently(tmp_path: Path) -> None:
    shots = [{"prompt": "A fox.", "seconds": 3}, {"prompt": "A hare.", "seconds": 3}]
    board = storyboard(shots, route="MiniMax-H3", negative_prompt="rain", audio=True, width=1344, height=768)
    assert warnings_about(board, choose(board, settings(tmp_path, *BOTH))) == [
        "The negative prompt is left out: MiniMax-H3 takes none.",
        "Cuts fall about where they were asked for: MiniMax-H3 films all shots in one go and cuts by itself.",
    ]
    board = storyboard(shots, route="LTX-2.5", negative_prompt="rain", audio=True, width=1280, height=704)
    assert warnings_about(board, choose(board, settings(tmp_path, *BOTH))) == [
        "Shot 2 has no picture: it goes on where the one before ended."
    ]


def test_of_a_repository_of_two_transformers_only_the_one_that_films_is_fetched() -> None:
    folders = ("transformer", "transformer_full", "vae", "diffusion_decoder", "prompt_enhancer", "latent_upsampler")
    published = [PublishedFile(f"{name}/model.safetensors", 10, sha256="0" * 64) for name in folders]
    index = b'{"transformer": ["diffusers", "X"], "vae": ["diffusers", "X"], "prompt_enhancer": ["transformers", "X"]}'

    def fetched(family: str) -> set[str]:
        kept = chosen(published, index, "model_index.json", FAMILIES[family].parts)
        return {file.path.partition("/")[0] for file in kept}

    assert fetched("ltx2") == {"transformer_full", "vae"}
    assert fetched("ltx2-distilled") == {"transformer", "vae", "latent_upsampler"}
    assert fetched("wan-i2v") == {"transformer", "vae", "prompt_enhancer"}


def test_the_memory_for_weights_counts_only_those_that_film(tmp_path: Path) -> None:
    pytest.importorskip("diffusers", reason="needs what films with weights: oxreel[gpu]")
    folder = ltx(tmp_path / "ltx")
    full, distilled = (sizes_of(folder, bits=16, parts=FAMILIES[name].parts) for name in ("ltx2", "ltx2-distilled"))
    assert "transformer" not in full.parts
    assert "transformer_full" not in distilled.parts
    assert full.parts["transformer_full"] == distilled.parts["transformer"] > 0
    assert full.parts["text_encoder"] > 0


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> DiffusersEngine:
    """One that films with tiny weights of each."""
    pytest.importorskip("diffusers", reason="needs what films with weights: oxreel[gpu]")
    root = tmp_path_factory.mktemp("weights")
    folders = {
        "ltx2": ltx(root / "ltx"),
        "ltx2-distilled": root / "ltx",
        "h3": root / "h3",
        "h3-references": root / "h3",
    }
    (root / "h3").mkdir()
    h3(root / "h3")
    own = {
        f"tiny-{family}": {"family": family, "folder": str(folder), "steps": 2, "pixels": 64 * 64}
        for family, folder in folders.items()
    }
    return DiffusersEngine(Settings(diffusers_checkpoints=own))


@pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")
@pytest.mark.parametrize("family", ["ltx2", "ltx2-distilled", "h3", "h3-references"])
def test_a_film_of_two_shots_has_its_frames_and_sound_to_the_end(
    engine: DiffusersEngine, tmp_path: Path, family: str
) -> None:
    picture = reference(tmp_path, "Image1", landscape(640, 360), "input_image[0]")
    shots: list[dict[str, Any]] = [{"prompt": "@Image1 runs."}, {"prompt": "It sleeps."}]
    if family == "h3-references":
        shots[0]["references"] = shots[1]["references"] = [picture]
    else:
        shots[0]["start"] = picture
    board = storyboard(shots, route=f"tiny-{family}", audio=True)
    engine.check(board)
    assert len(engine.parts(board)) == (2 if family.startswith("ltx2") else 1)
    target, segments = film(engine, board, tmp_path / "film")
    assert all(segment.sound is not None for segment in segments)
    with av.open(str(target)) as delivered:
        assert sum(1 for _ in delivered.decode(video=0)) == board.frames == 49
        for stream in delivered.streams:
            assert stream.duration is not None
            assert stream.time_base is not None
            assert float(stream.duration * stream.time_base) == pytest.approx(49 / 24)


def test_a_board_crosses_processes_as_the_same_parts() -> None:
    board = storyboard([{"seconds": 4}, {"seconds": 3}])
    assert parts_of(Storyboard.from_json(board.to_json()), H3) == parts_of(board, H3)
