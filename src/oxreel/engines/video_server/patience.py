"""How long a video server is waited for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """Seconds."""

    #: That one shot may take on the server, its queue and the way from there included.
    film: float = 3600.0
    #: That one request for a shot may be on its way, its pictures and the answer included.
    accept: float = 300.0
    #: That the server may be away, before it takes a request and while it films.
    away: float = 120.0
    #: Between two looks.
    pause: float = 1.0
