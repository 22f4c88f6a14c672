"""Keying: a subject taken out of a plain background, or nothing where that is not certain."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.actor import Cutout

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

#: Longest side of the copy in which the background is sought.
_SIDE = 512
#: CIE Lab distances: as far may a pixel lie from the background beside it, and as far must a subject stand out.
_SAME, _OTHER = 7.0, 16.0
#: The same, where the background is perfectly smooth.
_STRICTEST = 3.5
#: Fainter than this beside the outline is what compression left, or than this share of what stands beside it.
_FAINT, _FAINT_SHARE = 10.0, 0.25
#: What is only a few pixels wide is the subject where it stands out as far as this.
_THIN = 30.0
#: The same, for background that is seen through the subject, far from what is known of it.
_THROUGH = 12.0
#: Share of the border that must be background, and of the picture that must be background and subject.
_BORDER, _BORDER_STRICT = 0.8, 0.97
_LEAST_BACKGROUND, _LEAST_SUBJECT = 0.12, 0.03
#: Share of the outline along which the subject stands out.
_CLEAR_OUTLINE, _CLEAR_BOX = 0.72, 0.985
#: A silhouette's outline squared by its area: a disc has 12.6, a person about 60, lines of type several hundred.
_RAGGED = 700.0
#: A part smaller than this share of the largest one, and outside its hull, is a stray of the background.
_STRAY = 0.12
#: Lab that the colour of an edge may go to and fro along it, noise and soft shadows.
_WAVER = 45.0
#: The most that may stand around the subject unexplained, as a share of it.
_MOST_REST = 0.35
#: How dark a shadow on the background may be, and how far its colour may stray from it (shares of it).
_DARKEST_SHADOW, _SHADOW_TINT = 0.5, 0.065


@dataclass(frozen=True)
class _Ground:
    """The background: its colour everywhere, float32 sRGB, and where it is seen, as it is seen small."""

    colour: Floats
    seen: Mask


def background_of(pixels: Pixels, *, strict: bool) -> Cutout | None:
    """The subject of an RGB picture before a plain background, its alpha soft at the edges; None where in doubt."""
    height, width, _ = pixels.shape
    if min(height, width) < 16:
        return None
    share = min(1.0, _SIDE / max(height, width))
    size = max(16, round(width * share)), max(16, round(height * share))
    reduced = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    # The noise of compression goes, edges stay.
    small = np.asarray(cv2.bilateralFilter(reduced, 5, 14, 2.0), np.float32)
    ground = _ground(small) if _plain(small) else None
    if ground is None:
        return None
    whole = _filled(_clean(~ground.seen, ground, small), ground, small)
    subject = _without_strays(whole, small, ground)
    if (whole & ~subject).sum() > _MOST_REST * subject.sum() or not _certain(subject, ground, small, strict=strict):
        return None
    return _matte(pixels, subject, ground)


def _plain(small: Floats) -> bool:
    """Whether the upper edge and both sides are plain: one colour, a gradient, or a wall and a floor."""
    lab = np.asarray(cv2.GaussianBlur(_lab(small), (0, 0), 1.0), np.float32)
    strip = max(2, min(lab.shape[:2]) // 40)
    for side in (lab[:strip].swapaxes(0, 1), lab[:, :strip], lab[:, -strip:]):
        profile = side.mean(axis=1)
        # A gradient goes one way; what goes to and fro is a picture.
        way = np.abs(np.diff(profile[::2], axis=0)).sum(axis=0)
        if (way > 1.7 * np.ptp(profile, axis=0) + _WAVER).any() or float(np.median(side.std(axis=1).max(axis=1))) > 3:
            return False
    return True


def _ground(small: Floats) -> _Ground | None:
    """The background, flooded from the border: first as the border suggests it, then as it turns out to be."""
    lab = _lab(small)
    guess = _between_sides(small)
    lit: Mask | None = None
    tolerance = _SAME
    for _ in range(5):
        away = np.sqrt(((lab - _lab(guess)) ** 2).sum(axis=2))
        flooded = _flooded(away < tolerance)
        if flooded.mean() < _LEAST_BACKGROUND:
            return None
        if lit is not None and np.array_equal(flooded, lit):
            break
        lit = flooded
        # As strict as the ground is smooth, and learnt where it is broad, or pale parts of the subject drown in it.
        tolerance = float(np.clip(2.5 * np.percentile(away[lit], 90), _STRICTEST, _SAME))
        guess = _spread(small, _broad(lit))
    assert lit is not None
    # Shadows are told by the ground in the light around them, and are then part of the ground as it is seen.
    seen = _flooded(lit | _shaded(small, guess))
    return _Ground(_spread(small, _eroded(seen)), seen)


def _broad(mask: Mask) -> Mask:
    """The mask without its edges and without what is narrow."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))
    opened = cv2.morphologyEx(np.pad(mask, 16, mode="edge").astype(np.uint8), cv2.MORPH_OPEN, disc)[16:-16, 16:-16]
    return _eroded(mask & opened.astype(bool))


def _eroded(mask: Mask) -> Mask:
    return np.asarray(cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool))


def _between_sides(small: Floats) -> Floats:
    """A background that goes smoothly from the left edge of the picture to its right one, row by row."""
    height, width, _ = small.shape
    strip = max(2, width // 40)
    left, right = (np.asarray(np.median(side, axis=1), np.float32) for side in (small[:, :strip], small[:, -strip:]))
    size = max(3, height // 60 * 2 + 1)
    left, right = (np.asarray(cv2.blur(side[:, None], (1, size)), np.float32).reshape(-1, 3) for side in (left, right))
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    return np.asarray(left[:, None] * (1 - across) + right[:, None] * across, np.float32)


def _shaded(small: Floats, ground: Floats) -> Mask:
    """Where the picture is the background in shadow: darker, smooth, and of its colour."""
    ratio = (small + 1) / (ground + 1)
    mean = ratio.mean(axis=2)
    tint = np.abs(ratio - mean[..., None]).max(axis=2)
    luma = cv2.GaussianBlur(small.mean(axis=2), (0, 0), 1.0)
    steep = np.hypot(cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1)) / 8
    # On white every grey would pass for a shadow, so there it must be faint and soft.
    coloured = np.ptp(ground, axis=2) > 24
    darkest = np.where(coloured, _DARKEST_SHADOW, 0.78)
    faithful = tint < _SHADOW_TINT * np.where(coloured, 1, 0.4)
    return np.asarray((mean > darkest) & (mean < 0.97) & faithful & (steep < 3.0))


def _flooded(near: Mask) -> Mask:
    """The parts of a mask that reach the border."""
    _, labels = cv2.connectedComponents(near.astype(np.uint8), connectivity=4)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.isin(labels, np.unique(border[border > 0]))


def _spread(small: Floats, seen: Mask) -> Floats:
    """The colours seen, carried on smoothly where they are not: ever coarser means fill what finer ones leave."""
    height, width, _ = small.shape
    weighed = np.dstack([small * seen[..., None], seen.astype(np.float32)])
    filled, total = np.zeros_like(small), np.zeros(seen.shape, np.float32)
    for step in (1, 2, 4, 8, 16, 32, 64):
        size = max(1, width // step), max(1, height // step)
        mean = cv2.GaussianBlur(cv2.resize(weighed, size, interpolation=cv2.INTER_AREA), (0, 0), 2.0)
        mean = cv2.resize(mean, (width, height), interpolation=cv2.INTER_LINEAR)
        take = np.minimum(1 - total, np.clip(mean[..., 3] * 4, 0, 1))
        filled += mean[..., :3] / np.maximum(mean[..., 3:], 1e-6) * take[..., None]
        total += take
    return np.asarray(filled / np.maximum(total, 1e-6)[..., None], np.float32)


def _clean(subject: Mask, ground: _Ground, small: Floats) -> Mask:
    """The subject without what compression left beside its outline: faint pixels between strong ones and the ground."""
    away = np.sqrt(((_lab(small) - _lab(ground.colour)) ** 2).sum(axis=2))
    near = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    strong = cv2.dilate((subject & (away > _OTHER)).astype(np.uint8), near).astype(bool)
    beside = cv2.dilate((~subject).astype(np.uint8), near).astype(bool)
    faint = np.maximum(_FAINT, _FAINT_SHARE * cv2.dilate(np.where(subject, away, 0).astype(np.float32), near))
    subject = subject & ~(strong & beside & (away < faint))
    # And crumbs: what is thin must be strong, as lettering is.
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    solid = cv2.morphologyEx(subject.astype(np.uint8), cv2.MORPH_OPEN, cross, iterations=2).astype(bool)
    return np.asarray(subject & (solid | (away > _THIN)))


def _filled(subject: Mask, ground: _Ground, small: Floats) -> Mask:
    """The subject without the background that is seen through it."""
    lab = _lab(small)
    away = np.sqrt(((lab - _lab(ground.colour)) ** 2).sum(axis=2))
    holes = subject & (away < _THROUGH) & _known(lab, ground.seen)
    holes &= cv2.morphologyEx(holes.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(bool)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(holes.astype(np.uint8), connectivity=4)
    letters = _parts(subject)[0] >= 4
    for index in range(1, count):
        region = labels == index
        # White eyes before a white wall are eyes; what is as tinted as the wall is the wall. Between letters it is too.
        tinted = float(np.ptp(ground.colour[region].mean(axis=0))) > 24
        size = stats[index, cv2.CC_STAT_AREA]
        smooth = float(lab[region].std(axis=0).max()) < 2.0
        # A gap has the subject all around it.
        near, around = (cv2.dilate(region.astype(np.uint8), np.ones((n, n), np.uint8)).astype(bool) for n in (5, 9))
        closed = float((subject & (away > _OTHER))[around & ~near].mean()) > 0.9
        if (
            (letters or (tinted and closed and size < 0.02 * subject.size))
            and smooth
            and size >= (12 if letters else 40)
        ):
            subject = subject & ~cv2.dilate(region.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    return subject


def _known(lab: Floats, seen: Mask) -> Mask:
    """Where the picture has a colour of the background, wherever in the background it is."""
    bins = np.clip(np.rint((lab + np.array([0, 128, 128], np.float32)) / 3), 0, 87).astype(np.intp)
    place = (bins[..., 0] * 88 + bins[..., 1]) * 88 + bins[..., 2]
    counts = np.bincount(place[seen], minlength=88**3)
    return np.asarray(counts[place] > 0.0002 * seen.size)


def _parts(subject: Mask) -> tuple[int, NDArray[np.int32], NDArray[np.int32]]:
    """How many parts of a subject are no strays, every part's label, and each part's area."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(subject.astype(np.uint8), connectivity=8)
    areas = np.array(stats[:, cv2.CC_STAT_AREA], np.int32)
    areas[0] = 0
    return int((areas >= _STRAY * areas.max()).sum()), np.asarray(labels, np.int32), areas


def _without_strays(subject: Mask, small: Floats, ground: _Ground) -> Mask:
    """The subject without specks, and without what floats around it in a drawn background."""
    main, labels, areas = _parts(subject)
    if not main:
        return subject
    large = np.flatnonzero(areas >= _STRAY * areas.max())
    # Before one flat colour everything is meant; a background that is drawn has things of its own.
    flat = float(small[ground.seen].std(axis=0).max()) < 3.0
    points = np.argwhere(np.isin(labels, large))[:, ::-1].astype(np.int32)
    hull = np.zeros(subject.shape, np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(points), 1)
    kept = []
    for index in np.flatnonzero(areas):
        inside = float(hull[labels == index].mean())
        meant = flat and areas[index] >= 6
        if index in large or (main > 1 and inside > 0.95 and areas[index] >= 4) or meant:
            kept.append(index)
    return np.isin(labels, kept)


def _certain(subject: Mask, ground: _Ground, small: Floats, *, strict: bool) -> bool:
    """Whether the outline is that of a thing, and not of a picture's brightest or busiest part."""
    area = float(subject.mean())
    if not _LEAST_SUBJECT <= area <= 1 - _LEAST_BACKGROUND:
        return False
    border = np.concatenate([subject[0], subject[-1], subject[:, 0], subject[:, -1]])
    # A bust stands on the lower edge, and a thing may touch one side; a scene touches several.
    upper = np.concatenate([subject[0], subject[: len(subject) // 2, 0], subject[: len(subject) // 2, -1]])
    if 1 - border.mean() < (_BORDER_STRICT if strict else _BORDER) or upper.mean() > 0.04:
        return False
    contours, _ = cv2.findContours(subject.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    length = sum(cv2.arcLength(one, True) for one in contours)
    if length * length / max(1, int(subject.sum())) > _RAGGED:
        return False
    away = np.sqrt(((_lab(small) - _lab(ground.colour)) ** 2).sum(axis=2))
    disc = np.ones((3, 3), np.uint8)
    inner = subject & ~cv2.erode(subject.astype(np.uint8), disc, iterations=3).astype(bool)
    # The strongest of the pixels just inside the outline: it is soft itself.
    rim = cv2.dilate(np.where(inner, away, 0).astype(np.float32), np.ones((5, 5), np.uint8))
    outline = subject & ~cv2.erode(subject.astype(np.uint8), disc).astype(bool)
    clear = float((rim[outline] > _OTHER).mean())
    rows, columns = np.flatnonzero(subject.any(axis=1)), np.flatnonzero(subject.any(axis=0))
    box = (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)
    # A rectangle is a picture on a page, where the page does not stand out from all of it.
    if clear < (_CLEAR_BOX if subject.sum() > 0.9 * box else _CLEAR_OUTLINE):
        return False
    if not strict:
        return True
    rows, columns = np.nonzero(subject)
    across, down = columns.mean() / subject.shape[1], rows.mean() / subject.shape[0]
    return 0.25 < across < 0.75 and 0.2 < down < 0.8 and area > 2 * _LEAST_SUBJECT


def _matte(pixels: Pixels, subject: Mask, ground: _Ground) -> Cutout:
    """The picture with the subject's alpha: whole inside, soft over the edge, the background's colour taken out."""
    height, width, _ = pixels.shape
    size = width, height
    scale = max(width / subject.shape[1], 1.0)
    soft = cv2.resize(subject.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    reach = max(2, round(1.6 * scale))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    sure = cv2.erode((soft > 0.5).astype(np.uint8), disc).astype(bool)
    never = ~cv2.dilate((soft > 0.5).astype(np.uint8), disc).astype(bool)
    behind = np.asarray(cv2.resize(ground.colour, size, interpolation=cv2.INTER_LINEAR), np.float32)
    # Thin strokes have no inside: their strongest pixels are surely their own.
    away = np.sqrt(((_lab(pixels.astype(np.float32)) - _lab(behind)) ** 2).sum(axis=2)) * (soft > 0.3)
    sure |= (away > _OTHER) & (away >= 0.98 * cv2.dilate(away, np.ones((5, 5), np.uint8)))
    own = _nearest(pixels, sure)
    colour = pixels.astype(np.float32)
    towards = own - behind
    alpha = ((colour - behind) * towards).sum(axis=2) / np.maximum((towards**2).sum(axis=2), 1.0)
    # Where the subject has the background's colour nothing can be measured, and the small outline decides.
    measured = np.clip((np.sqrt((towards**2).sum(axis=2)) - 12) / 24, 0, 1)
    alpha = np.clip((alpha - 0.08) / 0.84, 0, 1) * measured + soft * (1 - measured)
    alpha = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), 0.6)
    alpha[sure], alpha[never] = 1, 0
    alpha = np.where(alpha > 0.98, 1, alpha)
    edge = (alpha > 0) & (alpha < 1)
    clean = (colour - (1 - alpha[..., None]) * behind) / np.maximum(alpha, 0.25)[..., None]
    share = np.clip(alpha * 2 - 0.6, 0, 1)[..., None]
    clean = np.clip(clean, 0, 255) * share + own * (1 - share)
    colour[edge] = clean[edge]
    return np.dstack([np.rint(colour), np.rint(alpha * 255)]).astype(np.uint8)


def _nearest(pixels: Pixels, sure: Mask) -> Floats:
    """Every pixel's colour as the subject would have it: the mean around the nearest pixel that is surely its own."""
    if not sure.any():
        return pixels.astype(np.float32)
    _, labels = cv2.distanceTransformWithLabels(
        (~sure).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    colours = np.zeros((labels.max() + 1, 3), np.float32)
    colours[labels[sure]] = pixels[sure]
    return np.asarray(colours[labels])


def _lab(rgb: Floats) -> Floats:
    """CIE Lab of sRGB 0..255."""
    return np.asarray(cv2.cvtColor(rgb / np.float32(255), cv2.COLOR_RGB2LAB))
