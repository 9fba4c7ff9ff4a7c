"""Rendering to blobs and slicing them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.errors import Malformed, Tampered
from bailment.model.fields import ALL_FIELDS, FIELDS, mask_of
from bailment.model.people import JsonValue
from bailment.people import render as module
from bailment.people.render import fields_present, render, slice_fields

LABEL = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
NAMED = st.fixed_dictionaries({"name": LABEL})
VALUES: st.SearchStrategy[dict[str, JsonValue]] = st.fixed_dictionaries(
    {},
    optional={
        "gender": LABEL,
        "interests": st.lists(LABEL, max_size=5),
        "city": NAMED,
        "name": st.fixed_dictionaries({"full": LABEL}, optional={"native": LABEL}),
        "religion": NAMED,
        "email": st.lists(LABEL, max_size=3),
        "work": st.lists(st.fixed_dictionaries({"employer": LABEL}), max_size=2),
        "photos": st.just([]),
    },
)


@given(VALUES, st.integers(0, ALL_FIELDS))
def test_a_slice_is_the_json_of_the_filtered_values(values: dict[str, JsonValue], mask: int) -> None:
    """Braces round a slice make the object of the mask's fields, in the order of their bits."""
    blob = render(values)
    wanted = [(f.name, values[f.name]) for f in FIELDS if f.name in values and mask & f.mask]
    assert json.loads(b"{" + slice_fields(blob, mask) + b"}", object_pairs_hook=list) == [
        (name, json.loads(json.dumps(value), object_pairs_hook=list)) for name, value in wanted
    ]
    assert fields_present(blob) == mask_of(values)


def test_the_layout_is_as_documented() -> None:
    """The bytes of a blob are what its module says: other code and other years read them."""
    blob = render({"gender": "x", "name": {"full": "Zoë"}})
    name, gender = '"name":{"full":"Zoë"}'.encode(), b'"gender":"x"'
    assert blob == b"\x02" + bytes([0, len(name), 0, 0, 0, 15, len(gender), 0, 0, 0]) + name + gender
    assert slice_fields(blob, 1) == name
    assert slice_fields(blob, 2) == b""
    assert slice_fields(render({}), ALL_FIELDS) == b""


def test_no_slice_of_a_negative_mask() -> None:
    """A mask with the sign bit set selects nothing: it is evidence of damage."""
    with pytest.raises(Tampered):
        slice_fields(render({"gender": "x"}), -1)


@given(VALUES, st.data())
def test_damaged_blobs_are_tampered(values: dict[str, JsonValue], data: st.DataObject) -> None:
    """A blob that is cut or extended is refused, whatever the mask."""
    blob = render(values)
    cut = data.draw(st.integers(0, len(blob) - 1))
    for damaged in (blob[:cut], blob + b"x"):
        for mask in (0, 1, ALL_FIELDS):
            with pytest.raises(Tampered):
                slice_fields(damaged, mask)
        with pytest.raises(Tampered):
            fields_present(damaged)


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"\x31",
        b"\x01\x30\x00\x00\x00\x00",
        b"\x02" + b"\x01\x00\x00\x00\x00" * 2,
        b"\x02\x02\x00\x00\x00\x00\x01\x00\x00\x00\x00",
        b"\x01\x01\xff\xff\xff\xff",
    ],
)
def test_impossible_headers_are_tampered(blob: bytes) -> None:
    """Too many fields, a bit that is no field's, bits twice or out of order, and absurd lengths."""
    with pytest.raises(Tampered):
        slice_fields(blob, ALL_FIELDS)
    with pytest.raises(Tampered):
        fields_present(blob)


@given(st.binary(max_size=60), st.integers(-1, ALL_FIELDS))
def test_only_tampered_comes_out_of_bytes(blob: bytes, mask: int) -> None:
    """Whatever the bytes, slicing answers or raises Tampered."""
    for read in (lambda: slice_fields(blob, mask), lambda: fields_present(blob)):
        try:
            read()
        except Tampered:
            continue


def test_lone_surrogates_are_malformed() -> None:
    """Text that has no UTF-8 cannot be rendered."""
    with pytest.raises(Malformed):
        render({"gender": "\ud800"})


def test_a_blob_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person whose values exceed the bound is refused."""
    monkeypatch.setattr(module, "MAX_BLOB_BYTES", 10)
    with pytest.raises(Malformed):
        render({"gender": "x"})
