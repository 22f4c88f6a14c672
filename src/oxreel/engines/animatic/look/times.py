"""Times of day as formulas of colour: how a picture taken by day looks at another hour."""

import numpy as np

from oxreel.engines.animatic.look.tone import Colours, Formula, Shares, blend, step
from oxreel.engines.animatic.plan import TimeOfDay

#: Mean luma (0..1) that pictures of that hour have, about: what a picture is brought towards.
BRIGHTNESS: dict[TimeOfDay, float] = {"sunrise": 0.52, "day": 0.56, "golden_hour": 0.5, "dusk": 0.33, "night": 0.22}


def formulas_of(time: TimeOfDay, brightness: float) -> tuple[Formula, Formula]:
    """How the land of a picture of that mean luma (0..1) changes to that hour, and how its sky does."""
    wanted = BRIGHTNESS[time]
    if time == "day":
        gamma = float(np.clip(np.log(wanted) / np.log(min(max(brightness, 0.05), 0.95)), 0.5, 1.0))
        return _twice(lambda y, b, r: _day(y, b, r, gamma))
    gain = float(np.clip(wanted / max(brightness, 0.05), 0.3, 1.0))
    if time == "night":
        return lambda y, b, r: _night_land(y, b, r, gain), lambda y, b, r: _night_sky(y, b, r, gain)
    if time == "dusk":
        return _twice(lambda y, b, r: _dusk(y, b, r, max(0.45, gain)))
    if time == "golden_hour":
        # A low sun lights less than noon: what is brighter than its pictures are comes down, whites and all.
        gamma = float(np.clip(np.log(wanted + 0.08) / np.log(min(max(brightness, 0.05), 0.95)), 1.0, 1.8))
        return _twice(lambda y, b, r: _golden_hour(y, b, r, gamma))
    return _twice(_sunrise)


def _twice(formula: Formula) -> tuple[Formula, Formula]:
    return formula, formula


def _lamps(y: Shares, b: Shares, r: Shares) -> Shares:
    """0..1: how much a colour is that of a lit window or a lamp: bright, and more yellow than sunlit white."""
    return step(-b + 0.35 * r, 0.15, 0.21) * step(y, 0.45, 0.68) * step(r, 0.02, 0.06)


def _day(y: Shares, b: Shares, r: Shares, gamma: float) -> Colours:
    # What was dark was also blue: the more it is brightened, the more of that is taken back.
    lifted = 1 - gamma
    vivid = 1.06 + 0.5 * lifted
    return y**gamma, (b - 0.06 * lifted) * vivid, (r + 0.03 * lifted) * vivid


def _moonlit(y: Shares, b: Shares, r: Shares, gain: float) -> Colours:
    # The middle falls further than the highlights, and eyes see little colour in it.
    dark = gain * (0.44 * y + 0.56 * y**2.2) * 1.28 + 0.012
    cool = 0.026 + 0.05 * step(dark, 0.0, 0.35)
    return dark, 0.46 * b + cool, 0.48 * r - 0.55 * cool


def _night_land(y: Shares, b: Shares, r: Shares, gain: float) -> Colours:
    return blend(_moonlit(y, b, r, gain), _lamps(y, b, r), (0.9 * y + 0.04, 1.1 * b - 0.02, 1.15 * r + 0.03))


def _night_sky(y: Shares, b: Shares, r: Shares, gain: float) -> Colours:
    # A sun that is in the picture becomes the moon.
    moon = step(y, 0.94, 0.985) * step(np.hypot(b, r), 0.075, 0.03)
    return blend(_moonlit(y, b, r, 0.85 * gain), moon, (0.88 * y, 0.5 * b + 0.012, 0.5 * r - 0.006))


def _dusk(y: Shares, b: Shares, r: Shares, gain: float) -> Colours:
    lamp = _lamps(y, b, r)
    dark = gain * (0.62 * y + 0.38 * y**2) * 1.12 + 0.01
    # Violet shadows below, an afterglow of rose in what is bright.
    glow = step(y, 0.5, 0.95)
    blue = 0.66 * b + 0.055 - 0.045 * glow
    red = 0.66 * r - 0.004 + 0.05 * glow
    return blend((dark, blue, red), lamp, (0.95 * y, 1.1 * b, 1.12 * r + 0.02))


def _golden_hour(y: Shares, b: Shares, r: Shares, gamma: float) -> Colours:
    # Warm light: what is bright turns to honey, shadows keep some of the sky. Blacks are as deep as before.
    light, sun = step(y, 0.15, 0.85), step(y, 0.88, 1.0)
    low = y**gamma
    firm = 0.012 + 0.90 * (0.85 * low + 0.15 * low * low * (3 - 2 * low)) + 0.05 * step(y, 0.65, 0.95)
    sky = step(b, 0.02, 0.16)
    blue = b * (0.98 - 0.25 * sky) - 0.012 - 0.06 * light - 0.07 * sun
    return firm, blue, r * (1.08 - 0.4 * sky) + 0.006 + 0.046 * light + 0.028 * sun


def _sunrise(y: Shares, b: Shares, r: Shares) -> Colours:
    # Paler and rosier than the evening, with a cool haze in the shadows.
    light = step(y, 0.3, 0.9)
    pale = 0.06 + 0.88 * y
    return pale, 0.78 * b + 0.02 - 0.05 * light, 0.86 * r + 0.008 + 0.038 * light
