"""The words as values: what is refused at the door, and the tables that are never to change by accident."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.disclosure import HoldingWrite
from bailment.model.encoding import base64url, hash_token
from bailment.model.errors import BailmentError, Conflict, Malformed, Tampered, Unavailable
from bailment.model.fields import (
    ALL_FIELDS,
    DEFAULT_SETTING,
    FIELDS,
    UNKNOWN,
    Category,
    fields_of,
    mask_of,
    mask_of_categories,
    names_of,
)
from bailment.model.people import MAX_PERSON_ID, PersonRecord, check_person_id, check_setting
from bailment.model.programme import Build, Grant, Integration, Partner, check_country, check_slug
from bailment.model.states import AGREEMENT_MOVES, AgreementState, move_agreement
from tests.support.world import BUILD, NOW, terms

GRANT = ("g", 1, "lumen-hub", "DE", "address-book", 1, 1, NOW)


def test_bits_are_given_once_and_leave_room_for_the_signs() -> None:
    """Each field has a bit of its own below 48, so that bit 62 and bit 63 are free."""
    assert [field.bit for field in FIELDS] == list(range(len(FIELDS)))
    assert ALL_FIELDS < 1 << 48 < UNKNOWN < 1 << 63


def test_the_bits_that_are_stored_keep_their_names() -> None:
    """Masks in databases and ledgers mean these fields for ever."""
    assert names_of(0b1111) == ["name", "photo", "email", "phone"]
    assert mask_of(["gender", "languages", "websites", "interests", "joined"]) == 0b11111 << 15


def test_as_shipped_a_friends_name_alone_is_open() -> None:
    """Every other field of a friend is closed until that person opens it."""
    assert names_of(DEFAULT_SETTING) == ["name"]


@given(st.integers(0, ALL_FIELDS))
def test_masks_and_names_go_both_ways(mask: int) -> None:
    """The names of a mask make the same mask."""
    assert mask_of(names_of(mask)) == mask
    assert sum(field.mask for field in fields_of(mask)) == mask


def test_every_field_has_a_category() -> None:
    """The categories divide the fields among them."""
    assert sum(mask_of_categories({category}) for category in Category) == ALL_FIELDS
    assert mask_of_categories(()) == 0


@pytest.mark.parametrize("name", ["", "Name", "friends", "name "])
def test_what_is_no_field_is_refused(name: str) -> None:
    """A name that is no field's is the caller's fault, and the message shows it."""
    with pytest.raises(Malformed, match="fields: no field is called"):
        mask_of([name])


def test_ids_and_settings_have_their_range() -> None:
    """A person's id lies in 1 to 2**53, a setting is made of fields."""
    assert check_person_id(1) == 1
    assert check_person_id(MAX_PERSON_ID) == 2**53
    for nobody in (0, -1, 2**53 + 1):
        with pytest.raises(Malformed):
            check_person_id(nobody)
    assert check_setting(ALL_FIELDS) == ALL_FIELDS
    for mask in (-1, UNKNOWN, ALL_FIELDS + 1, 1 << 63):
        with pytest.raises(Malformed):
            check_setting(mask)
    for person_id, setting in ((0, 0), (1, UNKNOWN)):
        with pytest.raises(Malformed):
            PersonRecord(person_id, {}, setting)


@pytest.mark.parametrize("slug", ["a", "9", "a-b", "lumen-mobile-2", "a" * 64])
def test_a_slug_is_short_and_plain(slug: str) -> None:
    """Lower-case letters, digits and inner hyphens."""
    assert check_slug(slug, "partner") == slug


@pytest.mark.parametrize("slug", ["", "-a", "a-", "A", "a_b", "a b", "a" * 65, "é", "a\n", "a.b", "a;b"])
def test_what_is_no_slug_is_refused(slug: str) -> None:
    """So no slug can break the texts in which slugs are joined, nor a ledger entry."""
    with pytest.raises(Malformed, match="partner: "):
        check_slug(slug, "partner")


@pytest.mark.parametrize("country", ["", "de", "D", "DEU", "D1", "DE ", "ÄÖ", "D\n"])
def test_what_has_no_countrys_form_is_refused(country: str) -> None:
    """Two capital letters and nothing else."""
    assert check_country("DE", "country") == "DE"
    with pytest.raises(Malformed):
        check_country(country, "country")


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_names_have_a_length(name: str) -> None:
    """A partner and an integration have a name that can be shown."""
    with pytest.raises(Malformed, match="name: "):
        Partner("lumen", name, "DE")
    with pytest.raises(Malformed, match="name: "):
        Integration("lumen-hub", "lumen", name)


def test_a_partners_parts_are_checked() -> None:
    """Id, seat and every owner's country."""
    assert Partner("lumen", "Lumen", "DE", ("FR",)).owner_countries == ("FR",)
    for parts in (("Lumen", "L", "DE", ()), ("lumen", "L", "d", ()), ("lumen", "L", "DE", ("x",))):
        with pytest.raises(Malformed):
            Partner(*parts)
    for ids in (("X", "lumen"), ("lumen-hub", "X")):
        with pytest.raises(Malformed):
            Integration(*ids, "Lumen Hub")


@pytest.mark.parametrize(
    "wrong",
    [
        {"purposes": ()},
        {"purposes": ("Address Book",)},
        {"partner_countries": ("Germany",)},
        {"device_countries": ("de",)},
        {"custody": "cloud"},
        {"custody": "sealed"},
        {"starts_at": NOW, "ends_at": NOW},
        {"starts_at": -1},
        {"ends_at": 2**63},
        {"self_mask": -1},
        {"self_mask": UNKNOWN},
        {"friend_mask": 1 << 63},
        {"friend_mask": ALL_FIELDS + 1},
    ],
)
def test_terms_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    """Forms, dates in order, masks of fields: what could not be stored or shown is refused at the door."""
    with pytest.raises(Malformed):
        terms(**wrong)


@pytest.mark.parametrize(
    ("digest", "version"), [(b"", "1"), (bytes(31), "1"), (BUILD, ""), (BUILD, "x" * 65)]
)
def test_a_build_is_known_by_32_bytes(digest: bytes, version: str) -> None:
    """And by a version that can be shown."""
    with pytest.raises(Malformed):
        Build(digest, "lumen-hub", version)
    with pytest.raises(Malformed):
        Build(BUILD, "Lumen Hub", "1")


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (1, 0),
        (2, "X"),
        (3, "de"),
        (4, "any purpose"),
        (5, -1),
        (5, UNKNOWN),
        (6, 1 << 63),
        (7, -1),
        (7, 2**63),
    ],
)
def test_a_grant_that_cannot_be_is_refused(place: int, wrong: object) -> None:
    """Person, integration, country, purpose, masks and end are checked."""
    assert Grant(*GRANT).until == NOW
    with pytest.raises(Malformed):
        Grant(*(wrong if at == place else each for at, each in enumerate(GRANT)))  # type: ignore[arg-type] # what we test


def test_the_moves_of_an_agreement_are_those_of_the_table() -> None:
    """Every pair of states is either in the table or a Conflict; what has ended stays ended."""
    for old, new in itertools.product(AgreementState, repeat=2):
        if new in AGREEMENT_MOVES[old]:
            assert move_agreement(old, new) is new
        else:
            with pytest.raises(Conflict, match=f"is {old.value} cannot become {new.value}"):
                move_agreement(old, new)
    assert AGREEMENT_MOVES[AgreementState.ENDED] == frozenset()
    assert set(AGREEMENT_MOVES) == set(AgreementState)


def test_errors_come_in_four_families() -> None:
    """Each is one of ours; only the caller's fault names a place."""
    for family in (Malformed, Unavailable, Conflict, Tampered):
        assert issubclass(family, BailmentError)
    assert str(Malformed("no", where="file:3")) == "file:3: no"
    assert (Malformed("no").message, Malformed("no").where, str(Malformed("no"))) == ("no", "", "no")


def test_spellings() -> None:
    """Base64url has no padding, and a token is stored as its hash."""
    assert base64url(b"\xfb\xff") == "-_8"
    assert hash_token("x").hex().startswith("2d711642b726b044")


def test_a_holding_names_the_disclosure_that_made_it() -> None:
    """The same write with another commitment is equal in everything else."""
    write = HoldingWrite(bytes(16), "dev", 8, 0, 0, bytes(32), None, b"", b"")
    assert write.made_by(BUILD).commitment == BUILD
    assert write.made_by(BUILD).made_by(b"") == write
