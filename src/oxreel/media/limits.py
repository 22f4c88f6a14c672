"""How much of an untrusted reference is taken: bytes, pixels, seconds."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # settings are slow to import, and whoever prepares references only needs the numbers
    from oxreel.settings import Settings

#: As in every setting.
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """What an operator allows, as plain values that cross to another process."""

    image_bytes: int = 10 * MEGABYTE
    image_pixels: int = 64_000_000
    video_bytes: int = 200 * MEGABYTE
    #: Seconds that fetching one reference may take, from the look-up of its host to its last byte.
    fetch_seconds: float = 30.0
    fetch_redirects: int = 5
    #: Hosts ("name", "name:port" or an address) that may be private.
    allow_hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: "Settings") -> "Limits":
        """The limits that the settings say."""
        return cls(
            image_bytes=settings.image_megabytes * MEGABYTE,
            image_pixels=settings.image_megapixels * 1_000_000,
            video_bytes=settings.video_megabytes * MEGABYTE,
            fetch_seconds=settings.fetch_seconds,
            fetch_redirects=settings.fetch_redirects,
            allow_hosts=settings.fetch_allow_hosts,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, as `from_json` reads them."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Limits":
        """The limits that `to_json` wrote."""
        return cls(**{**data, "allow_hosts": tuple(data["allow_hosts"])})


def megabytes(size: int) -> str:
    """A size for people: "10 MB", "10.3 MB"."""
    return f"{size / MEGABYTE:.1f}".removesuffix(".0") + " MB"
