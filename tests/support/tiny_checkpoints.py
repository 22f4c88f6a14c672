"""Checkpoints of every shape that Wan comes in, with a few thousand random weights each.

They are saved as the real ones are, so that the code that loads and calls the real ones films with them: on a
processor, without a network, in a moment. What they film is noise.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

#: Channels of the tiny text encoder's answer, and of the picture encoder's.
_TEXT, _PICTURE = 16, 32


def wan_image(folder: Path) -> Path:
    """As Wan2.2-I2V-A14B: two transformers that share the steps, and no picture encoder."""
    parts = {"transformer": _transformer(36), "transformer_2": _transformer(36, seed=1)}
    return _saved("WanImageToVideoPipeline", folder, **parts, boundary_ratio=0.9)


def wan_frames(folder: Path) -> Path:
    """As Wan2.1-FLF2V-14B: a picture encoder that looks at the first and the last frame."""
    transformers = library("transformers")
    looks = {"hidden_size": _PICTURE, "intermediate_size": 32, "num_attention_heads": 2, "num_hidden_layers": 2}
    config = transformers.CLIPVisionConfig(**looks, image_size=32, patch_size=8, projection_dim=8)
    transformer = _transformer(36, image_dim=_PICTURE, added_kv_proj_dim=24, pos_embed_seq_len=2 * 17)
    encoder = transformers.CLIPVisionModel(config).eval()
    processor = transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    parts = {"transformer": transformer, "image_encoder": encoder, "image_processor": processor}
    return _saved("WanImageToVideoPipeline", folder, **parts)


def wan_small(folder: Path) -> Path:
    """As Wan2.2-TI2V-5B: one transformer for words and pictures, on latents sixteen times smaller."""
    vae = _vae(patch_size=2, is_residual=True, scale_factor_spatial=16, in_channels=12, out_channels=12)
    parts = {"transformer": _transformer(16), "transformer_2": None}
    return _saved("WanPipeline", folder, vae=vae, **parts, expand_timesteps=True)


def wan_text(folder: Path) -> Path:
    """As Wan2.2-T2V-A14B: words alone, two transformers."""
    parts = {"transformer": _transformer(16), "transformer_2": _transformer(16, seed=1)}
    return _saved("WanPipeline", folder, **parts, boundary_ratio=0.875)


def wan_vace(folder: Path) -> Path:
    """As Wan2.1-VACE: words, references, and frames that are kept."""
    library("torch").manual_seed(0)
    made = library("diffusers").WanVACETransformer3DModel
    transformer = _lively(made(**_SHAPE, in_channels=16, vace_layers=[0], vace_in_channels=96))
    return _saved("WanVACEPipeline", folder, transformer=transformer, transformer_2=None)


#: What makes the tiny checkpoint of a family.
WAN: dict[str, Callable[[Path], Path]] = {
    "wan-i2v": wan_image,
    "wan-flf2v": wan_frames,
    "wan-ti2v": wan_small,
    "wan-t2v": wan_text,
    "wan-vace": wan_vace,
}


def own_checkpoints(root: Path, *families: str) -> dict[str, dict[str, Any]]:
    """OXREEL_DIFFUSERS_CHECKPOINTS with a tiny checkpoint of each family that is named, or of all of Wan.

    "tiny-wan-i2v" and the like, made below `root` where they are not yet; they film small pictures in two steps.
    A process of its own that films with them is ten times as quick with OMP_NUM_THREADS=1, as this one is made here.
    """
    # Threads that share so little work only wait for one another.
    library("torch").set_num_threads(1)
    made: dict[str, dict[str, Any]] = {}
    for family in families or tuple(WAN):
        folder = root / family
        if not folder.exists():
            WAN[family](folder)
        made[f"tiny-{family}"] = {"family": family, "folder": str(folder), "steps": 2, "pixels": 48 * 32}
    return made


def byte_tokenizer(**more: Any) -> Any:
    """A tokenizer that knows the 256 bytes and nothing else."""
    tokenizers = library("tokenizers")
    alphabet = library("tokenizers.pre_tokenizers").ByteLevel.alphabet()
    names = ["<pad>", "</s>", "<unk>", *sorted(alphabet)]
    bytes_of = tokenizers.Tokenizer(
        library("tokenizers.models").BPE(vocab={name: index for index, name in enumerate(names)}, merges=[])
    )
    bytes_of.pre_tokenizer = library("tokenizers.pre_tokenizers").ByteLevel(add_prefix_space=False)
    bytes_of.decoder = library("tokenizers.decoders").ByteLevel()
    marks = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    return library("transformers").PreTrainedTokenizerFast(tokenizer_object=bytes_of, **{**marks, **more})


def library(name: str) -> Any:
    """A library that only a machine that films with weights has."""
    return import_module(name)


#: Of every transformer here.
_SHAPE: dict[str, Any] = {
    "patch_size": (1, 2, 2),
    "num_attention_heads": 2,
    "attention_head_dim": 12,
    "out_channels": 16,
    "text_dim": _TEXT,
    "freq_dim": 16,
    "ffn_dim": 16,
    "num_layers": 2,
    "cross_attn_norm": True,
    "qk_norm": "rms_norm_across_heads",
    "rope_max_seq_len": 128,
}


def _transformer(in_channels: int, seed: int = 0, **more: Any) -> Any:
    library("torch").manual_seed(seed)
    return _lively(library("diffusers").WanTransformer3DModel(**_SHAPE, in_channels=in_channels, **more))


def _vae(**more: Any) -> Any:
    library("torch").manual_seed(3)
    shape: dict[str, Any] = {"base_dim": 2, "z_dim": 16, "dim_mult": [1, 1, 1, 1], "num_res_blocks": 1}
    shape["temperal_downsample"] = [False, True, True]
    return _lively(library("diffusers").AutoencoderKLWan(**{**shape, **more}))


def _lively(module: Any) -> Any:
    """The module with weights so large that whatever goes in can be seen in what comes out."""
    torch = library("torch")
    with torch.no_grad():
        for weights in module.parameters():
            if weights.dim() > 1:
                weights.normal_(0, 1.5 / weights[0].numel() ** 0.5)
    return module


def _saved(pipeline: str, folder: Path, *, vae: Any = None, **parts: Any) -> Path:
    diffusers, transformers = library("diffusers"), library("transformers")
    vae = vae or _vae()
    size = {"d_model": _TEXT, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 2, "vocab_size": 260}
    encoder = transformers.UMT5EncoderModel(transformers.UMT5Config(**size, feed_forward_proj="gated-gelu")).eval()
    scheduler = diffusers.UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=3.0
    )
    made = getattr(diffusers, pipeline)
    made(tokenizer=byte_tokenizer(), text_encoder=encoder, vae=vae, scheduler=scheduler, **parts).save_pretrained(
        folder
    )
    return folder
