"""An LTX-2.5 of a few thousand random weights, saved as the published one is: both transformers, and what enlarges."""

from pathlib import Path
from typing import Any

from support.tiny_checkpoints import byte_tokenizer, library

#: Channels of the tiny text encoder's answer.
_TEXT = 16


def ltx(folder: Path) -> Path:
    """As Lightricks/LTX-2.5-Diffusers: what it films is noise, with noise for its sound."""
    torch, diffusers, ltx2 = library("torch"), library("diffusers"), library("diffusers.pipelines.ltx2")
    torch.manual_seed(0)
    schedule = diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=False)
    pipe = diffusers.LTX2Pipeline(
        scheduler=schedule,
        vae=_vae(diffusers),
        # Sixteen mel bins of two channels: what a step of its latents holds.
        audio_vae=diffusers.AutoencoderKLLTX2Audio(
            base_channels=32, ch_mult=(1, 1, 1), num_res_blocks=1, resolution=32, latent_channels=2
        ),
        text_encoder=_text_encoder(),
        tokenizer=byte_tokenizer(padding_side="left", model_max_length=1024),
        connectors=_connectors(ltx2),
        transformer=_transformer(diffusers),
        vocoder=_vocoder(ltx2),
    )
    pipe.save_pretrained(folder)
    _transformer(diffusers).save_pretrained(folder / "transformer_full")
    enlarger = ltx2.LTX2LatentUpsamplerModel(in_channels=4, mid_channels=32, num_blocks_per_stage=1)
    enlarger.save_pretrained(folder / "latent_upsampler")
    return folder


def _vae(diffusers: Any) -> Any:
    return diffusers.AutoencoderKLLTX2Video(
        latent_channels=4,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 16, 32),
        layers_per_block=(1,) * 5,
        decoder_layers_per_block=(1,) * 4,
        spatial_compression_ratio=32,
        temporal_compression_ratio=8,
    )


def _transformer(diffusers: Any) -> Any:
    return diffusers.LTX2VideoTransformer3DModel(
        in_channels=4,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=16,
        cross_attention_dim=32,
        audio_in_channels=32,
        audio_out_channels=32,
        audio_num_attention_heads=2,
        audio_attention_head_dim=8,
        audio_cross_attention_dim=16,
        num_layers=2,
        caption_channels=_TEXT,
        rope_double_precision=False,
        rope_type="split",
        perturbed_attn=True,
        use_prompt_embeddings=False,
        **{f"{kind}{name}": True for kind in ("", "audio_") for name in ("gated_attn", "cross_attn_mod")},
    )


def _vocoder(ltx2: Any) -> Any:
    """Sound at 48 kHz, in two stages."""
    resnet = {"resnet_kernel_sizes": [3], "resnet_dilations": [[1, 3, 5]]}
    both = {f"{stage}{name}": value for stage in ("", "bwe_") for name, value in resnet.items()}
    return ltx2.LTX2VocoderWithBWE(hidden_channels=64, bwe_hidden_channels=32, **both)


def _connectors(ltx2: Any) -> Any:
    shape = {"num_attention_heads": 2, "num_layers": 1, "num_learnable_registers": 8}
    both = {f"{kind}_connector_{name}": value for kind in ("video", "audio") for name, value in shape.items()}
    return ltx2.LTX2TextConnectors(
        caption_channels=_TEXT,
        # It reads every layer of the text encoder: two, and what goes into the first.
        text_proj_in_factor=3,
        **both,
        video_connector_attention_head_dim=16,
        audio_connector_attention_head_dim=8,
        video_gated_attn=True,
        audio_gated_attn=True,
        per_modality_projections=True,
        video_hidden_dim=32,
        audio_hidden_dim=16,
        proj_bias=True,
        connector_rope_base_seq_len=32,
        rope_double_precision=False,
        rope_type="split",
    )


def _text_encoder() -> Any:
    transformers = library("transformers")
    words = {"vocab_size": 260, "hidden_size": _TEXT, "intermediate_size": 16, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8, "sliding_window": 64}
    layers = {"layer_types": ["sliding_attention", "full_attention"], "per_layer_config": {}, "pad_token_id": 0}
    # What is neither a word nor asked for here: pictures and sounds.
    others = {f"{name}_token_id": 250 + index for index, name in enumerate(("image", "video", "audio", "boi", "eoi"))}
    config = transformers.Gemma4UnifiedConfig(
        text_config={**words, **heads, **layers}, vision_config=None, audio_config=None, **others
    )
    return transformers.Gemma4UnifiedForConditionalGeneration(config).eval()
