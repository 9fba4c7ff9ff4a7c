"""A dossier: one document of the partner programme as the store keeps it, whatever is in it."""

from typing import NamedTuple


class Dossier(NamedTuple):
    """A document under (kind, key): `revision` counts its changes from 1, `due_at` a deadline (Unix ms)."""

    kind: str
    key: str
    revision: int
    due_at: int | None
    document: str
