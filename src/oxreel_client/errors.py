"""What can go wrong for a client.

ClientError
├── HubUnreachable       no answer: not running, wrong address, connection lost
├── HubRefused           an answer that says no; carries the hub's own sentence
├── StillRunning         the time to wait is over before the video was ready
├── GenerationFailed     the generation ended without a video; carries the reason
└── GenerationCancelled  somebody cancelled it
"""


class ClientError(Exception):
    """Something that the person at the keyboard can read: its text is one sentence."""


class HubUnreachable(ClientError):
    """The hub gave no answer: it is not running, the address is wrong, or the connection was lost."""


class HubRefused(ClientError):
    """The hub answered no; the text is its own message."""

    def __init__(self, message: str, *, status: int, kind: str, detail: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        #: HTTP status.
        self.status = status
        #: The hub's word for it: "invalid_params", "insufficient_credits", "unauthenticated", ...
        self.kind = kind
        #: More than the message, where the hub said more.
        self.detail = detail
        #: Seconds until another try is worthwhile, where the hub said so.
        self.retry_after = retry_after


class StillRunning(ClientError):
    """The video was not ready within the time given; the generation goes on."""


class _Ended(ClientError):
    def __init__(self, message: str, generation_id: str) -> None:
        super().__init__(message)
        self.generation_id = generation_id


class GenerationFailed(_Ended):
    """The generation ended without a video; the text is the hub's reason. Nothing was charged."""


class GenerationCancelled(_Ended):
    """The generation was cancelled before it ended. Nothing was charged."""
