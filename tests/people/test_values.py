"""The shapes of field values, and the times in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.errors import Malformed
from bailment.model.people import JsonValue, PersonRecord
from bailment.people.text import clean, web_address
from bailment.people.times import birthday_of, check_birthday, check_instant, parse_instant
from bailment.people.values import check

GOOD: dict[str, JsonValue] = {
    "name": {"full": "王芳", "given": "芳", "family": "王", "native": "王芳"},
    "photo": {"url": "https://photos.example.org/1.jpg"},
    "email": ["fang@example.org"],
    "phone": ["+999000000001"],
    "birthday": "--02-29",
    "hometown": {"name": "成都"},
    "city": {"name": "西安", "id": 12},
    "work": [
        {"employer": "Tindra Labs", "title": "Cook", "location": "西安", "from": "2009", "to": "2010-05"}
    ],
    "education": [{"school": "Riverside College", "degree": "MSc", "subjects": ["Law"], "to": "2003-06-01"}],
    "relationship": {"status": "Married", "since": "2011"},
    "likes": [{"name": "Chess", "at": "2010-03-08T23:51:42.175Z"}, {"name": "Tea"}],
    "statuses": [{"text": "早上好", "at": "2010-03-08T23:51:42.175Z"}],
    "photos": [],
    "religion": {"name": "None"},
    "politics": {"name": "Green"},
    "gender": "female",
    "languages": ["zh", "en"],
    "websites": ["http://example.org/"],
    "interests": ["Jazz"],
    "joined": "2010-03-08T23:51:42.175Z",
}

BAD: list[dict[str, JsonValue]] = [
    {"shoe_size": 42},
    {"name": None},
    {"name": "Ada"},
    {"name": {"given": "Ada"}},
    {"name": {"full": ""}},
    {"name": {"full": "x" * 501}},
    {"name": {"full": "Ada", "nick": "A"}},
    {"photo": {"url": "javascript:alert(1)"}},
    {"photo": {"url": "https://example.org/\n"}},
    {"email": "ada@example.org"},
    {"email": ["a@example.org"] * 51},
    {"birthday": "1999-02-29"},
    {"birthday": "1999-2-9"},
    {"birthday": "--13-01"},
    {"birthday": "1999-02-03\n"},
    {"work": [{"title": "Cook"}]},
    {"work": [{"employer": "Tindra Labs", "from": "May 2009"}]},
    {"relationship": {"status": "Married", "partner": "Somebody"}},
    {"statuses": [{"text": "Hello"}]},
    {"statuses": [{"text": "Hello", "at": "2010-13-08T23:51:42.175Z"}]},
    {"joined": "2010-03-08T23:51:42Z"},
    {"joined": "2010-03-08T25:51:42.175Z"},
    {"websites": ["ftp://example.org"]},
]


def test_good_values_pass() -> None:
    """Every field has a shape, and a value of that shape passes."""
    check(GOOD)
    check({})


@pytest.mark.parametrize("values", BAD)
def test_bad_values_are_malformed(values: dict[str, JsonValue]) -> None:
    """A value that is not of its field's shape is refused."""
    with pytest.raises(Malformed):
        check(values)


def test_messages_do_not_repeat_what_was_sent() -> None:
    """Neither an unknown key nor a wrong value stands in the message; the path does."""
    faults: dict[str, dict[str, JsonValue]] = {
        "values.name": {"name": {"full": "x", "Zoë Exämple": 1}},
        "values": {"Zoë Exämple": 1},
        "values.work[0].employer": {"work": [{"employer": 7}]},
        "values.photo.url": {"photo": {"url": "Zoë Exämple"}},
    }
    for where, values in faults.items():
        with pytest.raises(Malformed) as caught:
            check(values)
        assert "Zoë" not in str(caught.value)
        assert caught.value.where == where


def test_deep_nesting_is_malformed() -> None:
    """A value nested without end is refused, not a crash."""
    deep: JsonValue = []
    for _ in range(100_000):
        deep = [deep]
    try:
        with pytest.raises(Malformed):
            check({"email": deep})
    finally:
        while isinstance(deep, list) and deep:  # freed layer by layer: a deep list frees recursively
            deep = deep[0]


@pytest.mark.parametrize(
    ("raw_text", "instant"),
    [
        ("2010-03-08T23:51:42.175+0000", "2010-03-08T23:51:42.175Z"),
        ("2010-03-09T01:51:42.175999+02:00", "2010-03-08T23:51:42.175Z"),
        ("2010-03-08T23:51:42Z", "2010-03-08T23:51:42.000Z"),
        ("2010-03-08T23:51:42.1-0030", "2010-03-09T00:21:42.100Z"),
    ],
)
def test_instants_are_brought_to_utc_with_milliseconds(raw_text: str, instant: str) -> None:
    """An offset is applied and the fraction has three digits."""
    assert parse_instant(raw_text) == instant
    check_instant(instant)


@pytest.mark.parametrize(
    "raw_text",
    [
        "",
        "2010-03-08",
        "2010-03-08T23:51:42",
        "2010-02-30T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2010-03-08T23:51:42+99:00",
        "2010-03-08T23:51:42Z\n",
        "٢٠١٠-03-08T23:51:42Z",
    ],
)
def test_what_is_no_instant_is_malformed(raw_text: str) -> None:
    """A wrong form, calendar or offset is refused."""
    with pytest.raises(Malformed):
        parse_instant(raw_text)


@given(st.text(max_size=40))
def test_only_malformed_comes_out_of_times(text: str) -> None:
    """Whatever the text, parsing answers or raises Malformed."""
    for parse in (parse_instant, check_instant, check_birthday):
        try:
            parse(text)
        except Malformed:
            continue


def test_birthdays_are_made_from_numbers() -> None:
    """A year that is missing or zero is left out; a day that does not exist is refused."""
    assert birthday_of(1984, 2, 29) == "1984-02-29"
    assert birthday_of(0, 2, 29) == "--02-29"
    for wrong in ((1985, 2, 29), (None, 13, 1), (-1, 1, 1), (1985, 0, 1), (10**9, 1, 1)):
        with pytest.raises(Malformed):
            birthday_of(*wrong)


def test_text_is_cleaned() -> None:
    """Controls and lone surrogates go, newlines within and scripts stay."""
    assert clean(" a\x00b\ud800\nनमस्ते\x9f ") == "ab\nनमस्ते"


@pytest.mark.parametrize(
    ("raw_text", "address"),
    [
        ("example.org", "https://example.org"),
        ("HTTP://example.org/a", "http://example.org/a"),
        ("javascript:alert(1).x", ""),
        ("data:text/html,x", ""),
        ("no address", ""),
        ("", ""),
    ],
)
def test_web_addresses_are_http_or_nothing(raw_text: str, address: str) -> None:
    """A bare domain is taken as https; another scheme is no web address."""
    assert web_address(raw_text) == address


@pytest.mark.parametrize(("person_id", "setting"), [(0, 1), (2**53 + 1, 1), (1, 1 << 40), (1, -1)])
def test_ids_and_settings_have_a_range(person_id: int, setting: int) -> None:
    """A record's id and setting are checked when it is made."""
    with pytest.raises(Malformed):
        PersonRecord(person_id, {}, setting)
