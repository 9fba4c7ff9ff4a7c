"""A witness reached over HTTP: the log's side of C2SP tlog-witness."""

import asyncio
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence

from bailment.ledger.checkpoint import parse_checkpoint
from bailment.ledger.cosignature import verifier_for
from bailment.ledger.note import Note, Signature, VerifierKey
from bailment.ledger.witness import format_add_checkpoint, parse_cosignatures
from bailment.model.errors import Malformed, Unavailable

_TIMEOUT_S = 2.0
_MOST_BYTES = 65_536
_CONFLICT = 409


class HttpWitness:
    """Asks one witness for cosignatures and keeps only those that verify under its keys."""

    def __init__(self, url: str, keys: Sequence[VerifierKey]) -> None:
        """Ask the witness whose prefix is `url`, known by `keys`."""
        self._url = url.rstrip("/") + "/add-checkpoint"
        self._verifiers = [verifier_for(key) for key in keys]
        self._size: int | None = None

    async def cosign(
        self, note: Note, old_size: int | None, prove: Callable[[int], list[bytes]]
    ) -> list[Signature]:
        """Return the witness's cosignatures on `note`; `old_size` is a guess at what it saw last.

        Raises:
            Unavailable: it does not answer, refuses, or answers what does not verify.
        """
        size = parse_checkpoint(note.text).size
        guess = self._size if self._size is not None else old_size or 0
        for _ in range(2):
            body = format_add_checkpoint(guess, prove(guess), bytes(note))
            status, raw = await asyncio.to_thread(self._post, body)
            if status == _CONFLICT and raw.strip().isdigit() and int(raw) <= size:
                guess = int(raw)
                continue
            if status != http.client.OK:
                raise Unavailable(f"the witness answered {status}")
            self._size = size
            return self._checked(note, raw)
        raise Unavailable("the witness keeps changing its mind about what it saw last")

    def _checked(self, note: Note, raw: bytes) -> list[Signature]:
        try:
            lines = parse_cosignatures(raw)
        except Malformed as error:
            raise Unavailable("the witness answered no signature line") from error
        good = []
        for verifier in self._verifiers:
            known = (verifier.key.name, verifier.key.key_id)
            good += [
                line
                for line in lines
                if (line.name, line.key_id) == known and verifier.check(note.text, line.payload)
            ]
        if not good:
            raise Unavailable("the witness's cosignature does not verify")
        return good

    def _post(self, body: bytes) -> tuple[int, bytes]:
        request = urllib.request.Request(self._url, data=body, method="POST")  # noqa: S310 - configured by the operator
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - see above
                return answer.status, answer.read(_MOST_BYTES)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(_MOST_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable("the witness does not answer") from error
