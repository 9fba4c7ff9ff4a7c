"""Where an integration may be opened to apps in the ledger, and closed: what an auditor refuses."""

from typing import Any

import pytest

from bailment.ledger.audit import Audit
from bailment.ledger.public_register import public_register
from tests.ledger.samples import BUILD, MINUTE, NOW_S, admitted, change, entry

AT = NOW_S * 1000
TERMS: dict[str, Any] = {
    "self": ["name"],
    "friends": ["name"],
    "purposes": ["status"],
    "partner_countries": ["US"],
    "device_countries": ["US"],
    "custody": "device",
    "retention_days": 0,
    "uses": [],
    "from": 0,
    "until": 2 * AT,
}


def in_effect(number: int) -> bytes:
    """Say that a change binds."""
    return entry("in-effect", change=change(number), minute=MINUTE)


def signed(number: int = 9, version: int = 2, **changed: Any) -> list[bytes]:  # noqa: ANN401 - terms
    """Sign a version of the agreement that takes secrets, unless changed."""
    terms = {**TERMS, "secrets": True, **changed}
    fields: dict[str, Any] = {"at": AT, "partner": "acme", "agreement": version}
    return [entry("agreement.signed", change=change(number), **fields, terms=terms), in_effect(number)]


def opened(number: int, **changed: Any) -> bytes:  # noqa: ANN401 - an entry's fields
    """Open the partner's integration."""
    fields: dict[str, Any] = {
        "at": AT,
        "partner": "acme",
        "integration": "contacts",
        "build": BUILD,
        "purpose": "status",
    }
    return entry("integration.opened", change=change(number), **{**fields, **changed})


def closed(number: int, integration: str = "contacts") -> bytes:
    """Close it."""
    fields: dict[str, Any] = {"at": AT + 1, "partner": "acme", "integration": integration}
    return entry("integration.closed", change=change(number), **fields)


def flaws(*entries: bytes) -> list[str]:
    """Replay a ledger that begins with a partner whose agreement takes secrets."""
    audit = Audit()
    story = [*admitted(), *signed(), *entries]
    return [flaw.sentence for index, raw in enumerate(story) for flaw in audit.add(index, raw)]


def test_one_after_another() -> None:
    """Opened, closed, opened again: each after the other."""
    story = [opened(10), in_effect(10), closed(11), in_effect(11), opened(12), in_effect(12)]
    assert flaws(*story) == []


@pytest.mark.parametrize(
    ("story", "sentence"),
    [
        ([opened(10), in_effect(10), opened(11)], "open already"),
        ([closed(10)], "was not open"),
        ([opened(10), in_effect(10), closed(11, "other")], "was not open"),
        ([opened(10), in_effect(10), closed(11), closed(12)], "was not open"),
        ([opened(10, build=bytes(32))], "not approved"),
        ([opened(10, integration="other")], "not approved"),
        ([opened(10, partner="nobody")], "never admitted"),
    ],
)
def test_what_is_out_of_place(story: list[bytes], sentence: str) -> None:
    """The replay says which entry, and why."""
    (found,) = flaws(*story)
    assert sentence in found


def test_under_an_agreement_without_secrets() -> None:
    """The version that counts is the newest in effect."""
    audit = Audit()
    fields: dict[str, Any] = {"at": AT, "partner": "acme", "agreement": 3}
    plain = [entry("agreement.signed", change=change(8), **fields, terms=TERMS), in_effect(8)]
    story = [*admitted(), *signed(), *plain, opened(10)]
    found = [flaw.sentence for index, raw in enumerate(story) for flaw in audit.add(index, raw)]
    assert found == ["integration.opened: the agreement takes no secrets"]


def test_what_was_announced_and_never_bound_opened_nothing() -> None:
    """A crash between the announcement and the change leaves an entry; the register does not count it."""
    audit = Audit()
    story = [*admitted(), *signed(), opened(10), opened(11), in_effect(11)]
    assert [flaw for index, raw in enumerate(story) for flaw in audit.add(index, raw)] == []
    partners: Any = public_register(audit)["partners"]
    (row,) = partners[0]["opened_to_apps"]
    assert (row["entry"], row["closed_at"]) == (7, None)
