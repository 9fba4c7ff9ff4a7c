"""The words as values: what is refused at the door, and the tables that are never to change by accident."""

import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.disclosure import HoldingWrite
from bailment.model.encoding import base64url, expiry_hour, hash_token
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
from bailment.model.programme import (
    Build,
    Consent,
    Grant,
    Integration,
    Partner,
    check_country,
    check_slug,
    pack_consents,
    parse_consents,
)
from bailment.model.states import AGREEMENT_MOVES, AgreementState, move_agreement
from bailment.seal.secret import random_secret
from tests.support.world import BUILD, NOW, terms

BOOK = Consent("address-book", 1, 1)
GRANT = ("g", 1, "lumen-hub", "DE", (BOOK,), NOW, "client", "A watch", BUILD)


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
        (4, ()),
        (4, (BOOK, Consent("photos", 1, 1), Consent("address-book", 2, 2))),
        (5, -1),
        (5, 2**63),
        (7, " "),
        (7, "x" * 201),
        (8, b""),
        (8, bytes(31)),
    ],
)
def test_a_grant_that_cannot_be_is_refused(place: int, wrong: object) -> None:
    """Person, integration, country, purposes, end, device's name and build are checked."""
    assert Grant(*GRANT).until == NOW
    assert Grant(*GRANT[:6]).build is None
    with pytest.raises(Malformed):
        Grant(*(wrong if at == place else each for at, each in enumerate(GRANT)))  # type: ignore[arg-type] # what we test


@pytest.mark.parametrize(
    "wrong",
    [
        ("any purpose", 1, 1),
        ("", 1, 1),
        ("a=b", 1, 1),
        ("photos", -1, 1),
        ("photos", UNKNOWN, 1),
        ("photos", 1, 1 << 63),
        ("photos", 0, 0),
    ],
)
def test_a_consent_that_cannot_be_is_refused(wrong: tuple[str, int, int]) -> None:
    """Purpose and masks are checked; one field in one ring is the least that can be consented to."""
    assert (Consent("photos", 0, 1), Consent("photos", 1, 0)) == (
        Consent("photos", 0, 1),
        Consent("photos", 1, 0),
    )
    with pytest.raises(Malformed):
        Consent(*wrong)


CONSENTS = st.lists(
    st.builds(
        Consent,
        st.from_regex(r"[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True),
        st.integers(0, ALL_FIELDS),
        st.integers(1, ALL_FIELDS),
    ),
    unique_by=lambda consent: consent.purpose,
    max_size=5,
)


@given(CONSENTS)
def test_consents_go_both_ways_sorted(consents: list[Consent]) -> None:
    """The stored form is the same in any order, and gives the consents back by purpose."""
    text = pack_consents(consents)
    assert pack_consents(reversed(consents)) == text
    assert parse_consents(text) == tuple(sorted(consents, key=lambda consent: consent.purpose))


def test_the_stored_form_of_consents_is_this() -> None:
    """Purposes with their masks by ring, in decimal; none is an empty text."""
    consents = (Consent("photos", 2, 0), Consent("address-book", ALL_FIELDS, 255))
    assert pack_consents(consents) == "address-book=1048575/255 photos=2/0"
    assert (pack_consents(()), parse_consents("")) == ("", ())


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
    """Base64url has no padding, and a token is stored as its hash behind its hour."""
    assert base64url(b"\xfb\xff") == "-_8"
    assert hash_token("x").hex().startswith("00000000000000" + "2d711642b726b044")


@pytest.mark.parametrize(
    "token", ["", "x" * 51, "x" * 53, "x" * 48, "=" + "x" * 51, "x" * 51 + "\n", "é" * 52, "+/" * 26]
)
def test_what_is_no_token_of_ours_is_of_hour_nought(token: str) -> None:
    """Any text has a key, 39 bytes, and only our own form brings an hour."""
    assert hash_token(token) == bytes(7) + hashlib.sha256(token.encode()).digest()


@given(st.integers(0, 2**63 - 1))
def test_a_token_is_stored_under_its_hour(expires_at_ms: int) -> None:
    """The key starts with the token's end: the hour, up to the last that four bytes hold, and the rest."""
    token = random_secret(expires_at_ms)
    assert len(token) == 52
    hour, rest = divmod(expires_at_ms, 3_600_000)
    front = min(hour, 2**32 - 1).to_bytes(4, "big") + rest.to_bytes(3, "big")
    assert hash_token(token) == front + hashlib.sha256(token.encode()).digest()
    assert hash_token(token) != hash_token(random_secret(expires_at_ms))


def test_a_swept_hour_holds_nothing_that_is_still_good() -> None:
    """Keys below the current hour are of tokens that have expired; the current hour's are left."""
    for expires_at_ms in (NOW - 1, NOW, NOW + 1, NOW + 3_599_999):
        key = hash_token(random_secret(expires_at_ms))
        for now in (expires_at_ms - 1, expires_at_ms):
            assert key > expiry_hour(now)
        assert key < expiry_hour(expires_at_ms + 3_600_000)


def test_a_holding_names_the_disclosure_that_made_it() -> None:
    """The same write with another commitment is equal in everything else."""
    write = HoldingWrite(bytes(16), "dev", 8, 0, 0, bytes(32), None, b"", b"")
    assert write.made_by(BUILD).commitment == BUILD
    assert write.made_by(BUILD).made_by(b"") == write
