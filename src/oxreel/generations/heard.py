"""What a provider says of a film that it makes: its worker then looks at once instead of now and then."""

import sqlalchemy as sa

from oxreel.generations import upstream
from oxreel.generations.generation import Status, find


def hear(tx: sa.Connection, generation_id: str, engine: str, request_id: str) -> bool:
    """Whether a worker waits for that request, and is told; said again, it changes nothing. Raises NotFound."""
    generation = find(tx, generation_id)
    memo = generation.upstream or {}
    # fal may be quicker than the worker that writes down the number of the request.
    if generation.engine != engine or memo.get("request_id", request_id) != request_id:
        return False
    if generation.status is not Status.PROCESSING or memo.get("heard") == request_id:
        return False
    upstream.note(tx, generation_id, {"heard": request_id})
    return True
