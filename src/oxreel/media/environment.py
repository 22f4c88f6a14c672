"""What of the environment a process may know that decodes strangers' bytes: how to run, and no secret."""

import os
import re
from collections.abc import Mapping

#: Where Python, its modules, caches and certificates are, how text is written, and the settings of engines.
#: Database addresses, keys and clouds' variables are not among them, nor is anything unknown.
_KNOWN = re.compile(
    r"PATH|HOME|TMPDIR|TZ|LANG|LC_\w+|VIRTUAL_ENV|LD_LIBRARY_PATH|XDG_CACHE_HOME|SSL_CERT_(FILE|DIR)"
    r"|PYTHON\w+|NUMBA_\w+|OXREEL_ANIMATIC_\w+|OXREEL_LOG_\w+"
)


def chosen_environment(variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that such a process is started with."""
    return {name: text for name, text in variables.items() if _KNOWN.fullmatch(name)}
