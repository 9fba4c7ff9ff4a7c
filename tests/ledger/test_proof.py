"""Ledger proofs: one form, and nothing in it can change but the extra data."""

import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.ledger import tree
from bailment.ledger.policy import parse_policy
from bailment.ledger.proof import HEADER, MAX_PROOF_BYTES, Proof, parse_proof, verify_proof
from bailment.ledger.tiles import HashReader
from bailment.model.errors import Malformed, Tampered
from tests.ledger.samples import POLICY, ledger, story

ENTRIES = story(300)
FILES = ledger(ENTRIES)
TRUST = parse_policy(POLICY.encode())
HASHES = tuple(tree.prove_inclusion(HashReader(FILES, 300), 77, 300))
PROOF = Proof(77, HASHES, FILES.content["checkpoint"])
LEAF = tree.leaf_hash(ENTRIES[77])
HASH_LINE = "A" * 43 + "="


def test_a_proof_verifies() -> None:
    """The proof of an entry leads to the witnessed checkpoint."""
    endorsed = verify_proof(parse_proof(bytes(PROOF)), LEAF, TRUST, every_key=True)
    assert (endorsed.checkpoint.size, endorsed.witnesses) == (300, ("w1",))


def test_another_entry_or_place_fails() -> None:
    """The proof holds for no other entry and no other index."""
    with pytest.raises(Tampered):
        verify_proof(PROOF, tree.leaf_hash(ENTRIES[78]), TRUST)
    with pytest.raises(Tampered):
        verify_proof(Proof(78, HASHES, PROOF.checkpoint), LEAF, TRUST)


def test_flipped_bits_are_refused() -> None:
    """A flipped bit anywhere in the file is malformed or tampered with."""
    raw = bytes(PROOF)
    for bit in random.Random(1).sample(range(8 * len(raw)), 2000):
        damaged = bytearray(raw)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises((Malformed, Tampered)):
            verify_proof(parse_proof(bytes(damaged)), LEAF, TRUST, every_key=True)


@given(
    st.integers(0, (1 << 63) - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.none() | st.binary(max_size=30),
    st.binary(max_size=30),
)
def test_round_trip(index: int, hashes: list[bytes], extra: bytes | None, checkpoint: bytes) -> None:
    """A proof parses back, with extra data or without."""
    proof = Proof(index, tuple(hashes), checkpoint, extra)
    assert parse_proof(bytes(proof)) == proof


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{HEADER}\nindex 0\n",
        f"{HEADER}\n\n",
        f"{HEADER}\nindex 00\n\n",
        f"{HEADER}\nindex -1\n\n",
        f"{HEADER}\nindices 1\n\n",
        f"{HEADER}\nextra !\nindex 0\n\n",
        f"{HEADER}\nindex 0\nextra AAAA\n\n",
        f"{HEADER}\nindex 0\nAAAA\n\n",
        f"{HEADER}\nindex 0\n{HASH_LINE}\r\n\n",
        f"{HEADER}\nindex 0\n" + f"{HASH_LINE}\n" * 64 + "\n",
        f"{HEADER.replace('1', '2')}\nindex 0\n\n",
        f"{HEADER}\nindex \u0660\n\n",
        f"{HEADER}\nindex 0\n\n" + "x" * MAX_PROOF_BYTES,
    ],
)
def test_refuses(text: str) -> None:
    """Whatever is not a proof in its one form is malformed."""
    with pytest.raises(Malformed):
        parse_proof(text.encode())


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_no_bytes_make_the_parser_stumble(head: bytes, checkpoint: bytes) -> None:
    """Random bytes are malformed, and a proof with a random checkpoint is malformed or tampered with."""
    with contextlib.suppress(Malformed):
        parse_proof(head)
    with pytest.raises((Malformed, Tampered)):
        verify_proof(Proof(0, (), checkpoint), LEAF, TRUST)
