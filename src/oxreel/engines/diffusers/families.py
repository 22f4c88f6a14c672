"""The families by name; adding one of a new architecture is an entry here and a module that loads it."""

from dataclasses import replace
from fractions import Fraction

from oxreel.engines.diffusers.family import Family, Rules

_WAN = "oxreel.engines.diffusers.wan:load"
_LTX = "oxreel.engines.diffusers.ltx:load_full"
_LTX_DISTILLED = "oxreel.engines.diffusers.ltx:load_distilled"
_H3 = "oxreel.engines.diffusers.h3:load"
_H3_REFERENCES = "oxreel.engines.diffusers.h3:load_references"

#: The negative prompt of Wan's own programs, which they use where none is given (Wan2.2, `shared_config.py`):
#: garish, overexposed, still, blurred, subtitles, painting, grey, worst quality, JPEG traces, ugly, extra fingers, ...
_WAN_NEGATIVE = (
    "色调艳丽，过曝，静态，细节模糊不清，字幕，风格，作品，画作，画面，静止，整体发灰，最差质量，低质量，JPEG压缩残留，"
    "丑陋的，残缺的，多余的手指，画得不好的手部，画得不好的脸部，畸形的，毁容的，形态畸形的肢体，手指融合，静止不动的画面，"
    "杂乱的背景，三条腿，背景人很多，倒着走"
)

#: Wan 2.1 and 2.2 (their model cards, their programs' configurations and the pipelines of diffusers 0.42.1, 2026-11).
_WAN_IMAGE = Rules(
    can=frozenset({"start", "tail", "negative"}),
    needs=frozenset({"start"}),
    rate=Fraction(16),
    frame_step=4,
    frame_rest=1,
    most_frames=81,
    size_multiple=16,
    pixels=1280 * 720,
    opening=1,
    steps=40,
    guidance=3.5,
    usual_negative=_WAN_NEGATIVE,
)
#: Looks at both ends, so that both must be there, and nothing can be filmed on from another clip.
_WAN_FRAMES = replace(_WAN_IMAGE, needs=frozenset({"start", "tail"}), opening=0, steps=50, guidance=5.5)
#: `last_image` is taken and ignored: it never gets a tail frame.
_WAN_SMALL = replace(
    _WAN_IMAGE,
    can=frozenset({"text", "start", "negative"}),
    needs=frozenset(),
    rate=Fraction(24),
    most_frames=121,
    size_multiple=32,
    pixels=1280 * 704,
    steps=50,
    guidance=5.0,
)
_WAN_TEXT = replace(
    _WAN_IMAGE, can=frozenset({"text", "negative"}), needs=frozenset(), opening=0, guidance=4.0, late_guidance=3.0
)
#: Seven references are the most that a request can have.
_WAN_VACE = replace(
    _WAN_IMAGE,
    can=frozenset({"text", "start", "tail", "references", "negative"}),
    needs=frozenset(),
    most_references=7,
    opening=5,
    steps=50,
    guidance=5.0,
)

#: LTX-2.5 (the makers' and vLLM-Omni's settings of both transformers, 2026-11): up to twenty seconds, with sound.
_LTX_RULES = Rules(
    can=frozenset({"text", "start", "tail", "audio", "negative"}),
    rate=Fraction(24),
    frame_step=8,
    frame_rest=1,
    most_frames=481,
    size_multiple=32,
    pixels=1536 * 1024,
    opening=9,
    steps=30,
    guidance=3.0,
)
#: Knows its guidance, and so heeds no negative prompt. Its first stage films half the size, of which 32 are a multiple.
_LTX_DISTILLED_RULES = replace(_LTX_RULES, can=_LTX_RULES.can - {"negative"}, size_multiple=64, steps=8, guidance=1.0)
#: MiniMax-H3 (its card, its repository and the blocks of diffusers 0.42.1, 2026-11). A step less than its program
#: counts, which counts the end as one.
_H3_RULES = Rules(
    can=frozenset({"text", "start", "tail", "audio"}),
    rate=Fraction(24),
    frame_step=17,
    frame_rest=5,
    least_frames=124,
    most_frames=345,
    size_multiple=32,
    pixels=1344 * 768,
    opening=1,
    steps=49,
    guidance=1.0,
    cut=" [Shot {number}] At {minutes:02}:{seconds:06.3f}, the camera cuts to a new shot. ",
)
#: The other of its transformers: either pictures of what is to be seen, or frames.
_H3_REFERENCES_RULES = replace(
    _H3_RULES,
    can=frozenset({"references", "audio"}),
    needs=frozenset({"references"}),
    most_references=9,
    opening=0,
    mention="<Picture {number}>",
)

#: Of the folders of LTX-2.5 and H3, which hold two transformers and what other programs read, those that are read here.
_LTX_PARTS = frozenset(
    {"text_encoder", "tokenizer", "connectors", "vae", "audio_vae", "vocoder", "scheduler", "transformer_full"}
)
_LTX_DISTILLED_PARTS = _LTX_PARTS - {"transformer_full"} | {"transformer", "latent_upsampler"}
_H3_PARTS = frozenset(
    {"text_encoder", "tokenizer", "processor", "vae", "audio_vae", "scheduler", "audio_scheduler", "transformer"}
)
_H3_REFERENCES_PARTS = _H3_PARTS - {"transformer"} | {"transformer_ref"}

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("wan-i2v", _WAN_IMAGE, _WAN),
        Family("wan-flf2v", _WAN_FRAMES, _WAN),
        Family("wan-ti2v", _WAN_SMALL, _WAN),
        Family("wan-t2v", _WAN_TEXT, _WAN),
        Family("wan-vace", _WAN_VACE, _WAN),
        Family("ltx2", _LTX_RULES, _LTX, _LTX_PARTS),
        Family("ltx2-distilled", _LTX_DISTILLED_RULES, _LTX_DISTILLED, _LTX_DISTILLED_PARTS),
        Family("h3", _H3_RULES, _H3, _H3_PARTS),
        Family("h3-references", _H3_REFERENCES_RULES, _H3_REFERENCES, _H3_REFERENCES_PARTS),
    )
}
