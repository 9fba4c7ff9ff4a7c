"""Signed notes: a text with signature lines below it, and the keys that verify them.

Parsing is strict, so that a note has one form: canonical base64, no control characters, a blank
line before the signatures. Signatures of unknown keys are ignored, as the format demands; a known
key with a bad signature spoils the note. What a signature of another type than Ed25519 means is
told by a `Verifier` from elsewhere (`cosignature`).

Source: C2SP signed-note v1.0.0; RFC 8032 for Ed25519; RFC 4648 section 4 for base64.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bailment.model.errors import Malformed, Tampered

ED25519 = 0x01
COSIGNATURE_ED25519 = 0x04
COSIGNATURE_MLDSA44 = 0x06
KEY_BYTES = {ED25519: 32, COSIGNATURE_ED25519: 32, COSIGNATURE_MLDSA44: 1312}
"""Signature types that are known here, with the length of their public keys."""

MAX_NOTE_BYTES = 256 * 1024
MAX_SIGNATURES = 64
_KEY_ID_BYTES = 4
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name and type; as text, a *vkey*."""

    name: str
    type: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before each signature of this key."""
        text = self.name.encode() + b"\n" + bytes((self.type,)) + self.public
        return sha256(text).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        """Format as a vkey. Source: signed-note, "Verifier keys"."""
        key = base64.b64encode(bytes((self.type,)) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: `payload` is what follows the key id."""

    name: str
    key_id: bytes
    payload: bytes

    def __str__(self) -> str:
        """Format as a line, without its newline."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.payload).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text (with its last newline) and the signatures below it, none of them verified."""

    text: str
    signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        """Format as the bytes of a file."""
        return "".join([self.text, "\n", *(f"{line}\n" for line in self.signatures)]).encode()

    def with_signatures(self, signatures: Iterable[Signature]) -> "Note":
        """Return the note with more signatures below it."""
        return replace(self, signatures=(*self.signatures, *signatures))


class Verifier(Protocol):
    """Checks signatures of one key.

    `check` says whether a payload is this key's signature under a text; it raises nothing for
    input that it cannot understand, but says no.
    """

    @property
    def key(self) -> VerifierKey:
        """The key that it checks for."""

    def check(self, text: str, payload: bytes) -> bool:
        """Say whether the payload is this key's signature under the text."""


@dataclass(frozen=True, slots=True)
class Ed25519Verifier:
    """Checks plain Ed25519 signatures over the text. Source: signed-note, "Ed25519 signatures"."""

    key: VerifierKey

    def check(self, text: str, payload: bytes) -> bool:
        """Say whether the payload is an Ed25519 signature of the text."""
        return check_ed25519(self.key.public, text.encode(), payload)


def check_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether a signature over a message holds. Source: RFC 8032 section 5.1.7."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign_ed25519(text: str, name: str, key: Ed25519PrivateKey) -> Signature:
    """Sign a text that ends in a newline."""
    vkey = VerifierKey(check_name(name), ED25519, key.public_key().public_bytes_raw())
    return Signature(name, vkey.key_id, key.sign(text.encode()))


def parse_vkey(text: str) -> VerifierKey:
    """Parse a verifier key of a type that is known here.

    Raises:
        Malformed: not a vkey, a wrong key id, or a type that is not known here.

    Source: signed-note, "Verifier keys".
    """
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = decode_base64(encoded)
    if len(raw) - 1 != KEY_BYTES.get(raw[0] if raw else 0):
        raise Malformed("verifier key of an unknown type or a wrong length")
    key = VerifierKey(check_name(name), raw[0], raw[1:])
    if key.key_id.hex() != key_id:
        raise Malformed("verifier key whose key id does not belong to it")
    return key


def parse_note(raw: bytes) -> Note:
    """Parse a note; nothing in it may be used before `verify_note`.

    Raises:
        Malformed: not a note in its one form, or above 256 KiB or 64 signatures.

    Source: signed-note, "Format"; the text ends at the last blank line.
    """
    if len(raw) > MAX_NOTE_BYTES:
        raise Malformed("note too large")
    try:
        content = raw.decode()
    except UnicodeDecodeError as error:
        raise Malformed("note that is not UTF-8") from error
    text, blank, below = content.rpartition("\n\n")
    if not blank or not below.endswith("\n") or _CONTROL.search(content):
        raise Malformed("not a signed note")
    lines = below[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise Malformed("note with too many signatures")
    return Note(text + "\n", tuple(parse_signature(line) for line in lines))


def parse_signature(line: str) -> Signature:
    """Parse one signature line, without its newline.

    Raises:
        Malformed: not a signature line.
    """
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    raw = decode_base64(encoded)
    if dash != "—" or len(raw) <= _KEY_ID_BYTES:
        raise Malformed("not a signature line")
    return Signature(check_name(name), raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])


def verify_note(note: Note, verifiers: Sequence[Verifier]) -> list[VerifierKey]:
    """Verify every signature by a known key; return the keys that signed, in their given order.

    Raises:
        Tampered: a known key's signature fails, or no known key has signed.

    Source: signed-note, "Signatures".
    """
    known = {(verifier.key.name, verifier.key.key_id): verifier for verifier in verifiers}
    signed = set()
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            continue
        if not verifier.check(note.text, signature.payload):
            raise Tampered(f"the signature of {signature.name} does not verify")
        signed.add(verifier.key)
    if not signed:
        raise Tampered("no known key has signed")
    return [verifier.key for verifier in verifiers if verifier.key in signed]


def check_name(name: str) -> str:
    """Return a key name that is allowed.

    Raises:
        Malformed: empty, or with a space, a plus sign, a control character or no UTF-8.
    """
    unencodable = any("\ud800" <= character <= "\udfff" for character in name)
    if not name or unencodable or "+" in name or _CONTROL.search(name) or name.split() != [name]:
        raise Malformed("not a key name")
    return name


def decode_base64(text: str) -> bytes:
    """Decode standard base64 in its one canonical form. Source: RFC 4648 sections 3.5 and 4.

    Raises:
        Malformed: anything else, such as stray bits in the last character.
    """
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Malformed("not base64") from error
    if base64.b64encode(raw).decode() != text:
        raise Malformed("base64 that is not canonical")
    return raw
