"""Proofs checked by code of its own: what an outsider would write from the specifications alone.

RFC 6962 section 2.1 (tree), C2SP signed-note and tlog-proof, RFC 8949 through `cbor2`, and docs/ledger.md for
the leaf, the vector and the commitment. Nothing of Bailment is imported.
"""

import json
from base64 import b64decode, urlsafe_b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ED25519 = 1


def check_slot_proof(file: Path, vkey: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Check one proof of a person's report; return the document and the entry that it rests on."""
    document = json.loads(file.read_text())
    salt, content = _bytes(document["salt"]), _bytes(document["content"])
    slot, capacity = document["slot"], document["capacity"]
    node = sha256(
        b"\0" + salt + cbor2.dumps([int(document["person"]), document["mask"], content], canonical=True)
    ).digest()
    assert len(document["path"]) == capacity.bit_length() - 1
    for level, sibling in enumerate(map(_bytes, document["path"])):
        left, right = (sibling, node) if slot >> level & 1 else (node, sibling)
        node = sha256(b"\1" + left + right).digest()
    root = sha256(b"\2" + capacity.to_bytes(8, "big") + node).digest()
    assert root == _bytes(document["root"])
    entry = _bytes(document["entry"])
    fields = cbor2.loads(entry)
    assert _opened(document["opening"], fields["commitment"]) == {"root": root}
    check_tlog_proof(_bytes(document["tlog_proof"]).decode(), entry, vkey)
    return document, fields


def _opened(opening: dict[str, Any], commitment: bytes) -> dict[str, Any]:
    """Check a partial opening against the commitment; return the items that it shows."""
    shown, digests = {}, [b"\1"]
    for item in opening["items"]:
        if "digest" in item:
            digests.append(_bytes(item["digest"]))
            continue
        pair = _bytes(item["item"])
        digests.append(sha256(b"\0" + _bytes(item["salt"]) + pair).digest())
        name, value = cbor2.loads(pair)
        shown[name] = value
    assert sha256(b"".join(digests)).digest() == commitment
    return shown


def check_tlog_proof(text: str, entry: bytes, vkey: str) -> int:
    """Check that an entry stands in the log whose key is `vkey`; return its index."""
    head, _, note = text.partition("\n\n")
    form, index_line, *hashes = head.split("\n")
    assert form == "c2sp.org/tlog-proof@v1"
    index = int(index_line.removeprefix("index "))
    size, root = check_checkpoint(note, vkey)
    assert _root_of(sha256(b"\0" + entry).digest(), index, size, [b64decode(each) for each in hashes]) == root
    return index


def check_checkpoint(note: str, vkey: str) -> tuple[int, bytes]:
    """Check the log's Ed25519 signature on a checkpoint; return size and root."""
    name, key_id, encoded = vkey.strip().split("+", 2)
    key = b64decode(encoded)
    assert key[0] == _ED25519
    assert sha256(name.encode() + b"\n" + key).digest()[:4].hex() == key_id
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    mine = [
        b64decode(line.rpartition(" ")[2])
        for line in signatures.splitlines()
        if line.startswith(f"— {name} ")
    ]
    (signature,) = [raw[4:] for raw in mine if raw[:4].hex() == key_id]
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature, text.encode())
    origin, size, root = text.splitlines()[:3]
    assert origin == name
    return int(size), b64decode(root)


def _root_of(node: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Fold an inclusion proof. Source: RFC 9162 section 2.1.3.2."""
    last = size - 1
    for sibling in path:
        assert last, "the proof is too long"
        if index & 1 or index == last:
            node = sha256(b"\1" + sibling + node).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha256(b"\1" + node + sibling).digest()
        index, last = index >> 1, last >> 1
    assert last == 0, "the proof is too short"
    return node


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
