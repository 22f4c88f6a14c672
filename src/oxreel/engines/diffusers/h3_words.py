"""How MiniMax-H3 wants a film described, as its prompt guide says (github.com/MiniMax-AI/MiniMax-H3, 2026-11)."""

#: Where a prompt has this, it was written for the model and is left as it is.
_WRITTEN_FOR_IT = "[Shot 1]"


def described(prompt: str, seconds: float, *, start: bool = False, tail: bool = False, references: bool = False) -> str:
    """The prompt with its shots counted, and with what each picture is for said before it.

    The model sees its pictures as `<Picture 1>` and so on; first and last frame are the first ones.
    """
    shots = prompt if _WRITTEN_FOR_IT in prompt else f"{_WRITTEN_FOR_IT} {prompt}"
    if references:
        return f"detailed_description:\n{shots}"
    places = [("0.00", 1)] if start else []
    if tail:
        places.append((f"{seconds:.2f}", len(places) + 1))
    said = [
        f"For the target video, at {at} seconds into the target video, <Picture {number}> "
        f"(from [Shot {1 if at == '0.00' else shots.count('[Shot ')}]) is fully referenced."
        for at, number in places
    ]
    return "\n".join([*said, *([""] if said else []), f"integrated_multimodal_description: {shots}"])
