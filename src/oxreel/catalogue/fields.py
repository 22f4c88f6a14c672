"""The kinds of field that parameter classes are made of: text, addresses, seconds.

Each checks its value, words its problem as the documents do, and describes itself in JSON Schema.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

#: S3 limits the prompts of reference models and of shots, Kling itself a single prompt (engines read 2026-11).
SHOT_PROMPT_LENGTH = 512
PROMPT_LENGTH = 2500


def _address(value: str) -> str:
    if not value.lower().startswith(("http://", "https://", "data:")):
        raise PydanticCustomError("address", "Input should be an http or https URL, or a data: URI")
    return value


#: Where a picture or video lies: http(s) or `data:`; it is fetched later.
Address = Annotated[str, AfterValidator(_address), Field(json_schema_extra={"format": "uri"})]


class Seconds:
    """Whole seconds, as an integer or as a whole number in a string. Bools and fractions are none."""

    def __init__(self, values: tuple[int, ...], *, ranged: bool) -> None:
        self._values = values
        self._ranged = ranged

    @classmethod
    def between(cls, least: int, most: int) -> "Seconds":
        """Every whole number of seconds from `least` to `most`."""
        return cls(tuple(range(least, most + 1)), ranged=True)

    @classmethod
    def of(cls, *values: int) -> "Seconds":
        """One of these numbers of seconds."""
        return cls(values, ranged=False)

    def __call__(self, value: Any) -> int:
        # A range begins at 1 here: a video that is too short is refused by the rule for the whole of it.
        taken = range(1, self._values[-1] + 1) if self._ranged else self._values
        for seconds in taken:
            # 5.0 is an integer to JSON Schema; True would equal 1.
            if (value == seconds and not isinstance(value, bool)) or value == str(seconds):
                return seconds
        raise PydanticCustomError("seconds", "Input should be {expected}", {"expected": self._spelled()})

    def _spelled(self) -> str:
        *others, last = [f"'{seconds}'" for seconds in self._values]
        return f"{', '.join(others)} or {last}"

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self)

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> dict[str, Any]:
        if self._ranged:
            return {"type": "integer", "minimum": self._values[0], "maximum": self._values[-1]}
        return {"type": "integer", "enum": list(self._values)}
