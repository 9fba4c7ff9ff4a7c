"""Certificates: what a checker accepts, and that nothing in one can be changed."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from bailment.ledger import tree
from bailment.ledger.cbor import Value
from bailment.ledger.certificate import (
    HEADING,
    MARK_AT,
    check_certificate,
    last_disclosure,
    marks_of,
    sign_certificate,
)
from bailment.ledger.checkpoint import Checkpoint, parse_checkpoint
from bailment.ledger.cosignature import MLDSA44Cosigner, sign_as_log
from bailment.ledger.entry import Entry, disclosure_template, encode_entry
from bailment.ledger.note import ED25519, VerifierKey, parse_note
from bailment.model.errors import Malformed, Tampered
from bailment.model.programme import CUSTODIES

NAME = "gateway.example/ledger"
PLAIN = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
QUANTUM = MLDSA44PrivateKey.from_seed_bytes(bytes([8]) * 32)
VKEY = VerifierKey(NAME, ED25519, PLAIN.public_key().public_bytes_raw())
VKEY_44 = MLDSA44Cosigner(NAME, QUANTUM).key
OTHER = VerifierKey(
    NAME, ED25519, Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32).public_key().public_bytes_raw()
)
MINUTE = 29_000_000
OUT_BY = MINUTE * 60_000 + 30_000


def disclosure(partner: str = "lumen", **changed: Any) -> bytes:  # noqa: ANN401 - a field of an entry
    """Return a disclosure's entry."""
    usual: dict[str, Value] = {
        "minute": MINUTE,
        "partner": partner,
        "agreement": 1,
        "integration": "lumen-hub",
        "build": bytes(32),
        "build_evidence": "declared",
        "purpose": "address-book",
        "custody": "device",
        "commitment": bytes(32),
    }
    return encode_entry(Entry("disclosure", {**usual, **changed}))


def certificate(
    entry: bytes | None = None,
    out_by: int = OUT_BY,
    **changed: Any,  # noqa: ANN401 - a member of a statement
) -> bytes:
    """Return a certificate whose last disclosure is the third of five entries."""
    entries = [b"first", b"second", disclosure() if entry is None else entry, b"fourth", b"fifth"]
    leaves = tree.leaf_hashes(entries)

    class Leaves:
        def read_nodes(self, ids: Any) -> list[bytes]:  # noqa: ANN401 - as the Protocol has it
            return [tree.root(leaves[index << level : (index + 1) << level]) for level, index in ids]

    proof = tree.prove_inclusion(Leaves(), 2, 5)
    note = bytes(sign_as_log(Checkpoint(NAME, 5, tree.root(leaves)), PLAIN, QUANTUM, 1_790_000_000))
    statement = {
        "partner": "lumen",
        "agreement": 1,
        "last_disclosure": last_disclosure(2, entries[2], proof, out_by),
        "issued_at": OUT_BY,
        "checkpoint": note.decode(),
        "not_known": ["whether café devices were wiped"],
    }
    return sign_certificate({**statement, **changed}, NAME, PLAIN, QUANTUM)


@pytest.mark.parametrize(
    "keys", [[VKEY], [VKEY_44], [VKEY, VKEY_44], [OTHER, VKEY]], ids=["1", "2", "3", "4"]
)
def test_either_key_checks_it(keys: list[VerifierKey]) -> None:
    """The published Ed25519 key, the ML-DSA-44 one, or both; keys that have not signed change nothing."""
    checked = check_certificate(certificate(), keys)
    assert checked.statement["partner"] == "lumen"
    assert len(checked.keys) == len([key for key in keys if key is not OTHER])
    assert all(each.startswith(NAME) for each in checked.keys)


def test_a_certificate_without_a_disclosure_holds_too() -> None:
    """Where nothing was ever served there is nothing to prove."""
    assert check_certificate(certificate(last_disclosure=None), [VKEY]).statement["last_disclosure"] is None


def test_no_bit_can_be_changed() -> None:
    """A changed byte is found; where it made a signature somebody else's, only the other one vouches."""
    raw = certificate()
    said = check_certificate(raw, [VKEY, VKEY_44]).statement
    for at in (*range(0, len(raw), 97), len(raw) - 5):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        try:
            checked = check_certificate(changed, [VKEY, VKEY_44])
        except (Tampered, Malformed):
            continue
        assert (checked.statement, len(checked.keys)) == (said, 1)


@pytest.mark.parametrize("out_by", [OUT_BY + 1, MINUTE * 60_000 - 1], ids=["late", "before"])
def test_one_issued_while_answers_were_on_their_way_does_not_hold(out_by: int) -> None:
    """The instant by which they had left is not after the issue, and not before the last disclosure."""
    with pytest.raises(Tampered, match="on their way"):
        check_certificate(certificate(out_by=out_by), [VKEY])


def test_one_that_names_no_instant_holds_as_it_did() -> None:
    """Certificates of before this was waited for say nothing about it; half of it is malformed."""
    named = json.loads(bytes(certificate()).split(b"\n")[1])["last_disclosure"]
    older = {name: value for name, value in named.items() if name != "out_by"}
    assert check_certificate(certificate(last_disclosure=older), [VKEY]).statement["last_disclosure"] == older
    with pytest.raises(Malformed, match="instants"):
        check_certificate(certificate(issued_at="soon"), [VKEY])


def test_another_ledgers_key_is_no_key() -> None:
    """Nobody whom the checker knows has signed."""
    with pytest.raises(Tampered, match="no known key"):
        check_certificate(certificate(), [OTHER])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"partner": "sol"}, "not a disclosure to this partner"),
        ({"agreement": 0}, "not a disclosure under the agreement"),
        ({"last_disclosure": {}}, "without its proof"),
        ({"checkpoint": "x"}, "not a signed note"),
        ({"last_disclosure": {"index": 3, "minute": MINUTE, "entry": "AA==", "proof": []}}, "proof"),
    ],
    ids=["partner", "agreement", "empty", "checkpoint", "index"],
)
def test_a_signed_lie_is_found(changed: dict[str, Any], words: str) -> None:
    """Even signed by the ledger, a statement must fit the entry, the proof and the checkpoint."""
    with pytest.raises((Tampered, Malformed), match=words):
        check_certificate(certificate(**changed), [VKEY])


def test_an_entry_of_another_minute_or_kind_is_found() -> None:
    """The minute that is named is the entry's, and only a disclosure is one."""
    statement = json.loads(parse_note(certificate()).text.split("\n")[1])
    statement["last_disclosure"]["minute"] += 1
    with pytest.raises(Tampered, match="in that minute"):
        check_certificate(sign_certificate(statement, NAME, PLAIN, QUANTUM), [VKEY])


def test_a_certificate_is_no_checkpoint() -> None:
    """What is signed here can never pass for a checkpoint, nor a checkpoint for a certificate."""
    note = parse_note(certificate())
    assert note.text.startswith(f"{HEADING}\n")
    with pytest.raises(Malformed):
        parse_checkpoint(note.text)
    checkpoint = bytes(sign_as_log(Checkpoint(NAME, 5, bytes(32)), PLAIN, QUANTUM, 1_790_000_000))
    with pytest.raises(Malformed, match="not a wind-down certificate"):
        check_certificate(checkpoint, [VKEY])
    with pytest.raises(Malformed, match="not a wind-down certificate"):
        check_certificate(sign_certificate({"partner": "lumen"}, NAME, PLAIN, QUANTUM), [VKEY])


def test_a_disclosure_is_known_by_its_bytes() -> None:
    """Head and mark are where every disclosure to the partner has them, in each custody, and in no other."""
    head, marks = marks_of("lumen")
    for custody, mark in zip(CUSTODIES, marks, strict=True):
        raw = disclosure(custody=custody, build=bytes([5]) * 32)
        assert raw.startswith(head)
        assert raw[MARK_AT - 1 :].startswith(mark)
        assert not disclosure("lumen-tv", custody=custody)[MARK_AT - 1 :].startswith(mark)
    fields: dict[str, Value] = {"partner": "lumen", "agreement": 1, "integration": "x", "build": bytes(32)}
    template = disclosure_template(
        {**fields, "build_evidence": "declared", "purpose": "p", "custody": "device"}
    )
    assert template.encode(MINUTE, bytes(32)).startswith(head)
