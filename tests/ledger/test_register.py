"""The public register: rebuilt from entries alone, as of any instant, with nothing that is not public."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.cli import register as command
from bailment.ledger.audit import Audit, replay
from bailment.ledger.commitment import commit
from bailment.ledger.public_register import public_register, spell_register
from bailment.ledger.register_text import instant, printable, register_lines
from tests.ledger.samples import (
    BUILD,
    CONFIDENTIAL,
    MINUTE,
    NOW_S,
    PERSONAL,
    POLICY,
    admitted,
    change,
    disclosure,
    entry,
    ledger,
    refusal,
)

AT = NOW_S * 1000
PARTNER: dict[str, Any] = {"partner": "acme"}
OF_BUILD: dict[str, Any] = {**PARTNER, "integration": "contacts", "build": bytes([6]) * 32, "version": "2.0"}
FROM: dict[str, Any] = {"from": "2026-01-01"}
CLASS: dict[str, Any] = {"class": "identifiers"}
STAGES: dict[str, Any] = {"no_grants": AT, "no_tokens": AT, "read_only": AT, "closes": AT + 60_000}
NEVER_PUBLIC = ("Vera Owner", "hit of the list", "officer-alice")


def clear(kind: str, number: int, at: int = AT, **fields: Any) -> bytes:  # noqa: ANN401 - an entry's fields
    """Encode an entry in clear."""
    return entry(kind, change=change(number), at=at, **fields)


def effect(number: int, minute: int = MINUTE) -> bytes:
    """Encode the entry by which a change binds."""
    return entry("in-effect", change=change(number), minute=minute)


def signed(number: int, signers: int = 2) -> bytes:
    """Encode how many signed a change."""
    return entry(
        "decision.signed", change=change(number), minute=MINUTE, signers=signers, commitment=bytes(32)
    )


def planned(number: int = 60) -> list[bytes]:
    """Return a planned wind-down that is in effect."""
    return [clear("winddown.planned", number, **PARTNER, agreement=1, reason="end", **STAGES), effect(number)]


def built(*entries: bytes, until: int | None = None) -> dict[str, Any]:
    """Return the register of these entries, which are sound, as JSON has it."""
    audit = Audit(until)
    flaws = [flaw for index, raw in enumerate([*admitted(), *entries]) for flaw in audit.add(index, raw)]
    assert flaws == []
    document: dict[str, Any] = json.loads(spell_register(public_register(audit)))
    return document


def acme(*entries: bytes, until: int | None = None) -> dict[str, Any]:
    """Return the partner's row."""
    (row,) = built(*entries, until=until)["partners"]
    assert isinstance(row, dict)
    return row


EVERYTHING = [
    clear("partner.grouped", 20, **PARTNER, group="acme-group"),
    clear("admission.filed", 21, **PARTNER, revision=3, commitment=bytes(32)),
    clear("admission.decided", 22, **PARTNER, revision=3, decision="admitted", reason="complete"),
    signed(22),
    clear("build.submitted", 23, **OF_BUILD, statement=bytes(32)),
    clear("build.refused", 24, **OF_BUILD, reason="asks for too much"),
    clear("exemption.granted", 25, **PARTNER, exemption="x1", rule="idle", reason="shop", until=AT + 1),
    clear("exemption.ended", 26, **PARTNER, exemption="x1"),
    clear("certification.given", 27, **PARTNER, agreement=1, purpose="p", categories=["profile"], until=AT),
    clear("certification.missed", 28, **PARTNER, agreement=1, purpose="q", categories=["special"]),
    clear("hold.placed", 29, **PARTNER, cause="screening", reason="list of today"),
    clear("hold.lifted", 30, **PARTNER, cause="screening"),
    *planned(31),
    clear("winddown.step", 32, **PARTNER, agreement=1, step="no new grants"),
    clear("winddown.certified", 33, AT + 60_000, **PARTNER, agreement=1, certificate=bytes([7]) * 32),
    clear("list.imported", 34, list="sdn", digest=bytes(32), published="2026-09-20", records=5),
    clear("rule.set", 35, rule="r", **FROM, until="", document="{}"),
    clear("partners.screened", 36, cause="list", basis=bytes(32), partners=1, changed=0, root=bytes(32)),
    clear("volume.reached", 37, group="acme-group", **CLASS, percent=50),
    clear("report.drafted", 38, report="report_1", due=AT, digest=bytes(32)),
    clear("report.filed", 39, report="report_1", digest=bytes(32)),
]


def test_every_affair_is_in_the_register_with_its_entry() -> None:
    """Groups, decisions, builds, exemptions, certifications, holds, wind-downs, lists, rules, reports."""
    register = built(*EVERYTHING)
    (row,) = register["partners"]
    assert row["group"] == "acme-group"
    assert (row["admission"]["decision"], row["admission"]["signers"], row["admission"]["entry"]) == (
        "admitted", 2, 6,
    )  # fmt: skip
    assert [(each["state"], each["approved"], each["reason"]) for each in row["builds"]] == [
        ("approved", True, None), ("refused", False, "asks for too much"),
    ]  # fmt: skip
    assert [(each["rule"], each["ended_at"]) for each in row["exemptions"]] == [("idle", AT)]
    assert [each["given"] for each in row["certifications"]] == [True, False]
    assert (row["on_hold"], row["holds"][0]["ended_at"]) == ([], AT)
    (winddown,) = row["winddowns"]
    assert [step["step"] for step in winddown["steps"]] == ["no new grants"]
    assert winddown["certificate"] == "07" * 32
    places = [register[name][0]["entry"] for name in ("lists", "rules", "volume", "reports")]
    assert places == [20, 21, 23, 24]
    assert register["screening"]["sweeps"] == 1
    kinds = [event["kind"] for event in row["events"]]
    assert len(kinds) == len(set(kinds)) == 18


def test_the_register_in_sentences() -> None:
    """Everything that the document has is said, with its entry."""
    text = "\n".join(register_lines(built(*EVERYTHING), AT + 60_000))
    for words in (
        "Acme (US, US, group acme-group): wound down", "admission admitted", "signed by 2", "refused",
        "exempt from idle, ended", "certified until", "certification missed", "hold by screening",
        "wind-down of agreement 1", "certificate 0707", "list sdn of 2026-09-20", "rule r from 2026-01-01",
        "50 % of the limit",
    ):  # fmt: skip
        assert words in text, words
    assert printable("a\x1b[31mb\u202e") == "a�[31mb�"
    assert instant(2**62) == "after the year 9999"


def test_an_asserted_agreement_permits_nothing() -> None:
    """It stands apart in the register, and a disclosure cannot rest on it."""
    terms: Any = {
        "self": [], "friends": [], "purposes": ["address-book"], "partner_countries": [],
        "device_countries": [], "custody": "device", "retention_days": 0, "uses": [], "from": 0,
        "until": 2 * AT,
    }  # fmt: skip
    said = clear("agreement.asserted", 40, **PARTNER, reference="old", source="paper", terms=terms)
    row = acme(said)
    assert [each["agreement"] for each in row["agreements"]] == [1]
    assert row["asserted"][0]["reference"] == "old"
    (flaw,) = replay([admitted()[0], admitted()[1], admitted()[3], said, disclosure()])
    assert "never signed" in flaw.sentence
    text = "\n".join(register_lines(built(said), AT))
    assert "asserted agreement old, from paper: no proof" in text


def test_an_applicant_waits_under_its_name() -> None:
    """What was filed before a partner was added becomes the first of its events."""
    filed = clear("admission.filed", 50, partner="new", revision=1, commitment=bytes(32))
    register = built(filed)
    assert [each["partner"] for each in register["applicants"]] == ["new"]
    added = clear("partner.added", 51, partner="new", name="New", country="DE", owner_countries=[])
    register = built(filed, added)
    assert register["applicants"] == []
    assert [event["kind"] for event in register["partners"][1]["events"]] == [
        "admission.filed",
        "partner.added",
    ]


@pytest.mark.parametrize(
    ("misplaced", "sentence"),
    [
        (clear("build.submitted", 9, **{**OF_BUILD, "integration": "x"}, statement=bytes(32)), "never added"),
        (clear("build.refused", 9, **OF_BUILD, reason="no"), "never submitted"),
        (clear("exemption.ended", 9, **PARTNER, exemption="x"), "never granted"),
        (
            clear("certification.missed", 9, **PARTNER, agreement=2, purpose="p", categories=[]),
            "never signed",
        ),
        (clear("winddown.certified", 9, **PARTNER, agreement=1, certificate=bytes(32)), "no plan"),
        (clear("report.filed", 9, report="r", digest=bytes(32)), "never drafted"),
        (clear("partner.grouped", 9, partner="nobody", group="g"), "never admitted"),
    ],
    ids=[str(number) for number in range(7)],
)
def test_what_refers_to_nothing_is_a_flaw(misplaced: bytes, sentence: str) -> None:
    """And it does not stand in the register."""
    audit = Audit()
    flaws = [flaw for index, raw in enumerate([*admitted(), misplaced]) for flaw in audit.add(index, raw)]
    assert [flaw.index for flaw in flaws] == [4]
    assert sentence in flaws[0].sentence
    assert all(event.index != 4 for event in audit.partners["acme"].events)


def test_a_step_without_a_plan_is_an_event_alone() -> None:
    """A hunt may close what is left of an agreement that ended by hand."""
    row = acme(clear("winddown.step", 9, **PARTNER, agreement=1, step="survivors-closed"))
    assert row["winddowns"] == []
    assert row["events"][-1]["step"] == "survivors-closed"


def test_a_wind_down_is_certified_after_its_end() -> None:
    """Not before it closes, nor while its plan is not in effect."""
    early = clear("winddown.certified", 61, **PARTNER, agreement=1, certificate=bytes(32))
    late = clear("winddown.certified", 61, AT + 60_000, **PARTNER, agreement=1, certificate=bytes(32))
    assert len(list(replay([*admitted(), *planned(), early]))) == 1
    assert len(list(replay([*admitted(), planned()[0], late]))) == 1
    assert list(replay([*admitted(), *planned(), late])) == []


DATED = [
    ("group", clear("partner.grouped", 9, AT + 60_000, **PARTNER, group="g"), "", "g"),
    ("on_hold", clear("hold.placed", 9, AT + 60_000, **PARTNER, cause="c", reason="r"), [], ["r"]),
]


@pytest.mark.parametrize(("name", "raw", "before", "after"), DATED, ids=[row[0] for row in DATED])
def test_as_of_an_instant_before_and_after(name: str, raw: bytes, before: object, after: object) -> None:
    """What was written later is passed over, with its entry in effect, and counted as later."""
    later = effect(9, MINUTE + 1)
    assert acme(raw, later, until=AT + 59_999)[name] == before
    assert acme(raw, later, until=AT + 60_000)[name] == after
    assert acme(raw, later)[name] == after
    audit = Audit(AT)
    for index, each in enumerate([*admitted(), raw, later]):
        assert not list(audit.add(index, each))
    assert sum(audit.later.values()) == 2


def test_the_minute_of_an_effect_may_lie_before_its_change() -> None:
    """It is passed over with its change, and a change in between is not taken for it."""
    hold = clear("hold.placed", 9, AT + 30_000, **PARTNER, cause="c", reason="r")
    row = acme(hold, effect(9), disclosure(), until=AT)
    assert (row["on_hold"], row["disclosures"]) == ([], 1)


@given(st.lists(st.sampled_from(EVERYTHING), max_size=12), st.integers(0, 2 * AT))
def test_any_selection_of_entries_makes_a_register(entries: list[bytes], until: int) -> None:
    """In any order, as of any instant: flaws at most, never an error."""
    audit = Audit(until)
    for index, raw in enumerate([*admitted(), *entries]):
        for flaw in audit.add(index, raw):
            assert flaw.index == index
    register = public_register(audit)
    assert spell_register(register) == spell_register(json.loads(spell_register(register)))
    assert register_lines(register, until)


def test_disclosures_and_refusals_are_counted_and_never_dated() -> None:
    """The register is the same whichever minutes they were in."""
    one = built(disclosure(1), disclosure(2), refusal())
    two = built(
        disclosure(1, minute=MINUTE + 5), disclosure(2, minute=MINUTE + 9), refusal(minute=MINUTE + 1)
    )
    assert one == two
    assert one["partners"][0]["agreements"][0]["disclosures"] == 2
    assert one["partners"][0]["refusals"] == {"partner.on-hold": 1}
    assert str(MINUTE) not in json.dumps(one["totals"])


def test_disclosures_out_of_place_are_counted_with_who_was_never_admitted() -> None:
    """A caller without an agreement is named, and does not count as registered."""
    audit = Audit()
    entries = [
        *admitted(),
        disclosure(1, partner="ghost"),
        disclosure(2, partner="ghost"),
        disclosure(3, agreement=2),
    ]
    assert sum(len(list(audit.add(index, raw))) for index, raw in enumerate(entries)) == 3
    register: Any = public_register(audit)
    assert register["unregistered"] == {"ghost": 2}
    assert register["partners"][0]["disclosures_out_of_place"] == 1
    assert "NOT REGISTERED: ghost, 2 entries name it" in register_lines(register, AT)


def test_what_is_confidential_is_in_no_byte() -> None:
    """Hits, owners who are persons and names of staff: planted behind commitments, and never found."""
    hidden = [
        entry(
            kind,
            change=change(number),
            minute=MINUTE,
            commitment=commit({"words": list(NEVER_PUBLIC), "number": number}, bytes(range(16)) * 2),
        )
        for number, kind in enumerate((*CONFIDENTIAL, *PERSONAL), start=100)
    ]
    everything = [*admitted(), *EVERYTHING, *hidden, signed(22)]
    files = ledger(everything)
    register = built(*EVERYTHING, *hidden)
    for words in NEVER_PUBLIC:
        assert not any(words.encode() in content for content in files.content.values())
        assert words not in json.dumps(register)
    assert register["partners"] == built(*EVERYTHING)["partners"]
    assert register["totals"]["screening.hit"] == 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a sound ledger in a folder, and the verifier's policy beside it."""
    ledger([*admitted(), *EVERYTHING]).store(tmp_path / "ledger")
    (tmp_path / "policy").write_text(POLICY)
    return tmp_path / "ledger"


def run(folder: Path, *options: str) -> int:
    """Run the command with the verifier's own policy."""
    return command.main([str(folder), "--policy", str(folder.parent / "policy"), *options])


def test_the_command_verifies_and_tells(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what it checked, and then the register in sentences."""
    assert run(folder) == 0
    told = capsys.readouterr().out
    assert told.startswith("trust: your own policy or key\nok    checkpoint")
    assert "partners: 1, disclosures: 0" in told
    assert run(folder, "--at", "2025-07-23") == 0
    assert "partners: 0" in capsys.readouterr().out


def test_the_command_prints_json_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was checked goes to standard error, so that the bytes can be compared."""
    assert run(folder, "--json", "--at", "2030-01-01T00:00Z") == 0
    told = capsys.readouterr()
    register = json.loads(told.out)
    assert register["as_of"] == 1_893_456_000_000
    assert register["ledger"]["size"] == 4 + len(EVERYTHING)
    assert "ok    checkpoint" in told.err


@pytest.mark.parametrize("name", ["tile/entries/000.p/26", "tile/0/000.p/26", "checkpoint"])
def test_an_altered_ledger_has_no_register(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One flipped bit, wherever it is."""
    path = folder / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    assert run(folder, "--json") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "FLAW" in told.err


def test_wrong_usage_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A date that is none, a ledger that is not there."""
    for wrong in ("yesterday", "2026-02-30", "1969-01-01", "2026-01-01T25:00Z", ""):
        assert run(folder, "--at", wrong) == 2
        assert "at: use an instant" in capsys.readouterr().err
    assert command.main([str(folder / "nowhere")]) == 2
    (folder / "checkpoint").unlink()
    assert run(folder) == 2


def test_build_is_that_of_the_samples() -> None:
    """The digest in the register is the build's, in hexadecimal."""
    assert acme()["builds"][0]["build"] == BUILD.hex()
