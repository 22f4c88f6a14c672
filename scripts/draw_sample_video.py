"""Draws the sample video anew: winter turns to summer while the camera closes in on the ox.

python scripts/draw_sample_video.py src/oxreel/samples/winter_summer_ox.mp4
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from oxreel.media.colour import planes_from_rgb
from oxreel.media.encode import Encoder, Quality
from oxreel.media.join import join
from oxreel.units import frame_count

SECONDS = 5
SIZE = (1280, 720)
#: Where the ox stands, as shares of width and height, and how near the camera comes.
OX = (0.513, 0.66)
NEAREST = 1.7
#: Meadow colours by how bright the snow was.
SHADE, LIGHT = np.array([58, 104, 44], float), np.array([178, 205, 96], float)


def main(target: Path) -> None:
    """Draw and encode every frame."""
    winter = Image.open(Path(__file__).parents[1] / "src/oxreel/samples/ox_zoom_out_1926_1076.png").convert("RGB")
    summer = thawed(winter)
    frames = frame_count(SECONDS)
    segment = target.with_suffix(".segment.mp4")
    with Encoder(segment, *SIZE, quality=Quality(preset="veryslow", crf=29)) as encoder:
        for index in range(frames):
            way = index / (frames - 1)
            eased = way * way * (3 - 2 * way)
            season = float(np.clip((eased - 0.25) / 0.6, 0, 1))
            encoder.write(planes_from_rgb(np.asarray(closer(Image.blend(winter, summer, season), eased))))
    join([segment], target)
    segment.unlink()


def thawed(winter: Image.Image) -> Image.Image:
    """The same road in summer: snow on the ground and on the trees becomes grass and needles."""
    pixels = np.asarray(winter, float)
    value, least = pixels.max(axis=2) / 255, pixels.min(axis=2) / 255
    saturation = (value - least) / np.maximum(value, 1e-3)
    height, width = value.shape
    row, column = np.mgrid[0:height, 0:width]
    ground = np.clip((row / height - 0.49) / 0.06, 0, 1)
    road = np.exp(-(((column / width - 0.5) / 0.085 / np.clip((row / height - 0.5) / 0.35, 0.15, 1.4)) ** 4))
    cold = np.clip((pixels[..., 2] - pixels[..., 0]) / 60 + 0.9, 0, 1)
    snow = ground * np.clip((value - 0.45) / 0.2, 0, 1) * np.clip((0.6 - saturation) / 0.2, 0, 1) * cold
    meadow = SHADE + (LIGHT - SHADE) * np.clip((value - 0.5) / 0.5, 0, 1)[..., None]
    earth = np.array([150, 120, 84], float) * (0.55 + 0.6 * value[..., None])
    turf = meadow * (1 - road[..., None]) + earth * road[..., None]
    mask = Image.fromarray((snow * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.2))
    share = np.asarray(mask, float)[..., None] / 255
    warm = pixels * np.array([1.04, 1.01, 0.93])
    return Image.fromarray(np.clip(warm * (1 - share) + turf * share, 0, 255).astype(np.uint8))


def closer(picture: Image.Image, way: float) -> Image.Image:
    """The frame that the camera sees on its way from the whole picture to the ox."""
    zoom = NEAREST**way
    width, height = picture.width / zoom, picture.width / zoom * SIZE[1] / SIZE[0]
    height = min(height, picture.height / zoom)
    left = (OX[0] * picture.width - width / 2) * way + (picture.width - width) / 2 * (1 - way)
    top = (OX[1] * picture.height - height / 2) * way + (picture.height - height) / 2 * (1 - way)
    left, top = np.clip(left, 0, picture.width - width), np.clip(top, 0, picture.height - height)
    return picture.resize(SIZE, Image.Resampling.LANCZOS, box=(left, top, left + width, top + height))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
