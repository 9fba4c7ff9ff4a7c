"""Dossiers as typed values: one kind, one frozen dataclass, strict JSON between them.

    FILES = DossierKind("admission", AdmissionFile)
    found = await FILES.get(transaction, "lumen-mobile")     # Filed(value, revision, ...) or None
    await FILES.put(transaction, "lumen-mobile", changed, over=found)

A write names what it was read as: when somebody else was quicker, it is a `Conflict` and nothing is written.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from bailment.model.dossier import Dossier
from bailment.model.errors import Conflict, Malformed, Tampered
from bailment.partners.ports import ProgrammeTransaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Filed(Generic[T]):
    """A value as it was read: under which key, at which revision, with which deadline (Unix ms)."""

    key: str
    revision: int
    due_at: int | None
    value: T


class DossierKind(Generic[T]):
    """All documents of one kind, each a value of one dataclass."""

    def __init__(self, kind: str, shape: type[T]) -> None:
        """Keep values of `shape` under `kind`."""
        self._kind = kind
        self._decoder = msgspec.json.Decoder(shape)
        self._encoder = msgspec.json.Encoder()

    async def get(self, transaction: ProgrammeTransaction, key: str) -> Filed[T] | None:
        """Return the value under a key, or None."""
        found = await transaction.dossier(self._kind, key)
        return None if found is None else self._filed(found)

    async def lock(self, transaction: ProgrammeTransaction, key: str) -> Filed[T] | None:
        """Return the value under a key, or None; nobody else changes it until the transaction ends."""
        found = await transaction.lock_dossier(self._kind, key)
        return None if found is None else self._filed(found)

    async def some(self, transaction: ProgrammeTransaction, keys: Collection[str]) -> dict[str, Filed[T]]:
        """Return the values under those of some keys that have one, without their deadlines."""
        found = await transaction.documents_of(self._kind, keys)
        return {
            key: self._filed(Dossier(self._kind, key, revision, None, document))
            for key, revision, document in found
        }

    async def all(self, transaction: ProgrammeTransaction, prefix: str = "") -> list[Filed[T]]:
        """Return the values whose key begins with `prefix`, by key."""
        return [self._filed(each) for each in await transaction.dossiers(self._kind, prefix)]

    async def due(self, transaction: ProgrammeTransaction, before: int) -> Sequence[Filed[T]]:
        """Return the values whose deadline is before an instant, earliest first."""
        return [self._filed(each) for each in await transaction.due_dossiers(self._kind, before)]

    async def put(
        self,
        transaction: ProgrammeTransaction,
        key: str,
        value: T,
        *,
        over: Filed[T] | None = None,
        due_at: int | None = None,
    ) -> None:
        """Write a value over what was read, or where there was nothing; its deadline is `due_at` or none.

        Raises:
            Conflict: there is something else by now.
        """
        if over is not None and over.key != key:
            raise AssertionError("a value is written over another one than was read")
        revision = 0 if over is None else over.revision
        document = self._encoder.encode(value).decode()
        if not await transaction.put_dossier(Dossier(self._kind, key, revision, due_at, document)):
            raise Conflict(f"the {self._kind} {key} has changed since it was read: look again")

    async def drop(self, transaction: ProgrammeTransaction, key: str) -> bool:
        """Delete the value under a key; False when there is none.

        What is filed there later begins at revision 1 again: whoever read the first may overwrite the second.
        """
        return await transaction.drop_dossier(self._kind, key)

    def _filed(self, dossier: Dossier) -> Filed[T]:
        try:
            value = self._decoder.decode(dossier.document)
        except (msgspec.DecodeError, Malformed) as error:
            # Its key stays out of the message: it may name a person.
            raise Tampered(f"a document of the kind {self._kind} is not what was written") from error
        return Filed(dossier.key, dossier.revision, dossier.due_at, value)
