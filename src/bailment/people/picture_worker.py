"""The process that decodes one picture: `python -m bailment.people.picture_worker CPU_S MEMORY_BYTES`.

`pictures.py` starts it, hands it one picture on standard input and reads the answer from standard output;
then it ends. One process a picture: whoever takes over a decoder sees no other person's picture after it.

Before it reads the first byte it gives up what decoding does not need:

1.  files and network: no descriptor above the three it has, so nothing can be opened and no socket made
2.  writing: no file may grow, and no core file may show a person's picture
3.  processes and threads: none may be started (this one does not bind root)
4.  memory and processor time: as told by whoever started it

Limits cannot be raised again, save by root: run the gateway as somebody else.
"""

import os
import resource
import sys
from typing import IO

from bailment.people.picture_decoding import decode
from bailment.people.picture_frames import (
    READY,
    REQUEST,
    BadPicture,
    Flaw,
    Picture,
    encode_answer,
    parse_request,
)

_STANDARD_STREAMS = 3
_NICENESS = 5


def main() -> None:
    """Take one picture in, under the limits."""
    cpu_s, memory_bytes = (int(word) for word in sys.argv[1:])
    # Whoever waits for an address book comes before a picture.
    os.nice(_NICENESS)
    confine(cpu_s, memory_bytes)
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Read a request, write its answer; where the other side has gone, do nothing."""
    head = source.read(REQUEST.size)
    if len(head) < REQUEST.size:
        return
    keep, length = parse_request(head)
    raw = source.read(length)
    if len(raw) < length:
        return
    for part in encode_answer(_answer(raw, keep)):
        sink.write(part)
    sink.flush()


def _answer(raw: bytes, keep: frozenset[str]) -> Picture | Flaw:
    try:
        return decode(raw, keep)
    except BadPicture as bad:
        return bad.flaw


def confine(cpu_s: int, memory_bytes: int) -> None:
    """Give up what decoding does not need; see the module's list.

    Raises:
        OSError | ValueError: the system refuses; then nothing is decoded.
    """
    _limit(resource.RLIMIT_NOFILE, _STANDARD_STREAMS)  # 1
    _limit(resource.RLIMIT_FSIZE, 0)  # 2
    _limit(resource.RLIMIT_CORE, 0)  # 2
    _limit(resource.RLIMIT_NPROC, 0)  # 3
    _limit(resource.RLIMIT_CPU, cpu_s)  # 4
    # macOS refuses this one; there the number of pixels alone bounds the memory.
    if sys.platform != "darwin":
        _limit(resource.RLIMIT_AS, memory_bytes)  # 4


def _limit(which: int, most: int) -> None:
    """Set a limit for good, to the lower of this and what stood already."""
    _, hard = resource.getrlimit(which)
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (least, least))


if __name__ == "__main__":
    main()
