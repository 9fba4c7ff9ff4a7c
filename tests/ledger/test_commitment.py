"""Commitments open item by item and hold."""

import json
from hashlib import sha256
from hmac import digest

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.ledger.cbor import Value
from bailment.ledger.commitment import (
    MAX_ITEMS,
    Opening,
    PartialOpening,
    Revealed,
    check_opening,
    commit,
    open_items,
    parse_partial_opening,
)
from bailment.model.errors import Malformed, Tampered
from tests.ledger.test_cbor import depth_of, values

SALT = bytes(range(16))
DETAILS: dict[str, Value] = {"device": b"\x01" * 16, "country": "US", "persons": 500, "fields": {"self": 3}}
details = st.dictionaries(
    st.text(max_size=8), values.filter(lambda value: depth_of(value) < 7), min_size=1, max_size=6
)


def test_is_the_documented_hash() -> None:
    """The commitment is what its definition says, computed with other tools."""
    digests = b""
    for name in sorted(DETAILS):
        salt = digest(SALT, b"bailment/item/v1\x00" + name.encode(), "sha256")
        pair = cbor2.dumps([name, DETAILS[name]], canonical=True)
        digests += sha256(b"\x00" + salt + pair).digest()
    assert commit(DETAILS, SALT) == sha256(b"\x01" + digests).digest()


@given(details, st.data())
def test_any_choice_of_items_opens(items: dict[str, Value], data: st.DataObject) -> None:
    """Whichever items are shown, they check, through JSON too, and the others stay hidden."""
    names = data.draw(st.sets(st.sampled_from(sorted(items))))
    partial = open_items(Opening(SALT, items), names)
    read = parse_partial_opening(json.loads(json.dumps(partial.to_json())))
    assert check_opening(commit(items, SALT), read) == {name: items[name] for name in names}
    assert len(read.items) == len(items)


def test_hidden_items_do_not_show() -> None:
    """Nothing of a hidden value stands in the JSON form of an opening."""
    text = json.dumps(open_items(Opening(SALT, DETAILS), {"persons"}).to_json())
    assert "US" not in text
    assert SALT.hex() not in text


def test_a_fresh_salt_unlinks() -> None:
    """The same details under another salt give another commitment."""
    assert commit(DETAILS, SALT) != commit(DETAILS, SALT[::-1])


def test_changes_are_found() -> None:
    """A shown value, name, salt or digest that differs is tampered with, and so is another order."""
    commitment = commit(DETAILS, SALT)
    partial = open_items(Opening(SALT, DETAILS), {"country", "persons"})
    country = partial.items[0]
    assert isinstance(country, Revealed)
    others = partial.items[1:]
    for items in (
        (Revealed(country.salt, "country", "CN"), *others),
        (Revealed(country.salt, "company", "US"), *others),
        (Revealed(bytes(32), "country", "US"), *others),
        (Revealed(country.salt[:-1], "country", "US"), *others),
        (Revealed(country.salt, "country", 1 << 65), *others),
        (bytes(32), *others),
        others,
        partial.items[::-1],
    ):
        with pytest.raises(Tampered):
            check_opening(commitment, PartialOpening(items))


def test_refuses_to_open_what_is_not_there() -> None:
    """Opening an unknown name is malformed."""
    with pytest.raises(Malformed):
        open_items(Opening(SALT, DETAILS), {"phone"})


def test_refuses_weak_or_oversized_commitments() -> None:
    """A short salt or too many items are refused."""
    with pytest.raises(Malformed):
        commit(DETAILS, SALT[:-1])
    with pytest.raises(Malformed):
        commit({str(number): number for number in range(MAX_ITEMS + 1)}, SALT)
    with pytest.raises(Malformed):
        commit({"\ud800": 1}, SALT)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
loose_items = st.fixed_dictionaries(
    {}, optional={"digest": json_values, "item": json_values, "salt": json_values}
)


@given(json_values | st.fixed_dictionaries({"v": st.just(1), "items": json_values | st.lists(loose_items)}))
def test_any_json_is_refused_or_parsed(document: object) -> None:
    """Random JSON is malformed or a partial opening, never another error."""
    try:
        parse_partial_opening(document)  # type: ignore[arg-type]  # Whatever a JSON parser returns.
    except Malformed:
        return


@pytest.mark.parametrize(
    "item",
    [
        {"digest": "AA"},
        {"digest": "A" * 44},
        {"digest": "A" * 42 + "B"},
        {"digest": "A" * 41},
        {"digest": "é" * 43},
        {"digest": "!" * 43},
        {"item": "AA", "salt": "A" * 43},
        {"item": "gQA", "salt": "A" * 43},
        {"item": "ggAA", "salt": "A" * 43},
        {"item": "gmFhAA", "salt": "A"},
        "text",
    ],
)
def test_refuses_damaged_items(item: str | dict[str, str]) -> None:
    """An item in another form than the one canonical is malformed."""
    with pytest.raises(Malformed):
        parse_partial_opening({"v": 1, "items": [item]})
