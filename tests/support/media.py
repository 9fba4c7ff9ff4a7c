"""Places for pictures in tests: a dict, and an object store that speaks S3 in a process of its own."""

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from bailment.model.errors import Tampered
from bailment.people.media import BATCH, Known

BUCKET = "pictures"
# Ends when its standard input does, so none is left behind however this process ends.
_S3 = """
import os, sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
os._exit(0)
"""


class MemoryMedia:
    """A `people.media.MediaFiles` in a dict; `now` is what the test sets."""

    def __init__(self) -> None:
        self.now = 0
        self.files: dict[bytes, tuple[bytes, int]] = {}

    async def put(self, content: bytes) -> bytes:
        digest = sha256(content).digest()
        self.files[digest] = content, self.now
        return digest

    async def read(self, digest: bytes) -> bytes | None:
        assert len(digest) == 32
        content, _ = self.files.get(digest, (None, 0))
        if content is not None and sha256(content).digest() != digest:
            raise Tampered("a kept picture is not what its name says")
        return content

    async def remove(self, digest: bytes) -> None:
        assert len(digest) == 32
        self.files.pop(digest, None)

    async def sweep(self, known: Known, older_than: int) -> int:
        removed = 0
        old = [digest for digest in self.files if self._is_old(digest, older_than)]
        for start in range(0, len(old), BATCH):
            batch = old[start : start + BATCH]
            named = set(await known(batch))
            for digest in batch:
                if digest not in named and self._is_old(digest, older_than):
                    del self.files[digest]
                    removed += 1
        return removed

    def _is_old(self, digest: bytes, older_than: int) -> bool:
        return digest in self.files and self.files[digest][1] < older_than


@contextmanager
def s3_server() -> Iterator[str]:
    """Run an S3 with one empty bucket; give its address."""
    with subprocess.Popen(
        [sys.executable, "-c", _S3], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("PUT", f"/{BUCKET}")
            assert connection.getresponse().status == 200
            connection.close()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.stdin.close()
            process.wait()
