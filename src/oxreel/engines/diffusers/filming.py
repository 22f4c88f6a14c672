"""Filming: one shot as clips of what the weights take, and those as a segment of exactly its frames."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from oxreel.engines.diffusers.family import Clip, Footage, Frames, OnStep, Rules
from oxreel.engines.diffusers.sizing import clip_size
from oxreel.engines.diffusers.timing import clips_of, goes_on, lead, positions
from oxreel.engines.diffusers.words import words_of
from oxreel.engines.engine import OnFrame, Segment
from oxreel.errors import FilmingFailed
from oxreel.media.between import at
from oxreel.media.colour import planes_from_rgb
from oxreel.media.decode import pictures
from oxreel.media.encode import Encoder
from oxreel.media.framing import covering, opened
from oxreel.media.join import sound_samples
from oxreel.media.sound import Samples, for_film, write_wave
from oxreel.storyboard import Shot, Storyboard
from oxreel.units import FRAME_RATE

#: Share of a shot's progress that is filming; the rest is making its frames a segment.
_FILMING = 0.9
#: Far enough apart that no two clips of a film share their noise.
_NEXT_SHOT, _NEXT_CLIP = 1_000_003, 7_919

#: Films a clip, telling each step.
FilmClip = Callable[[Clip, OnStep], Footage]


@dataclass(frozen=True)
class Means:
    """What a shot is filmed with."""

    rules: Rules
    #: 0 for the rules' own.
    steps: int
    film: FilmClip


def film(
    storyboard: Storyboard, shot: Shot, folder: Path, before: Path | None, means: Means, on_frame: OnFrame
) -> Segment:
    """The shot as a segment in `folder`; `before` is the segment that it goes on from.

    Raises BadReference where a picture cannot be read.
    """
    clips = planned(storyboard, shot, means)
    if before is not None:
        clips[0] = replace(clips[0], opening=_ending(before, clips[0], means.rules))
    frames, sound = _filmed(clips, shot, means, on_frame)
    target = folder / f"shot-{shot.index:02}.mp4"
    with Encoder(target, storyboard.width, storyboard.height) as encoder:
        for picture in at(frames, positions(shot, means.rules)):
            whole = covering(Image.fromarray(picture), storyboard.width, storyboard.height)
            encoder.write(planes_from_rgb(np.asarray(whole)))
            on_frame(int(shot.frames * _FILMING + encoder.frames * (1 - _FILMING)))
    on_frame(encoder.frames)
    return Segment(target, encoder.frames, None if sound is None else _written(sound, target))


def planned(storyboard: Storyboard, shot: Shot, means: Means) -> list[Clip]:
    """The clips of a shot, without the openings that they get when what comes before was filmed."""
    rules, lengths = means.rules, clips_of(shot, means.rules)
    size = clip_size(storyboard.width, storyboard.height, rules)
    start, tail = (None if one is None else covering(opened(one), *size) for one in (shot.start, shot.tail))
    every = Clip(
        prompt=words_of(shot, rules),
        negative_prompt=(storyboard.negative_prompt or rules.usual_negative) if "negative" in rules.can else "",
        seed=storyboard.seed,
        width=size[0],
        height=size[1],
        frames=lengths[0],
        rate=rules.rate,
        steps=means.steps or rules.steps,
        guidance=rules.guidance,
        late_guidance=rules.late_guidance,
        references=tuple(opened(reference) for reference in shot.references),
        audio=storyboard.audio and "audio" in rules.can,
    )
    last = len(lengths) - 1
    return [
        replace(
            every,
            seed=(storyboard.seed + shot.index * _NEXT_SHOT + index * _NEXT_CLIP) % 2**63,
            start=start if index == 0 else None,
            tail=tail if index == last else None,
        )
        for index in range(len(lengths))
    ]


def _ending(before: Path, clip: Clip, rules: Rules) -> Frames:
    """The last frames of a segment at the model's rate, as an opening of the clip."""
    back = [round(index * FRAME_RATE / rules.rate) for index in reversed(range(rules.opening))]
    found = pictures(before, [-1 - index for index in back])
    return np.stack([np.asarray(covering(Image.fromarray(one), clip.width, clip.height)) for one in found])


def _filmed(clips: list[Clip], shot: Shot, means: Means, on_frame: OnFrame) -> tuple[Frames, Samples | None]:
    """The frames of all clips from the first that counts, and the sound of the shot where there is any."""
    rules, pieces, heard = means.rules, [], []
    opening = clips[0].opening
    for index, clip in enumerate(clips):

        def tell(done: int, total: int, index: int = index) -> None:
            on_frame(int((index + done / total) / len(clips) * _FILMING * shot.frames))

        footage = means.film(replace(clip, opening=opening), tell)
        if footage.frames.shape != (clip.frames, clip.height, clip.width, 3):
            raise FilmingFailed(f"{clip.frames} frames were to be filmed; {len(footage.frames)} came.")
        dropped = rules.opening if index else lead(shot, rules)
        pieces.append(footage.frames[dropped:])
        if footage.sound is not None:
            # The frame that a shot moves from is not its own.
            skipped = dropped / rules.rate + (0 if index else int(goes_on(shot, rules)) / FRAME_RATE)
            heard.append((footage.sound[:, round(skipped * footage.sound_rate) :], footage.sound_rate))
        opening = footage.frames[-rules.opening :] if rules.opening else None
    frames = np.concatenate(pieces) if len(pieces) > 1 else pieces[0]
    if not heard or not clips[0].audio:
        return frames, None
    sound = np.concatenate([samples for samples, _ in heard], axis=1)
    return frames, for_film(sound, heard[0][1], sound_samples(shot.frames))


def _written(sound: Samples, segment: Path) -> Path:
    target = segment.with_suffix(".wav")
    write_wave(target, sound)
    return target
