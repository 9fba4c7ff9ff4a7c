"""The proof of one line of a person's report: their own slot of one holding, and no one else's.

Three steps, each with its evidence in the document:

1. the leaf (person, mask, content digest, under the person's own salt) leads to the holding's root
2. that root is one item of the details that an entry commits to
3. that entry stands in a ledger that the verifier's policy accepts

It proves that a disclosure named this person's fields, not what the device did with them.
"""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from bailment.ledger import holding
from bailment.ledger.commitment import Json, PartialOpening, check_opening, parse_partial_opening
from bailment.ledger.entry import Entry, parse_entry
from bailment.ledger.policy import Endorsed, Policy
from bailment.ledger.proof import parse_proof, verify_proof
from bailment.ledger.tree import leaf_hash
from bailment.model.encoding import base64url
from bailment.model.errors import Malformed, Tampered

MAX_SLOT_PROOF_BYTES = 1 << 20
_VERSION = 1


@dataclass(frozen=True, slots=True)
class SlotProof:
    """All that it takes to check one slot; `content` is SHA-256 of the bytes that were served."""

    person_id: int
    mask: int
    content: bytes
    salt: bytes
    slot: int
    capacity: int
    path: tuple[bytes, ...]
    root: bytes
    opening: PartialOpening
    entry: bytes
    tlog_proof: bytes

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form; bytes are base64url, unpadded."""
        return {
            "v": _VERSION,
            "person": str(self.person_id),
            "mask": self.mask,
            "content": base64url(self.content),
            "salt": base64url(self.salt),
            "slot": self.slot,
            "capacity": self.capacity,
            "path": [base64url(each) for each in self.path],
            "root": base64url(self.root),
            "opening": self.opening.to_json(),
            "entry": base64url(self.entry),
            "tlog_proof": base64url(self.tlog_proof),
        }


def parse_slot_proof(document: Json) -> SlotProof:
    """Parse the JSON form, already read by a JSON parser.

    Raises:
        Malformed: not that form.
    """
    if not isinstance(document, Mapping) or document.get("v") != _VERSION:
        raise Malformed("not a slot proof of version 1")
    try:
        path = document["path"]
        if not isinstance(path, list):
            raise Malformed("not a slot proof")
        return SlotProof(
            _number(document["person"]),
            _number(document["mask"]),
            _bytes(document["content"]),
            _bytes(document["salt"]),
            _number(document["slot"]),
            _number(document["capacity"]),
            tuple(_bytes(each) for each in path),
            _bytes(document["root"]),
            parse_partial_opening(document["opening"]),
            _bytes(document["entry"]),
            _bytes(document["tlog_proof"]),
        )
    except KeyError as error:
        raise Malformed("not a slot proof: a member is missing") from error


def verify_slot_proof(proof: SlotProof, policy: Policy) -> tuple[Entry, Endorsed]:
    """Check all three steps; return the entry and the checkpoint that it stands under.

    Raises:
        Malformed: the entry or the ledger proof within is none.
        Tampered: a step does not hold.
    """
    leaf = holding.leaf(proof.salt, proof.person_id, proof.mask, proof.content)
    holding.verify_slot(proof.root, proof.capacity, proof.slot, leaf, proof.path)  # 1
    entry = parse_entry(proof.entry)
    commitment = entry.fields.get("commitment")
    if not isinstance(commitment, bytes):
        raise Tampered("the entry commits to nothing")
    if check_opening(commitment, proof.opening).get("root") != proof.root:  # 2
        raise Tampered("the entry does not commit to this holding's root")
    endorsed = verify_proof(
        parse_proof(proof.tlog_proof), leaf_hash(proof.entry), policy, every_key=True
    )  # 3
    return entry, endorsed


def _number(value: Json) -> int:
    text = value if isinstance(value, str) else str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise Malformed("not a slot proof: a number is none")
    return int(text)


def _bytes(value: Json) -> bytes:
    if not isinstance(value, str) or not value.isascii():
        raise Malformed("not a slot proof: bytes are not base64url")
    try:
        raw = b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("not a slot proof: bytes are not base64url") from error
    if base64url(raw) != value:
        raise Malformed("not a slot proof: bytes are not base64url")
    return raw
