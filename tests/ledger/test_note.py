"""Signed notes: one form, and only known keys count."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from bailment.ledger import note
from bailment.ledger.cosignature import verifier_for
from bailment.ledger.note import (
    ED25519,
    Ed25519Verifier,
    Note,
    Signature,
    VerifierKey,
    parse_note,
    parse_vkey,
    sign_ed25519,
    verify_note,
)
from bailment.model.errors import Malformed, Tampered

VECTORS = json.loads((Path(__file__).parent.parent / "vectors/tlog.json").read_text())["signed_notes"]
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
VKEY = VerifierKey("example.com/key", ED25519, KEY.public_key().public_bytes_raw())
TEXT = "first\n\nthird\n"
SIGNED = Note(TEXT, (sign_ed25519(TEXT, VKEY.name, KEY),))


def is_name(text: str) -> bool:
    """Say whether a text is a key name."""
    try:
        note.check_name(text)
    except Malformed:
        return False
    return True


names = st.text(min_size=1, max_size=12).filter(is_name)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["source"])
def test_public_notes_verify(vector: dict[str, str]) -> None:
    """Notes signed by other programs verify, and their keys and bytes come back as they were."""
    key = parse_vkey(vector["vkey"])
    parsed = parse_note(vector["note"].encode())
    assert str(key) == vector["vkey"]
    assert bytes(parsed) == vector["note"].encode()
    assert verify_note(parsed, [verifier_for(key)]) == [key]


def test_the_last_blank_line_ends_the_text() -> None:
    """A text may have blank lines of its own."""
    assert parse_note(bytes(SIGNED)) == SIGNED
    assert parse_note(bytes(SIGNED)).text == TEXT


@given(
    st.text(max_size=40),
    st.lists(st.tuples(names, st.binary(min_size=5, max_size=80)), min_size=1, max_size=16),
)
def test_round_trip(text: str, lines: list[tuple[str, bytes]]) -> None:
    """A note of any allowed text, with up to 16 signatures, parses back."""
    clean = "".join(character for character in text if character == "\n" or ord(character) >= 32)
    signatures = tuple(Signature(name, raw[:4], raw[4:]) for name, raw in lines)
    whole = Note(clean + "\n", signatures)
    assert parse_note(bytes(whole)) == whole


@given(st.binary(max_size=200) | st.text(alphabet="—\n a+A=", max_size=60).map(str.encode))
def test_any_bytes_are_refused_or_are_the_one_form(raw: bytes) -> None:
    """Random bytes are malformed, or formatting what they parse to gives them back."""
    try:
        parsed = parse_note(raw)
    except Malformed:
        return
    assert bytes(parsed) == raw


def test_every_flipped_bit_is_refused() -> None:
    """No bit of a note with one signature by the one known key can change."""
    raw = bytes(SIGNED)
    verify_note(parse_note(raw), [Ed25519Verifier(VKEY)])
    for bit in range(8 * len(raw)):
        damaged = bytearray(raw)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises((Malformed, Tampered)):
            verify_note(parse_note(bytes(damaged)), [Ed25519Verifier(VKEY)])


def test_unknown_keys_are_ignored() -> None:
    """Signatures of other keys, sharing a name or an id but not both, neither help nor harm."""
    strangers = (
        Signature(VKEY.name, b"\x00" * 4, b"x"),
        Signature("other", VKEY.key_id, b"x"),
    )
    with_strangers = Note(TEXT, (*strangers, *SIGNED.signatures))
    assert verify_note(with_strangers, [Ed25519Verifier(VKEY)]) == [VKEY]
    with pytest.raises(Tampered):
        verify_note(Note(TEXT, strangers), [Ed25519Verifier(VKEY)])


def test_a_bad_signature_of_a_known_key_spoils_the_note() -> None:
    """One good signature does not excuse a bad one of a known key."""
    bad = Signature(VKEY.name, VKEY.key_id, bytes(64))
    with pytest.raises(Tampered):
        verify_note(SIGNED.with_signatures([bad]), [Ed25519Verifier(VKEY)])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAA=",
        b"text\n\n- name AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 name AAAAAA==\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAB=\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAA\n",
        b"text\n\n\xe2\x80\x94 na+me AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94  AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 na\xc2\xa0me AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAA= \n",
        b"te\txt\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"te\rxt\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"te\xffxt\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"text\n\n" + b"\xe2\x80\x94 name AAAAAAA=\n" * (note.MAX_SIGNATURES + 1),
        b"t" * note.MAX_NOTE_BYTES + b"\n\n\xe2\x80\x94 name AAAAAAA=\n",
    ],
)
def test_refuses(raw: bytes) -> None:
    """Whatever is not a note in its one form is malformed."""
    with pytest.raises(Malformed):
        parse_note(raw)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000",
        "name+00000000+",
        str(VKEY).replace("+", "+0", 1),
        str(VKEY).upper(),
        str(VKEY)[:-4],
        f"other{str(VKEY)[15:]}",
        str(VerifierKey("name", 0x02, bytes(32))),
        str(VerifierKey("name", ED25519, bytes(31))),
        f"\ud800{str(VKEY)[15:]}",
    ],
)
def test_refuses_verifier_keys(text: str) -> None:
    """A key in another form, with a wrong id, or of an unknown type or length is malformed."""
    with pytest.raises(Malformed):
        parse_vkey(text)


@given(st.text(max_size=80))
def test_no_text_makes_the_key_parser_stumble(text: str) -> None:
    """Any text is malformed or the key that it parses to."""
    try:
        key = parse_vkey(text)
    except Malformed:
        return
    assert str(key) == text


def test_keys_have_no_names_that_would_break_lines() -> None:
    """Signing under a name that a note cannot carry is malformed."""
    for name in ("", "a b", "a+b", "a\nb", "a\u2003b", "\ud800", "a\x00"):
        with pytest.raises(Malformed):
            sign_ed25519(TEXT, name, KEY)
