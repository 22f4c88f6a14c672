"""What of the environment a process may know that decodes strangers' bytes: how to run, and no secret."""

import os
import re
from collections.abc import Mapping

#: Where Python, its modules, caches and certificates are, how text is written, and the settings of engines.
#: Database addresses, keys and clouds' variables are not among them, nor is anything unknown.
_KNOWN = re.compile(
    r"PATH|HOME|TMPDIR|TZ|LANG|LC_\w+|VIRTUAL_ENV|LD_LIBRARY_PATH|XDG_CACHE_HOME|SSL_CERT_(FILE|DIR)"
    r"|PYTHON\w+|NUMBA_\w+|OXREEL_(ANIMATIC|DIFFUSERS|FAL|VIDEO_SERVER|LOG)_\w+"
)
#: Where weights lie and how they are run: for a process on a GPU.
_OF_DEVICES = re.compile(
    r"HF_\w+|TORCH\w*|PYTORCH_\w+|TRITON_\w+|CUDA_\w+|NVIDIA_\w+|NCCL_\w+|(OMP|MKL)_NUM_THREADS|OXREEL_DATA_DIR"
)
#: Whatever it is for. A URL may name a user and a password.
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL|URL")


def chosen_environment(variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that such a process is started with."""
    return {name: text for name, text in variables.items() if _KNOWN.fullmatch(name) and not _SECRET.search(name)}


def device_environment(device: str | None, variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Those of a process that films on a GPU: the one of that name, or what the machine shows; never from the net."""
    of_devices = {name: text for name, text in variables.items() if _OF_DEVICES.fullmatch(name)}
    known = {name: text for name, text in of_devices.items() if not _SECRET.search(name)}
    shown = {} if device is None else {"CUDA_VISIBLE_DEVICES": device}
    return {**chosen_environment(variables), **known, **shown, "HF_HUB_OFFLINE": "1"}
