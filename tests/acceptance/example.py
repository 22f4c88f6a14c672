"""Running a documented example as a user would: in a shell or an interpreter of its own."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from acceptance.document import HOST, CodeBlock

#: Seconds that an example may take; generous, because many films share the machine.
_PATIENCE = 420

#: Two Python blocks of the documents hold the JSON word `false`, a NameError in Python (the page's generator
#: pasted the JSON body). The text runs as it stands, in an interpreter that knows JSON's words.
_JSON_WORDS = "import builtins; builtins.false = False; builtins.true = True; builtins.null = None; "
_RUN_FILE = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"


@dataclass(frozen=True)
class Printed:
    """What an example left on its user's screen."""

    output: str
    errors: str
    exit_code: int


def run_block(block: CodeBlock, hub_url: str, key: str) -> Printed:
    """Run a block with the host of its calls swapped; references in its body keep the documents' host."""
    return run_text(swap_calls(block.text, hub_url), block.language, key)


def run_text(text: str, language: str, key: str) -> Printed:
    """Run code of a document with this API key in its environment."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / ("example.py" if language == "python" else "example.sh")
        file.write_text(text, encoding="utf-8")
        if language == "python":
            knows_json = re.search(r"\b(false|true|null)\b", text) is not None
            command = [sys.executable, "-c", (_JSON_WORDS if knows_json else "") + _RUN_FILE, str(file)]
        else:
            command = ["bash", str(file)]
        # A session of its own, so that a stuck pipeline ends with it.
        process = subprocess.Popen(
            command, env=_environment(key), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            output, errors = process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            output, errors = process.communicate()
            raise AssertionError(f"the example did not end within {_PATIENCE} s:\n{output}\n{errors}") from None
    return Printed(output, errors, process.returncode)


def swap_calls(text: str, hub_url: str) -> str:
    """The code with the host of its API calls swapped, but not that of the assets it points at."""
    return re.sub(re.escape(HOST) + r"(?!/api/repos/)", hub_url, text)


def swap_all(text: str, hub_url: str) -> str:
    """The code with the host swapped wherever it stands."""
    return text.replace(HOST, hub_url)


def _environment(key: str) -> dict[str, str]:
    """The shell of a user: nothing of the test run, and no proxy between it and the hub."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "NO_PROXY": "*",
        "no_proxy": "*",
        "OXEN_API_KEY": key,
    }
