"""Money, time and frames in the units that the rest of the house counts in."""

from decimal import Decimal
from fractions import Fraction
from typing import NewType

#: A millionth of a US dollar. Always an integer: money is never a float.
MicroUSD = NewType("MicroUSD", int)
#: Milliseconds since 1970-01-01 UTC.
UnixMs = NewType("UnixMs", int)

#: Frames per second of every delivered video (observed Kling output, 2026-11).
FRAME_RATE = Fraction(24)


def micro_usd(dollars: Decimal | str | int) -> MicroUSD:
    """Dollars as micro-dollars. Raises ValueError where a fraction of a micro-dollar would be lost."""
    micro = Decimal(dollars) * 1_000_000
    if micro != micro.to_integral_value():
        raise ValueError(f"{dollars} dollars is finer than a millionth of a dollar")
    return MicroUSD(int(micro))


def dollars_text(amount: MicroUSD) -> str:
    """A decimal string of dollars without needless zeros, at least two decimals: '1.12', '0.067'."""
    text = f"{Decimal(amount) / 1_000_000:.6f}"
    whole, _, cents = text.partition(".")
    return f"{whole}.{cents.rstrip('0').ljust(2, '0')}"


def frame_count(seconds: int) -> int:
    """Frames of a clip of whole seconds: 24 a second and the closing one (observed Kling output)."""
    return int(FRAME_RATE * seconds) + 1


def whole_seconds(seconds: float) -> int:
    """The nearest whole second, at least one: the length that is filmed and charged."""
    return max(1, int(seconds + 0.5))


def unix_seconds(ms: int | None) -> int | None:
    """The wire's UNIX seconds of a stored time, None staying None."""
    return None if ms is None else ms // 1000
