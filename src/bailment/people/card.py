"""Cards are ready before they are asked for: one blob of vCard lines per person, sliced by mask.

A blob serves vCard 3.0 and 4.0, in which most lines are the same: a checksum, a key for each fragment
in ascending order, and the fragments.

    CRC-32 of all that follows, u32 little-endian | key u8 ... NUL | fragment NUL | fragment NUL ...

A key is a field's bit times four, plus 1 for a fragment of 3.0, 2 of 4.0, 3 of both; it is never zero. A
fragment is whole lines, folded and in XML (`people.card_lines`), which cannot carry a NUL. So an answer
in XML is split, picked and joined, each in one call, and nothing is built on the way out.

Nothing of a field is in another field's fragment, and nothing of a person outside them: no REV, which
would tell that a hidden field has changed.

A blob whose checksum is wrong is Tampered, never a card with a field under another's key. The checksum is
against decay and not against an attacker, who could write the database's content anyway. What is *not*
checked on slicing is that a fragment is of lines: blobs are made by `render_card` alone. What a card says
stands in `people.card_fields`.
"""

import zlib
from collections.abc import Mapping
from functools import lru_cache
from itertools import compress
from typing import cast

import msgspec

from bailment.model.disclosure import Form
from bailment.model.errors import Tampered
from bailment.model.fields import FIELD_BY_NAME, mask_of
from bailment.model.people import JsonValue
from bailment.people.card_fields import BOTH, ONLY_3, ONLY_4, WRITERS, CardValues
from bailment.people.card_lines import decode_xml, encode_lines
from bailment.people.render import slice_fields

# Every field that a card of one version or the other can hold.
CARD_FIELDS: int = mask_of({name for name, _, _ in WRITERS})

_CRC_BYTES = 4
_KEYS = 256
_WRITERS = sorted((FIELD_BY_NAME[name].bit << 2 | forms, name, write) for name, forms, write in WRITERS)
_NAME_KEY = FIELD_BY_NAME["name"].bit << 2 | BOTH
_WHO = "PRODID:-//Bailment//Address book//EN\nUID:urn:bailment:person:%d\n"
_OPENINGS = {
    Form.CARD3: encode_lines(f"BEGIN:VCARD\nVERSION:3.0\n{_WHO}"),
    Form.CARD4: encode_lines(f"BEGIN:VCARD\nVERSION:4.0\nKIND:individual\n{_WHO}"),
}
_FORMS = {Form.CARD3: ONLY_3, Form.CARD4: ONLY_4}
_END = encode_lines("END:VCARD\n")


def render_card(values: Mapping[str, JsonValue]) -> bytes:
    """Return the blob of one person's values, which `people.render` has accepted before."""
    told = cast("CardValues", values)
    keys = bytearray()
    texts = [""]
    for key, name, write in _WRITERS:
        if name in values and (text := write(told)):
            keys.append(key)
            texts.append(text)
    texts.append("")
    body = bytes(keys) + encode_lines("\0".join(texts))
    return zlib.crc32(body).to_bytes(_CRC_BYTES, "little") + body


def slice_card(blob: bytes, person_id: int, mask: int, form: Form) -> bytes | None:
    """Return the whole vCard of the mask's fields, in XML; None where no name is among them.

    A card without FN is none. The hot path of every address book. 4.0 says all that 3.0 says.

    Raises:
        Tampered: the blob does not hold together, or the mask is below zero.
    """
    keys, *fragments = _parts(blob)
    table = _picked(mask, form)
    if not (keys and keys[0] == _NAME_KEY and table[_NAME_KEY]):
        return None
    return b"".join((_OPENINGS[form] % person_id, *compress(fragments, keys.translate(table)), _END))


def fields_in_card(blob: bytes) -> int:
    """Return the mask of the fields of which a blob says something, in one version or the other.

    Raises:
        Tampered: the blob does not hold together.
    """
    mask = 0
    for key in _parts(blob)[0]:
        mask |= 1 << (key >> 2)
    return mask


def _parts(blob: bytes) -> list[bytes]:
    """Return a blob's keys, its fragments, and the nothing that follows the last."""
    body = blob[_CRC_BYTES:]
    if zlib.crc32(body) != int.from_bytes(blob[:_CRC_BYTES], "little"):
        raise Tampered("a card does not match its checksum")
    parts = body.split(b"\0")
    if len(parts) != len(parts[0]) + 2:
        raise Tampered("a card has not as many fragments as keys")
    return parts


@lru_cache(maxsize=4096)
def _picked(mask: int, form: Form) -> bytes:
    """Return for each key a 1 where its fragment is in a card of the mask and form, else a 0."""
    if mask < 0:
        raise Tampered("a mask is below zero")
    wanted = _FORMS[form]
    return bytes(mask >> (key >> 2) & 1 and key & wanted and 1 for key in range(_KEYS))


def plain_card(text: bytes) -> bytes:
    """Return a card as it is outside XML: what a GET answers."""
    return decode_xml(text)


def card_of_fragments(blob: bytes) -> bytes:
    """Return the card's blob for content of `people.render`: of rows from before there were cards.

    Raises:
        Tampered: the blob does not hold together.
    """
    try:
        values = msgspec.json.decode(b"{%b}" % slice_fields(blob, CARD_FIELDS))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Tampered("a blob's fragments are no JSON") from None
    return render_card(values)
