"""What fal says of a request that it does not film, in the words that clients know."""

from collections.abc import Mapping
from typing import Any

from oxreel.engines.fal.exchange import Answer
from oxreel.errors import FilmingFailed, InvalidParams, OxReelError
from oxreel.log import Log

log = Log(__name__)

#: How the documents begin every sentence about a request that the model refuses.
_OPENING = "Getting model response error: {status} - "
_MOST_PROBLEMS = 8
_LONGEST = 1000
#: The account, not the request: its key, its balance, its rights.
_OF_THE_ACCOUNT = (401, 402, 403)


def trouble(answer: Answer, names: Mapping[str, str], doing: str) -> OxReelError:
    """The error that an answer is which is no success; `names` are the request's own of fal's fields."""
    status, text = answer.status, _sentence(answer.said, names)
    log.info("fal_refused", doing=doing, status=status, said=text, retryable=_retryable(answer))
    if status in _OF_THE_ACCOUNT:
        log.warning(
            "fal_refused_the_account",
            status=status,
            said=text,
            check="OXREEL_FAL_KEY and the balance at fal's dashboard",
        )
        return FilmingFailed(
            f"The provider fal refused this hub's account ({status}). Only the hub's operator can change that; "
            "the worker's log says more."
        )
    if status in (400, 413, 422):
        return InvalidParams(_OPENING.format(status=status) + (text or "The request was refused."))
    why = text or "it gave no reason"
    again = " It may be worth another try." if _retryable(answer) else ""
    return FilmingFailed(
        f"The provider fal answered with status {status}: {why}{'' if why[-1] in '.!?' else '.'}{again}"
    )


def failed(said: Mapping[str, Any]) -> FilmingFailed:
    """The error of a film that ended without one."""
    kind, why = said.get("error_type"), str(said.get("error"))[:_LONGEST]
    return FilmingFailed(f"The provider fal could not film this{f' ({kind})' if kind else ''}: {why}")


def _retryable(answer: Answer) -> bool:
    return answer.headers.get("x-fal-retryable", "").lower() in ("true", "1")


def _sentence(said: Mapping[str, Any] | None, names: Mapping[str, str]) -> str:
    detail = (said or {}).get("detail") or (said or {}).get("error") or (said or {}).get("message")
    if isinstance(detail, str):
        return detail[:_LONGEST]
    if isinstance(detail, dict):
        detail = [detail]
    if not isinstance(detail, list):
        return ""
    sentences = [_problem(one, names) for one in detail[:_MOST_PROBLEMS] if isinstance(one, dict)]
    if len(detail) > _MOST_PROBLEMS:
        sentences.append(f"and {len(detail) - _MOST_PROBLEMS} more")
    return "; ".join(one for one in sentences if one)[:_LONGEST]


def _problem(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """ "prompt: Field required" of {"loc": ["body", "prompt"], "msg": "Field required"}."""
    parts = one.get("loc")
    place = ""
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, int):
            place += f"[{part}]"
        elif part != "body":
            name = names.get(str(part), str(part))
            place += f".{name}" if place else name
    message = str(one.get("msg") or one.get("message") or "")
    return f"{place}: {message}" if place and message else message
