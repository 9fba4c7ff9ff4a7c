"""Addresses of pictures: they open to what was put in, for half a day or two, and to nothing when changed."""

from pathlib import Path

import pytest

from bailment.model.encoding import base64url, hash_token
from bailment.model.errors import Malformed
from bailment.seal.capability import (
    HALF_DAY_MS,
    KEY_LENGTH,
    MOST_ADDRESS,
    Capabilities,
    Reference,
    load_or_make_capabilities,
)
from bailment.seal.secret import random_secret

NOW = 1_790_000_000_000
REFERENCE = Reference(hash_token(random_secret(NOW)), "1876951040001534512", thumbnail=True)
CAPABILITIES = Capabilities(bytes(range(KEY_LENGTH)))


def test_an_address_opens_to_what_it_was_made_of() -> None:
    """Token, picture and variant; it is one path segment, and shows none of them."""
    for reference in (REFERENCE, Reference(b"", "1", thumbnail=False)):
        address = CAPABILITIES.seal(reference, NOW)
        assert CAPABILITIES.open(address, NOW) == reference
        assert address.replace("-", "").replace("_", "").isalnum()
        assert len(address) < MOST_ADDRESS
    assert REFERENCE.media_id not in CAPABILITIES.seal(REFERENCE, NOW)


def test_an_address_is_good_for_half_a_day_to_a_day() -> None:
    """Made at any moment of a half day it is the same, and ends with the next half day."""
    start = NOW // HALF_DAY_MS * HALF_DAY_MS
    address = CAPABILITIES.seal(REFERENCE, start)
    assert CAPABILITIES.seal(REFERENCE, start + HALF_DAY_MS - 1) == address
    assert CAPABILITIES.seal(REFERENCE, start + HALF_DAY_MS) != address
    assert CAPABILITIES.open(address, start + 2 * HALF_DAY_MS - 1) == REFERENCE
    assert CAPABILITIES.open(address, start + 2 * HALF_DAY_MS) is None


def test_every_part_makes_another_address() -> None:
    """Another token, another picture, another variant."""
    others = [
        Reference(hash_token("x"), REFERENCE.media_id, thumbnail=True),
        Reference(REFERENCE.token_hash, "2", thumbnail=True),
        Reference(REFERENCE.token_hash, REFERENCE.media_id, thumbnail=False),
    ]
    assert len({CAPABILITIES.seal(each, NOW) for each in (REFERENCE, *others)}) == 4


def test_every_changed_letter_makes_it_none() -> None:
    """Also in the last letter, of which some bits mean nothing, and with letters that decoders pass over."""
    address = CAPABILITIES.seal(REFERENCE, NOW)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for at in range(len(address)):
        other = letters[(letters.index(address[at]) + 1) % 64]
        assert CAPABILITIES.open(address[:at] + other + address[at + 1 :], NOW) is None
    for other in (address + "A", address + "=", address[:-1], address + "\n", f" {address}", address + "ä"):
        assert CAPABILITIES.open(other, NOW) is None


@pytest.mark.parametrize("raw", ["", "A", "====", "x" * 20, "x" * (MOST_ADDRESS + 1), "\0", "../../keys"])
def test_what_is_none_opens_to_nothing(raw: str) -> None:
    """Whatever it is."""
    assert CAPABILITIES.open(raw, NOW) is None


def test_another_key_s_address_is_none() -> None:
    """Nor is one that was encrypted under the key for another use."""
    assert Capabilities(bytes(KEY_LENGTH)).open(CAPABILITIES.seal(REFERENCE, NOW), NOW) is None
    other = CAPABILITIES._cipher.encrypt(bytes(60), [b"another use"])  # noqa: SLF001 - to make what nothing makes
    assert CAPABILITIES.open(base64url(other), NOW) is None


def test_the_key_stays(tmp_path: Path) -> None:
    """It is made once, for its owner alone; a file that is none is refused."""
    path = tmp_path / "media.json"
    address = load_or_make_capabilities(path).seal(REFERENCE, NOW)
    assert load_or_make_capabilities(path).open(address, NOW) == REFERENCE
    assert path.stat().st_mode & 0o777 == 0o600
    for content in ("{}", '{"aes256siv": "00"}', '{"aes256siv": 1}', '{"aes256siv": "xx"}', "[]"):
        path.write_text(content)
        with pytest.raises(Malformed):
            load_or_make_capabilities(path)
