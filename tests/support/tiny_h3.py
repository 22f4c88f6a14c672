"""A MiniMax-H3 of a few thousand random weights, saved as the published one is: both transformers, one of the rest."""

import json
import warnings
from pathlib import Path
from typing import Any

from support.tiny_checkpoints import library

#: Channels of the tiny text encoder's answer.
_TEXT = 8
_MARKS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>")
_PARTS = {
    "text_encoder": ("transformers", "Qwen3VLForConditionalGeneration"),
    "tokenizer": ("transformers", "Qwen2Tokenizer"),
    "processor": ("transformers", "Qwen3VLProcessor"),
    "vae": ("diffusers", "AutoencoderKLMiniMaxH3"),
    "audio_vae": ("diffusers", "AutoencoderKLMiniMaxH3Audio"),
    "transformer": ("diffusers", "MiniMaxH3Transformer3DModel"),
    "transformer_ref": ("diffusers", "MiniMaxH3Transformer3DModel"),
    "scheduler": ("diffusers", "MiniMaxH3Scheduler"),
    "audio_scheduler": ("diffusers", "MiniMaxH3Scheduler"),
}


def h3(folder: Path) -> Path:
    """As MiniMaxAI/MiniMax-H3: what it films is noise, with noise for its sound at 8 kHz."""
    torch, diffusers = library("torch"), library("diffusers")
    torch.manual_seed(0)
    _read_words_and_pictures(folder)
    _vae(diffusers).save_pretrained(folder / "vae")
    with warnings.catch_warnings():
        # Weight norm of the old kind.
        warnings.simplefilter("ignore", FutureWarning)
        _audio_vae(diffusers).save_pretrained(folder / "audio_vae")
    for name in ("transformer", "transformer_ref"):
        _transformer(torch, diffusers).save_pretrained(folder / name)
    diffusers.MiniMaxH3Scheduler(shift=12.0).save_pretrained(folder / "scheduler")
    diffusers.MiniMaxH3Scheduler(shift=3.0).save_pretrained(folder / "audio_scheduler")
    # The published index names the place it was published at, also in a copy of it.
    index: dict[str, Any] = {name: [*kind, _source(name, kind)] for name, kind in _PARTS.items()}
    index |= {"_class_name": "MiniMaxH3ModularPipeline", "_blocks_class_name": "MiniMaxH3Blocks"}
    index |= {"_diffusers_version": "0.42.1", "reference_image_short_edge": 64}
    (folder / "modular_model_index.json").write_text(json.dumps(index))
    return folder


def _source(name: str, kind: tuple[str, str]) -> dict[str, Any]:
    repo = {"pretrained_model_name_or_path": "MiniMaxAI/MiniMax-H3", "subfolder": name}
    return {**repo, "revision": None, "variant": None, "type_hint": list(kind)}


def _read_words_and_pictures(folder: Path) -> None:
    transformers = library("transformers")
    alphabet = library("tokenizers.pre_tokenizers").ByteLevel.alphabet()
    ids = {name: index for index, name in enumerate([*sorted(alphabet), *_MARKS, "<|video_pad|>"])}
    tokenizer = transformers.Qwen2Tokenizer(vocab=ids, merges=[])
    tokenizer.add_special_tokens({"additional_special_tokens": list(ids)[257:]})
    tokenizer.save_pretrained(folder / "tokenizer")
    pieces = {"patch_size": 4, "temporal_patch_size": 2, "merge_size": 2}
    sizes = {"size": {"shortest_edge": 64, "longest_edge": 256}}
    reader = {"image_processor_type": "Qwen2VLImageProcessor", "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    (folder / "processor").mkdir()
    config = {"processor_class": "Qwen3VLProcessor", "image_processor": {**reader, **pieces, **sizes}}
    (folder / "processor" / "processor_config.json").write_text(json.dumps(config))
    # It is read after its fiftieth layer.
    words = {"vocab_size": len(ids), "hidden_size": _TEXT, "intermediate_size": 8, "num_hidden_layers": 51}
    rope = {"rope_type": "default", "mrope_section": [2, 1, 1], "mrope_interleaved": True, "rope_theta": 10000.0}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8, "rope_parameters": rope}
    sight = {"depth": 1, "hidden_size": 8, "intermediate_size": 8, "num_heads": 2, "out_hidden_size": _TEXT}
    grid = {"patch_size": 4, "temporal_patch_size": 2, "spatial_merge_size": 2, "num_position_embeddings": 16}
    tokens = {f"{name}_token_id": ids[f"<|{name}_pad|>"] for name in ("image", "video")}
    ends = {f"vision_{name}_token_id": ids[f"<|vision_{name}|>"] for name in ("start", "end")}
    config = transformers.Qwen3VLConfig(
        text_config={**words, **heads},
        vision_config={**sight, **grid, "deepstack_visual_indexes": [0]},
        **tokens,
        **ends,
    )
    transformers.Qwen3VLForConditionalGeneration(config).save_pretrained(folder / "text_encoder")


def _vae(diffusers: Any) -> Any:
    return diffusers.AutoencoderKLMiniMaxH3(
        latent_channels=4,
        block_out_channels=(4,) * 6,
        layers_per_block=1,
        norm_num_groups=2,
        decoder_num_layers=1,
        decoder_num_attention_heads=2,
        decoder_attention_head_dim=16,
        decoder_ffn_mult=1,
        latents_mean=(0.0,) * 4,
        latents_std=(1.0,) * 4,
    )


def _audio_vae(diffusers: Any) -> Any:
    return diffusers.AutoencoderKLMiniMaxH3Audio(
        encoder_dim=2,
        encoder_rates=(2, 2, 2, 5, 5),
        latent_dim=16,
        latent_channels=4,
        num_attention_heads=2,
        decoder_dim=32,
        decoder_rates=(5, 5, 2, 2, 2),
        decoder_kernel_sizes=(9, 9, 4, 4, 4),
        resblock_kernel_sizes=(3,),
        resblock_dilation_sizes=((1, 3, 5),),
        sampling_rate=8000,
        latents_mean=[0.0] * 4,
        latents_std=[1.0] * 4,
    )


def _transformer(torch: Any, diffusers: Any) -> Any:
    made = diffusers.MiniMaxH3Transformer3DModel(
        num_attention_heads=2,
        attention_head_dim=16,
        hidden_size=16,
        num_layers=1,
        num_refiner_layers=1,
        ffn_dim=16,
        in_channels=4,
        audio_in_channels=4,
        text_dim=_TEXT,
        freq_dim=8,
        time_embed_hidden_dim=8,
        time_embed_dim=8,
        rope_freq_dim=2,
    )
    # As they are made, what they look at would hardly change what they film.
    with torch.no_grad():
        for weights in made.parameters():
            weights.copy_(torch.randn_like(weights))
    return made
