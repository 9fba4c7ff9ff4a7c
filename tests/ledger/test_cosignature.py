"""Cosignatures: what exactly is signed, and that nothing else verifies."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from bailment.ledger.checkpoint import Checkpoint
from bailment.ledger.cosignature import (
    MAX_TIMESTAMP,
    CosignatureVerifier,
    Cosigner,
    MLDSA44Cosigner,
    sign_as_log,
    subtree_message,
    timestamp_of,
    verifier_for,
)
from bailment.ledger.note import VerifierKey, parse_note, parse_signature, verify_note
from bailment.model.errors import Malformed, Tampered
from tests.ledger.samples import (
    LOG_KEY,
    LOG_VKEY,
    NOW_S,
    ORIGIN,
    QUANTUM_KEY,
    QUANTUM_VKEY,
    QUANTUM_WITNESS,
    WITNESS,
)

VECTOR = json.loads((Path(__file__).parent.parent / "vectors/tlog.json").read_text())["cosignature_time"]
CHECKPOINT = Checkpoint(ORIGIN, 5, bytes(range(32)), ("extension",))
TEXT = str(CHECKPOINT)


def test_the_time_is_read_as_the_specification_shows() -> None:
    """The specification's example line carries the time of its example message."""
    signature = parse_signature(VECTOR["line"])
    assert timestamp_of(signature.payload) == VECTOR["timestamp"]
    assert len(signature.payload) == 8 + 64


def test_the_ed25519_message() -> None:
    """An Ed25519 cosigner signs a header, the time and the whole text."""
    payload = WITNESS.cosign(TEXT, NOW_S).payload
    message = f"cosignature/v1\ntime {NOW_S}\n{TEXT}".encode()
    Ed25519PublicKey.from_public_bytes(WITNESS.key.public).verify(payload[8:], message)


def test_the_ml_dsa_message() -> None:
    """An ML-DSA-44 cosigner signs its name, the time, the origin and the subtree, in TLS's layout."""
    payload = QUANTUM_WITNESS.cosign(TEXT, NOW_S).payload
    name, origin = QUANTUM_WITNESS.name.encode(), ORIGIN.encode()
    message = b"subtree/v1\n\x00" + bytes([len(name)]) + name + NOW_S.to_bytes(8, "big")
    message += bytes([len(origin)]) + origin + bytes(8) + (5).to_bytes(8, "big") + CHECKPOINT.root
    MLDSA44PublicKey.from_public_bytes(QUANTUM_WITNESS.key.public).verify(payload[8:], message)
    assert len(payload) == 8 + 2420


@pytest.mark.parametrize("cosigner", [WITNESS, QUANTUM_WITNESS], ids=["Ed25519", "ML-DSA-44"])
def test_nothing_else_verifies(cosigner: Cosigner) -> None:
    """Another text, time, length or key fails."""
    verifier = CosignatureVerifier(cosigner.key)
    payload = cosigner.cosign(TEXT, NOW_S).payload
    assert verifier.check(TEXT, payload)
    assert not verifier.check(TEXT.replace("\n5\n", "\n6\n"), payload)
    assert not verifier.check("not a checkpoint\n", payload)
    assert not verifier.check(TEXT, (NOW_S + 1).to_bytes(8, "big") + payload[8:])
    assert not verifier.check(TEXT, payload[:-1])
    for length in (0, 7, 8, 9):
        assert not verifier.check(TEXT, payload[:length])
    other = VerifierKey("other", cosigner.key.type, cosigner.key.public[::-1])
    assert not CosignatureVerifier(other).check(TEXT, payload)


@pytest.mark.parametrize("cosigner", [WITNESS, QUANTUM_WITNESS], ids=["Ed25519", "ML-DSA-44"])
def test_times_end_at_63_bits(cosigner: Cosigner) -> None:
    """A cosignature with a later time than 2^63 - 1 does not verify, though its signature would."""
    verifier = CosignatureVerifier(cosigner.key)
    assert verifier.check(TEXT, cosigner.cosign(TEXT, MAX_TIMESTAMP).payload)
    assert not verifier.check(TEXT, cosigner.cosign(TEXT, MAX_TIMESTAMP + 1).payload)


def test_only_ml_dsa_binds_the_name_and_leaves_extensions_out() -> None:
    """The two forms differ just where the specification says."""
    bare = str(Checkpoint(ORIGIN, 5, CHECKPOINT.root))
    payload = QUANTUM_WITNESS.cosign(TEXT, NOW_S).payload
    assert CosignatureVerifier(QUANTUM_WITNESS.key).check(bare, payload)
    renamed = VerifierKey("other", QUANTUM_WITNESS.key.type, QUANTUM_WITNESS.key.public)
    assert not CosignatureVerifier(renamed).check(TEXT, payload)
    assert not CosignatureVerifier(WITNESS.key).check(bare, WITNESS.cosign(TEXT, NOW_S).payload)


def test_a_log_signs_with_both_keys() -> None:
    """A log's checkpoint carries its Ed25519 signature and its ML-DSA-44 cosignature."""
    note = parse_note(bytes(sign_as_log(CHECKPOINT, LOG_KEY, QUANTUM_KEY, NOW_S)))
    keys = [LOG_VKEY, QUANTUM_VKEY]
    assert verify_note(note, [verifier_for(key) for key in keys]) == keys
    assert [key.name for key in keys] == [ORIGIN, ORIGIN]


def test_names_have_a_length() -> None:
    """A name or origin above 255 bytes cannot be signed, and does not verify."""
    with pytest.raises(Malformed):
        subtree_message("n" * 256, 0, CHECKPOINT)
    with pytest.raises(Malformed):
        MLDSA44Cosigner("name", QUANTUM_KEY).cosign(str(Checkpoint("o" * 256, 0, bytes(32))), 0)
    long = str(Checkpoint("é" * 128, 1, bytes(32)))
    assert not CosignatureVerifier(QUANTUM_VKEY).check(long, bytes(8 + 2420))


def test_unknown_types_have_no_verifier() -> None:
    """A key of a type that is not known here is malformed; a damaged cosignature is told."""
    with pytest.raises(Malformed):
        verifier_for(VerifierKey("name", 0x05, bytes(32)))
    note = sign_as_log(CHECKPOINT, LOG_KEY, QUANTUM_KEY, NOW_S)
    damaged = type(note)(note.text.replace("\n5\n", "\n7\n"), note.signatures)
    with pytest.raises(Tampered):
        verify_note(damaged, [verifier_for(QUANTUM_VKEY)])
