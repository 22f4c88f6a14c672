"""What code of three languages prints when it is piped into its interpreter, as a reader of the pages would run it."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from oxreel.reference.snippets import Language

_COMMANDS: dict[Language, list[str]] = {
    # `pipefail` would be of no use here: awk leaves the stream before it ends, on purpose.
    "curl": ["bash"],
    "python": [sys.executable],
    "javascript": ["node", "--input-type=module"],
}
_TOOLS: dict[Language, tuple[str, ...]] = {
    "curl": ("bash", "curl", "jq", "awk"),
    "python": (),
    "javascript": ("node",),
}
#: Seconds that code may take; generous, because test machines are busy.
_PATIENCE = 120


def lacking(language: Language) -> list[str]:
    """The programs that code of this language needs and that this machine does not have."""
    return [tool for tool in _TOOLS[language] if shutil.which(tool) is None]


def run(language: Language, code: str, key: str, folder: Path) -> str:
    """What the code prints, run in the folder with the API key in its environment; it must end well."""
    process = subprocess.Popen(
        _COMMANDS[language],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": ":".join(filter(None, sys.path)),
            "OXREEL_API_KEY": key,
        },
        cwd=folder,
        text=True,
        start_new_session=True,
    )
    try:
        printed, said = process.communicate(code, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        # What a shell has started goes on without it.
        os.killpg(process.pid, signal.SIGKILL)
        printed, said = process.communicate()
        raise AssertionError(f"{code}\n\ndid not end:\n{printed}\n{said}") from None
    assert process.returncode == 0, f"{code}\n\nended with {process.returncode}:\n{printed}\n{said}"
    return printed
