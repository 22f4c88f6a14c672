"""Places in a block, written down in few bytes and put together as bits of one integer."""

import struct
from collections.abc import Iterator, Sequence

#: How the bytes begin: two for each place, or one bit.
_LISTED, _BITS = b"\0", b"\1"


def packed(places: Sequence[int]) -> bytes:
    """Ascending places, the highest below 65,536."""
    width = places[-1] // 8 + 1
    if 2 * len(places) <= width:
        return _LISTED + struct.pack(f"<{len(places)}H", *places)
    return _BITS + _as_bits(places, width)


def as_integer(content: bytes) -> int:
    """The same with a bit for each place."""
    if content[:1] == _BITS:
        return int.from_bytes(content[1:], "little")
    places = struct.unpack(f"<{len(content) // 2}H", content[1:])
    return int.from_bytes(_as_bits(places, places[-1] // 8 + 1), "little")


def of_integer(bits: int) -> Iterator[int]:
    """The places of its bits, ascending."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def packed_sequences(after: int, sequences: Sequence[int]) -> bytes:
    """The sequences of a block that begins behind `after`, by place."""
    return struct.pack(f"<{len(sequences)}Q", *(one - after for one in sequences))


def sequence_at(content: bytes, after: int, place: int) -> int:
    """The sequence at a place of a block."""
    (offset,) = struct.unpack_from("<Q", content, 8 * place)
    return after + int(offset)


def _as_bits(places: Sequence[int], width: int) -> bytes:
    bits = bytearray(width)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)
