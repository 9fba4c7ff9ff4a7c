"""A witness cosigns what extends the last checkpoint, and tells all else apart."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.ledger import tree
from bailment.ledger.checkpoint import Checkpoint
from bailment.ledger.cosignature import sign_as_log, verifier_for
from bailment.ledger.note import Note, Signature, parse_note, parse_vkey, verify_note
from bailment.ledger.tiles import Edge, HashReader, extend
from bailment.ledger.witness import (
    MAX_REQUEST_BYTES,
    Answer,
    Outcome,
    Step,
    Witness,
    format_add_checkpoint,
    parse_add_checkpoint,
    parse_cosignatures,
)
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
    ledger,
    signed,
    story,
)

VECTORS = json.loads((Path(__file__).parent.parent / "vectors/tlog.json").read_text())
ENTRIES = story(600)
EMPTY_NOTE = sign_as_log(Checkpoint(ORIGIN, 0, tree.EMPTY_ROOT), LOG_KEY, QUANTUM_KEY, NOW_S)


@dataclass
class Notes:
    """A `WitnessStore` in a dict."""

    content: dict[str, bytes] = field(default_factory=dict)

    def exchange(self, origin: str, step: Step) -> Answer:
        """Run a step on the stored note of an origin."""
        name = sha256(origin.encode()).hexdigest()
        note, answer = step(self.content.get(name))
        if note is not None:
            self.content[name] = note
        return answer

    def latest(self, origin_hash: str) -> bytes | None:
        """Return the stored note."""
        return self.content.get(origin_hash)


def new_witness() -> Witness:
    """Make a witness that knows the log by its two keys."""
    return Witness((WITNESS, QUANTUM_WITNESS), {ORIGIN: (LOG_VKEY, QUANTUM_VKEY)}, Notes())


def note_of(size: int) -> Note:
    """Sign the checkpoint of the first entries."""
    return signed(extend(Edge(), ENTRIES[:size])[0])


def proof(old: int, size: int) -> Sequence[bytes]:
    """Prove that the ledger extends itself."""
    return tree.prove_consistency(HashReader(ledger(ENTRIES[:size]), size), old, size)


def request(old: int, size: int) -> bytes:
    """Ask to go from one size of the ledger to another."""
    return format_add_checkpoint(old, proof(old, size), bytes(note_of(size)))


def test_growth_is_cosigned() -> None:
    """From nothing, onwards, and again at the same size: each answer verifies under both keys."""
    witness = new_witness()
    keys = [WITNESS.key, QUANTUM_WITNESS.key]
    for old, size in ((0, 5), (5, 5), (5, 256), (256, 600)):
        answer = witness.add_checkpoint(request(old, size), NOW_S)
        assert answer.outcome is Outcome.COSIGNED
        cosigned = Note(note_of(size).text, answer.cosignatures)
        assert verify_note(cosigned, [verifier_for(key) for key in keys]) == keys


def test_the_whole_checkpoint_is_kept() -> None:
    """What is kept carries the log's signatures and the witness's own, and no stranger's."""
    witness = new_witness()
    note = note_of(5).with_signatures([Signature("stranger", b"1234", b"x")])
    witness.add_checkpoint(format_add_checkpoint(0, (), bytes(note)), NOW_S)
    stored = witness.store.latest(sha256(ORIGIN.encode()).hexdigest())
    assert stored is not None
    keys = [LOG_VKEY, QUANTUM_VKEY, WITNESS.key, QUANTUM_WITNESS.key]
    assert verify_note(parse_note(stored), [verifier_for(key) for key in keys]) == keys
    assert len(parse_note(stored).signatures) == 4


def test_a_log_may_begin_empty() -> None:
    """The checkpoint of the empty tree is cosigned, with the empty root only."""
    witness = new_witness()
    odd = sign_as_log(Checkpoint(ORIGIN, 0, bytes(32)), LOG_KEY, QUANTUM_KEY, NOW_S)
    body = format_add_checkpoint(0, (), bytes(odd))
    assert witness.add_checkpoint(body, NOW_S).outcome is Outcome.INCONSISTENT
    body = format_add_checkpoint(0, (), bytes(EMPTY_NOTE))
    assert witness.add_checkpoint(body, NOW_S).outcome is Outcome.COSIGNED
    assert witness.add_checkpoint(request(0, 5), NOW_S).outcome is Outcome.COSIGNED


def damaged(note: Note) -> Note:
    """Return a note with the log's signature under another text."""
    return Note(note.text, (Signature(ORIGIN, LOG_VKEY.key_id, bytes(64)), *note.signatures[1:]))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (request(0, 300), Answer(Outcome.STALE, size=256)),
        (request(200, 300), Answer(Outcome.STALE, size=256)),
        (request(300, 600), Answer(Outcome.STALE, size=256)),
        (format_add_checkpoint(600, (), bytes(note_of(256))), Answer(Outcome.MALFORMED)),
        (format_add_checkpoint(256, (), bytes(note_of(600))), Answer(Outcome.INCONSISTENT)),
        (format_add_checkpoint(256, proof(255, 600), bytes(note_of(600))), Answer(Outcome.INCONSISTENT)),
        (format_add_checkpoint(256, [bytes(32)], bytes(note_of(256))), Answer(Outcome.INCONSISTENT)),
        (
            format_add_checkpoint(256, (), bytes(signed(extend(Edge(), ENTRIES[1:257])[0]))),
            Answer(Outcome.INCONSISTENT),
        ),
        (
            format_add_checkpoint(256, proof(256, 600), bytes(damaged(note_of(600)))),
            Answer(Outcome.UNTRUSTED),
        ),
        (
            format_add_checkpoint(0, (), bytes(Note(note_of(5).text, note_of(5).signatures[2:]))),
            Answer(Outcome.UNTRUSTED),
        ),
        (
            format_add_checkpoint(0, (), bytes(signed(extend(Edge(), ENTRIES)[0], origin="other"))),
            Answer(Outcome.UNKNOWN_LOG),
        ),
        (b"", Answer(Outcome.MALFORMED)),
    ],
)
def test_all_else_is_told_apart_and_changes_nothing(body: bytes, expected: Answer) -> None:
    """Stale, inconsistent, untrusted, unknown and malformed requests leave the state as it was."""
    witness = new_witness()
    witness.add_checkpoint(request(0, 256), NOW_S)
    before = witness.store.latest(sha256(ORIGIN.encode()).hexdigest())
    assert witness.add_checkpoint(body, NOW_S) == expected
    assert witness.store.latest(sha256(ORIGIN.encode()).hexdigest()) == before


def test_a_first_request_carries_no_proof() -> None:
    """A proof from size zero is inconsistent."""
    body = format_add_checkpoint(0, [bytes(32)], bytes(note_of(5)))
    assert new_witness().add_checkpoint(body, NOW_S).outcome is Outcome.INCONSISTENT


def test_damaged_state_stops_the_witness() -> None:
    """If its own state is damaged, a witness cosigns nothing."""
    witness = new_witness()
    witness.store.exchange(ORIGIN, lambda _: (b"damaged", Answer(Outcome.COSIGNED)))
    with pytest.raises(Tampered):
        witness.add_checkpoint(request(0, 5), NOW_S)


def test_the_specifications_request() -> None:
    """The specification's example request parses, and formats back to the same bytes."""
    vector = VECTORS["add_checkpoint"]
    parsed = parse_add_checkpoint(vector["body"].encode())
    assert (parsed.old_size, len(parsed.proof)) == (vector["old_size"], vector["proof_hashes"])
    assert parsed.checkpoint.size == vector["size"]
    body = format_add_checkpoint(parsed.old_size, parsed.proof, bytes(parsed.note))
    assert body == vector["body"].encode()


def test_another_programs_log_is_witnessed() -> None:
    """The first checkpoint of a log signed with ML-DSA-44 by another program is cosigned."""
    vector = VECTORS["signed_notes"][1]
    key = parse_vkey(vector["vkey"])
    witness = Witness((WITNESS,), {key.name: (key,)}, Notes())
    answer = witness.add_checkpoint(b"old 0\n\n" + vector["note"].encode(), NOW_S)
    assert answer.outcome is Outcome.COSIGNED


@pytest.mark.parametrize(
    "body",
    [
        b"old 0\n" + bytes(EMPTY_NOTE),
        b"old 00\n\n" + bytes(EMPTY_NOTE),
        b"old -1\n\n" + bytes(EMPTY_NOTE),
        b"new 0\n\n" + bytes(EMPTY_NOTE),
        b"old 0\nAAAA\n\n" + bytes(EMPTY_NOTE),
        b"old 0\n!\n\n" + bytes(EMPTY_NOTE),
        b"old \xff\n\n" + bytes(EMPTY_NOTE),
        format_add_checkpoint(0, [bytes(32)] * 64, bytes(EMPTY_NOTE)),
        b"old 0\n\n" + bytes(Note("not a checkpoint\n", EMPTY_NOTE.signatures)),
        b"old 0\n\n" + b"x" * MAX_REQUEST_BYTES,
    ],
)
def test_refuses(body: bytes) -> None:
    """A body in another form is malformed."""
    with pytest.raises(Malformed):
        parse_add_checkpoint(body)


@given(st.binary(max_size=200) | st.text(alphabet="old 01\n—=A", max_size=60).map(str.encode))
def test_no_bytes_make_the_parsers_stumble(raw: bytes) -> None:
    """Random bytes are malformed, to the witness and to its client."""
    assert new_witness().add_checkpoint(raw, NOW_S) == Answer(Outcome.MALFORMED)
    try:
        assert parse_cosignatures(raw)
    except Malformed:
        return


def test_answers_parse() -> None:
    """A client reads the lines that a witness answers with."""
    lines = new_witness().add_checkpoint(request(0, 5), NOW_S).cosignatures
    assert parse_cosignatures("".join(f"{line}\n" for line in lines).encode()) == lines
