"""The replay of country withholding: what may follow what, who signed, and the list that anybody can make."""

import json

import pytest

from bailment.ledger.audit import Audit
from bailment.ledger.public_register import public_register, spell_register
from bailment.ledger.register_text import register_lines
from tests.ledger.samples import change, entry
from tests.support.world import Free

AT = 1_790_000_000_000
DAY_MS = 86_400_000
END = AT + 30 * DAY_MS
ORDER: dict[str, Free] = {
    "country": "DE",
    "item": "status",
    "issuer": "District Court of Example",
    "basis": "Example Act, section 7",
    "document": bytes(32),
    "until": END,
    "commitment": bytes([1]) * 32,
}
ON: dict[str, Free] = {"state": "on", "reason": "a law"}
OFF: dict[str, Free] = {"state": "off", "reason": "repealed"}


def said(number: int, kind: str, *, at: int = AT, signers: int = 2, **fields: Free) -> list[bytes]:
    """Return the entries of one change: its own, its signatures if any, and that it is in effect."""
    found = [entry(f"withholding.{kind}", change=change(number), at=at, **fields)]
    if signers:
        found.append(
            entry(
                "decision.signed",
                change=change(number),
                minute=at // 60_000,
                commitment=bytes(32),
                signers=signers,
            )
        )
    return [*found, entry("in-effect", change=change(number), minute=at // 60_000)]


def ordered(number: int, order: str = "a", **changed: Free) -> list[bytes]:
    """Return the entries of an order."""
    more = {name: changed.pop(name) for name in ("at", "signers") if name in changed}
    return said(number, "ordered", order=order, **more, **{**ORDER, **changed})


def lifted(number: int, order: str = "a", **more: Free) -> list[bytes]:
    """Return the entries of a lift."""
    return said(number, "lifted", order=order, cause="operator", reason="over", **more)


def flaws(*parts: list[bytes]) -> list[str]:
    """Replay entries and return what is out of place."""
    audit = Audit()
    entries = [each for part in parts for each in part]
    return [flaw.sentence for index, raw in enumerate(entries) for flaw in audit.add(index, raw)]


def register(*parts: list[bytes], until: int | None = None) -> Free:
    """Return the public register's part of these entries, read back from its spelling."""
    audit = Audit(until)
    for index, raw in enumerate(each for part in parts for each in part):
        assert not list(audit.add(index, raw))
    return json.loads(spell_register(public_register(audit)))


GOOD = [said(1, "switched", **ON), ordered(2)]


@pytest.mark.parametrize(
    ("parts", "flaw"),
    [
        ([ordered(2)], "switched off"),
        ([said(1, "switched", **ON), said(2, "switched", **ON)], "no change"),
        ([said(1, "switched", **OFF)], "no change"),
        ([said(1, "switched", signers=1, **ON)], "fewer than two"),
        ([*GOOD[:1], ordered(2, signers=1)], "fewer than two"),
        ([*GOOD[:1], ordered(2, signers=0)], "fewer than two"),
        ([*GOOD[:1], ordered(2, until=AT)], "no end within 365 days"),
        ([*GOOD[:1], ordered(2, until=AT + 365 * DAY_MS + 1)], "no end within 365 days"),
        ([*GOOD[:1], ordered(2, item="account")], "no single item"),
        ([*GOOD, ordered(3)], "announced before"),
        ([*GOOD, said(3, "switched", **OFF)], "while an order stood"),
        ([*GOOD, lifted(3, "b")], "no such order"),
        ([*GOOD, lifted(3), lifted(4)], "ended already"),
        ([*GOOD, said(3, "lapsed", order="a")], "end has not come"),
        ([*GOOD, lifted(3), said(4, "lapsed", at=END, order="a")], "ended already"),
        ([*GOOD, said(3, "lapsed", at=END, order="a"), lifted(4, at=END)], "ended already"),
        ([*GOOD, said(3, "objected", order="b", text="no")], "no such order"),
        ([*GOOD, said(3, "decided", order="a", decision="granted", reason="yes")], "no appeal"),
        (
            [
                *GOOD,
                *(said(each, "appealed", signers=0, order="a", commitment=bytes(32)) for each in (3, 4)),
            ],
            "pending already",
        ),
        (
            [
                *GOOD,
                said(3, "appealed", signers=0, order="a", commitment=bytes(32)),
                said(4, "decided", signers=1, order="a", decision="refused", reason="no"),
            ],
            "fewer than two",
        ),
    ],
)
def test_what_does_not_fit(parts: list[list[bytes]], flaw: str) -> None:
    """Each of these is found, and the flaw says which rule it breaks."""
    found, *_ = flaws(*parts)
    assert flaw in found


def test_what_fits() -> None:
    """An order, an appeal that is refused, one that is granted, an objection, a lapse, a switching off."""
    appealed: dict[str, Free] = {"signers": 0, "order": "a", "commitment": bytes(32)}
    assert not flaws(
        *GOOD,
        ordered(3, "b", until=AT + DAY_MS),
        said(4, "appealed", **appealed),
        said(5, "decided", order="a", decision="refused", reason="no"),
        said(6, "objected", signers=1, order="a", text="this is censorship"),
        said(7, "lapsed", signers=0, at=AT + DAY_MS, order="b"),
        lifted(8),
        said(9, "switched", **OFF),
        said(10, "switched", **ON),
        ordered(11, "c"),
    )


def test_what_a_crash_announced_may_be_announced_again() -> None:
    """An order without its "in effect" withholds nothing; until it has one the register says so."""
    half = ordered(2)[:-1]
    row = register(GOOD[0], half)["withholding"]["orders"][0]
    assert row["in_effect"] is None
    assert not flaws(GOOD[0], half, ordered(3))
    lines = register_lines(register(GOOD[0], half), AT)
    assert any("announced, and not in effect" in line for line in lines)
    (row,) = register(GOOD[0], half, ordered(3))["withholding"]["orders"]
    assert row["in_effect"] is not None


def test_everything_ever_withheld_can_be_listed() -> None:
    """With its country, issuer, basis, end, signers and objections; what ended stays in the list."""
    entries = [
        *GOOD,
        ordered(3, "b", country="FR"),
        said(4, "objected", signers=1, order="a", text="this is censorship"),
        lifted(5, at=AT + 5),
    ]
    found = register(*entries)
    assert found["withholding"]["on"] is True
    assert [(row["order"], row["country"], row["signers"]) for row in found["withholding"]["orders"]] == [
        ("a", "DE", 2),
        ("b", "FR", 2),
    ]
    lines = register_lines(found, AT + 6)
    assert "country withholding: switched on; 1 orders in force of 2 ever" in lines
    (a,) = [line for line in lines if line.startswith("  a: ")]
    assert "a status in DE, by District Court of Example; Example Act, section 7; lifted" in a
    assert any("objection of staff" in line and "this is censorship" in line for line in lines)
    (b,) = [line for line in lines if line.startswith("  b: ")]
    assert "until 2026-10-21" in b
    assert "[entry 6]" in b
    assert any("0 orders in force of 2 ever" in line for line in register_lines(found, END))
    # As of a moment before the lift, it stood.
    earlier = register(*entries, until=AT)
    assert "country withholding: switched on; 2 orders in force of 2 ever" in register_lines(earlier, AT)
