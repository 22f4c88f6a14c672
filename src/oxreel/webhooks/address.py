"""Where a message may go: an https URL, and plain http only to hosts that the operator allows."""

import ipaddress
import re

from oxreel.errors import InvalidParams
from oxreel.network.addresses import is_public
from oxreel.network.connection import NotPublic, Reach
from oxreel.network.place import NotAPlace, Place, WrongScheme, read_place, shortened

_LONGEST_URL = 2048
#: What whoever is refused may ask for.
_ALLOWED = "Whoever runs this hub can allow the host by OXREEL_WEBHOOK_ALLOW_HOSTS."
_BLANK = re.compile(r"[\x00-\x20\x7f]")


def check_address(field: str, url: str, reach: Reach) -> None:
    """Nothing for a URL that messages may be sent to, as far as its text tells. Raises InvalidParams."""
    try:
        place_of(url, reach)
    except NotPublic as error:
        raise InvalidParams(f"{field}: {error}. {_ALLOWED}") from None
    except NotAPlace as error:
        hint = f" {_ALLOWED}" if isinstance(error, WrongScheme) and url.lower().startswith("http:") else ""
        raise InvalidParams(f"{field}: {error}.{hint}") from None


def place_of(url: str, reach: Reach) -> Place:
    """The place that a message goes to. Raises NotAPlace, NotPublic."""
    if _BLANK.search(url):
        raise NotAPlace(f"'{shortened(url)}' is not a URL (it has blanks in it)")
    place = read_place(url, _LONGEST_URL)
    if reach.allows(place.host, place.port):
        return place
    if place.scheme != "https":
        raise WrongScheme(f"'{shortened(url)}' is not an https:// URL, and only those are sent to")
    if _is_address(place.host) and not is_public(place.host):
        raise NotPublic(place.host)
    return place


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
