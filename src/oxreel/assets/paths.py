"""The path of an asset in its repository, and the one branch there is."""

import unicodedata

from oxreel.errors import InvalidParams, NotFound

#: The only branch: files are replaced, not versioned.
BRANCH = "main"

#: Characters of a whole path, and UTF-8 bytes of one segment (what file systems take, for whoever downloads).
LONGEST_PATH = 1024
LONGEST_SEGMENT = 255


def asset_path(text: str) -> str:
    """`text` as the path of an asset: NFC, segments parted by '/'. Raises InvalidParams where it cannot be one."""
    path = unicodedata.normalize("NFC", text)
    trouble = _trouble(path)
    if trouble:
        shown = path if len(path) <= 100 else f"{path[:100]}..."
        raise InvalidParams(f"'{shown.encode('utf-8', 'replace').decode()}' cannot be a file's path: {trouble}.")
    return path


def join(directory: str, name: str) -> str:
    """The path of `name` in `directory`; '' is the top of the repository."""
    return f"{directory}/{name}" if directory else name


def check_branch(branch: str) -> None:
    """Nothing for `main`. Raises NotFound for any other branch."""
    if branch != BRANCH:
        raise NotFound(f"Branch not found: {branch}. Repositories of this hub have the branch '{BRANCH}' only.")


def _trouble(path: str) -> str | None:
    longest = max(path.split("/"), key=_bytes)
    # Control characters and lone surrogates have no place in a header, a log line or a file name.
    unprintable = any(unicodedata.category(character) in ("Cc", "Cs") for character in path)
    troubles = {
        "it is empty": not path,
        f"it has {len(path)} characters; at most {LONGEST_PATH} are allowed": len(path) > LONGEST_PATH,
        "it has a control character or is not valid UTF-8": unprintable,
        "it has a backslash; parts are parted by '/'": "\\" in path,
        "it starts with '/'; paths are relative to the repository": path.startswith("/"),
        "'', '.' and '..' cannot be among its parts": any(part in ("", ".", "..") for part in path.split("/")),
        f"one of its parts has {_bytes(longest)} bytes; at most {LONGEST_SEGMENT} are allowed": _bytes(longest)
        > LONGEST_SEGMENT,
    }
    return next((trouble for trouble, is_so in troubles.items() if is_so), None)


def _bytes(part: str) -> int:
    return len(part.encode("utf-8", "surrogatepass"))
