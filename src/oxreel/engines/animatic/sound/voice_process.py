"""The process that speaks one line: JSON on standard input becomes samples on standard output.

It is started as a file of its own, with the standard library only and without site packages, so that it is there in a
moment; the text is a stranger's, so it runs within limits. A fresh process each time also gives equal bytes: the
synthesizer goes on from where it left its noise within one process.
"""

import ctypes
import json
import os
import resource
import sys

#: Seconds of processor time and bytes of address space that one line may cost (0.1 s and 60 MB are usual).
_SECONDS = 10
_MEMORY = 512 * 1024**2
#: Samples that one line may have: a minute.
_MOST_SAMPLES = 60 * 22_050

# Constants of eSpeak NG 1.52, include/espeak-ng/speak_lib.h.
_AUDIO_OUTPUT_RETRIEVAL, _DO_NOT_EXIT, _POSITION_CHARACTER, _UTF8 = 1, 0x8000, 1, 1
_RATE, _PITCH, _RANGE = 1, 3, 4

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main() -> None:
    """Speak the line that standard input describes: a line of JSON with the rate, then int16 mono samples."""
    task = json.loads(sys.stdin.buffer.read())
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the library prints must not spoil the answer
    # A relative path to its data: the library keeps only the first 160 bytes of a longer one.
    os.chdir(task["data"])
    library = ctypes.CDLL(task["library"])
    _limit()
    rate = library.espeak_Initialize(_AUDIO_OUTPUT_RETRIEVAL, 0, b".", _DO_NOT_EXIT)
    if rate <= 0:
        sys.exit("The synthesizer finds no data.")
    if library.espeak_SetVoiceByName(task["voice"].encode()) != 0:
        sys.exit(f"The synthesizer has no voice {task['voice']}.")
    for parameter, name in ((_RATE, "rate"), (_PITCH, "pitch"), (_RANGE, "range")):
        library.espeak_SetParameter(parameter, int(task[name]), 0)
    samples = _spoken(library, task["text"].encode())
    answers.write(json.dumps({"rate": rate}).encode() + b"\n" + samples)
    answers.close()


def _spoken(library: ctypes.CDLL, text: bytes) -> bytes:
    heard = bytearray()

    def keep(samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int | None) -> int:
        if samples and count > 0:
            heard.extend(ctypes.string_at(samples, 2 * count))
        return 1 if len(heard) > 2 * _MOST_SAMPLES else 0

    callback = _Callback(keep)
    library.espeak_SetSynthCallback(callback)
    # Neither SSML nor phoneme mnemonics are asked for, so markup in the text stays text.
    size = ctypes.c_size_t(len(text) + 1)
    if library.espeak_Synth(text, size, 0, _POSITION_CHARACTER, 0, _UTF8, None, None) != 0:
        sys.exit("The synthesizer refused the line.")
    library.espeak_Synchronize()
    return bytes(heard)


def _limit() -> None:
    for kind, most in (
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main()
