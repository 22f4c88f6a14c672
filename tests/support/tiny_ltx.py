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
        vocoder=ltx2.LTX2Vocoder(hidden_channels=32, resnet_kernel_sizes=[3], resnet_dilations=[[1, 3, 5]]),
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
    )


def _connectors(ltx2: Any) -> Any:
    shape = {"num_attention_heads": 2, "attention_head_dim": 8, "num_layers": 1, "num_learnable_registers": None}
    both = {f"{kind}_connector_{name}": value for kind in ("video", "audio") for name, value in shape.items()}
    more = {"connector_rope_base_seq_len": 32, "rope_double_precision": False, "rope_type": "split"}
    # It reads every layer of the text encoder: two, and what goes into the first.
    return ltx2.LTX2TextConnectors(caption_channels=_TEXT, text_proj_in_factor=3, **both, **more)


def _text_encoder() -> Any:
    transformers = library("transformers")
    words = {"vocab_size": 260, "hidden_size": _TEXT, "intermediate_size": 16, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8, "sliding_window": 64}
    sight = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = transformers.Gemma3Config(
        text_config={**words, **heads},
        vision_config={**sight, "image_size": 28, "patch_size": 14},
        mm_tokens_per_image=4,
        image_token_index=259,
        boi_token_index=258,
        eoi_token_index=257,
    )
    return transformers.Gemma3ForConditionalGeneration(config).eval()
