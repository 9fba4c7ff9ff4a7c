"""Rows of the operator's page: reasons are spelled from masks, and only here."""

from bailment.endpoints.console.codec import Row, page_row
from bailment.ledger.cbor import Value
from bailment.model.encoding import base64url
from bailment.model.fields import ALL_FIELDS, mask_of

NAME, NAME_CITY = mask_of(["name"]), mask_of(["name", "city"])
_FIELDS: dict[str, Value] = {
    "partner": "acme",
    "integration": "hub",
    "build": b"\xab" * 32,
    "commitment": b"\xcd" * 32,
}
_DETAILS: dict[str, Value] = {
    "route": "friends",
    "outcome": "shown",
    "shown": 2,
    "withheld": 1,
    "rules": [NAME_CITY, ALL_FIELDS, ALL_FIELDS & ~NAME, ALL_FIELDS],
    "reasons": "",
}


def _row(kind: str = "disclosure", **changed: Value) -> Row:
    return page_row(kind, _FIELDS, {**_DETAILS, **changed}, "2026-01-01T00:00:00.000Z")


def _sentences(row: Row) -> list[tuple[str, str]]:
    return [(reason.rule, reason.sentence) for reason in row.reasons]


def test_the_base_rules_say_what_they_take() -> None:
    """A mask is spelled by what it keeps or by what it takes, whichever is shorter."""
    assert _sentences(_row()) == [
        ("agreement", "keeps only name, city"),
        ("build", "takes nothing"),
        ("grant", "takes name"),
        ("jurisdiction", "takes nothing"),
    ]
    assert [reason.is_quiet for reason in _row().reasons] == [False, True, False, True]


def test_what_is_unknown_takes_everything_and_says_so() -> None:
    """No mask is not the same as an empty one."""
    assert _sentences(_row(rules=[None, 0])) == [
        ("agreement", "unknown, so takes everything"),
        ("build", "takes everything"),
    ]


def test_friends_rules_are_summed_up_by_what_they_take() -> None:
    """Settings come before audiences, and what concerns most friends comes first."""
    reasons = f"{NAME}/{ALL_FIELDS}:3;0/{ALL_FIELDS}:1;/{NAME}:2;{ALL_FIELDS}/:4"
    assert _sentences(_row(rules=[], reasons=reasons)) == [
        ("setting", "takes nothing, for 4 friends"),
        ("setting", "keeps only name, for 3 friends"),
        ("setting", "unknown, so takes everything, for 2 friends"),
        ("setting", "takes everything, for 1 friend"),
        ("audience", "takes nothing, for 4 friends"),
        ("audience", "unknown, so takes everything, for 4 friends"),
        ("audience", "keeps only name, for 2 friends"),
    ]


def test_titles_and_outcomes_are_words() -> None:
    """Each route and outcome has words of its own; a refusal names its rule."""
    assert (_row().title, _row().outcome) == ("friends list", "answered: 2 shown, 1 withheld")
    assert _row(route="me", outcome="not-modified").outcome.startswith("not modified")
    assert _row(route="friend", outcome="absent").title == "one friend"
    refused = page_row("refusal", {**_FIELDS, "rule": "partner.on-hold", "build": None}, _DETAILS, "")
    assert refused.outcome == "refused by rule partner.on-hold"
    assert refused.build == "not registered"


def test_a_receipt_is_spelled_as_phones_get_it() -> None:
    """So that an operator can compare the two."""
    assert _row().receipt == base64url(b"\xcd" * 32)


def test_details_that_are_not_there_show_nothing() -> None:
    """A row of an entry whose details are of another form is still a row."""
    row = page_row("disclosure", {}, {}, "")
    assert (row.reasons, row.partner, row.receipt) == ((), "", "")
