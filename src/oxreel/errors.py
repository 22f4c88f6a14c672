"""What can go wrong, in the words of the wire.

OxReelError
├── Unauthenticated        no key, or a key that nobody owns
├── InvalidParams          the request asks for something that cannot be
│   └── BadReference       a picture or video of the request cannot be used
├── InsufficientCredits    the paying namespace has less than the price
├── Forbidden              known, but not this caller's to use
├── NotFound               unknown, or not visible to this caller
├── Conflict               clashes with what already exists
├── PayloadTooLarge        more bytes than the limit
├── UnsupportedMediaType   the model or the endpoint takes another kind of content
├── RateLimited            too much at once; carries the seconds to wait
├── Unavailable            the database is away or overloaded; carries the seconds to wait
├── StorageUnavailable     the store of files does not answer
└── FilmingFailed          an engine could not make the video

Only `api/error_responses.py` knows which HTTP status each of them becomes.
"""


class OxReelError(Exception):
    """Something that the person at the other end can read: `message` is one sentence."""

    def __init__(self, message: str, *, detail: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        #: More than the sentence, where there is more to say.
        self.detail = detail or message


class Unauthenticated(OxReelError):
    """No API key came with the request, or one that is unknown or revoked."""


class InvalidParams(OxReelError):
    """The request asks for something that cannot be; the message says what and within which limit."""


class BadReference(InvalidParams):
    """A picture or video of the request cannot be used; the message names its field and the reason."""

    def __init__(self, message: str, *, detail: str | None = None, may_come: bool = False) -> None:
        super().__init__(message, detail=detail)
        #: Whether another try may find it: its server was not reached, or answered with something else.
        self.may_come = may_come


class InsufficientCredits(OxReelError):
    """The paying namespace has less than the price."""


class Forbidden(OxReelError):
    """The caller is known but may not do this."""


class NotFound(OxReelError):
    """Unknown, or not visible to this caller: the two must look the same."""


class Conflict(OxReelError):
    """Clashes with what already exists."""


class PayloadTooLarge(OxReelError):
    """More bytes than the limit allows."""


class UnsupportedMediaType(OxReelError):
    """The content, or the model, is of another kind than this endpoint takes."""


class RateLimited(OxReelError):
    """Too much at once."""

    def __init__(self, message: str, *, retry_after: int, detail: str | None = None) -> None:
        super().__init__(message, detail=detail)
        #: Seconds until another try is worthwhile.
        self.retry_after = retry_after


class StorageUnavailable(OxReelError):
    """The store of files does not answer, or not as it must; another try may find it again."""


class Unavailable(OxReelError):
    """The database is away, or has no connection free; another try may find it again."""

    def __init__(self, message: str, *, retry_after: int, detail: str | None = None) -> None:
        super().__init__(message, detail=detail)
        #: Seconds until another try is worthwhile.
        self.retry_after = retry_after


class FilmingFailed(OxReelError):
    """An engine could not make the video; the message says why, without its internals."""


class WrongSetting(ValueError):
    """A setting that the hub cannot start with: no request ever meets it."""
