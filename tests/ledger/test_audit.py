"""The replay: which disclosures may stand where."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.ledger.audit import Audit, replay
from bailment.ledger.entry import parse_entry
from bailment.ledger.public_register import public_register
from tests.ledger.samples import (
    BUILD,
    MINUTE,
    NOW_S,
    PERSONAL,
    admitted,
    change,
    disclosure,
    entry,
    refusal,
    story,
)

AT = NOW_S * 1000


def in_effect(number: int) -> bytes:
    """Encode the entry by which a change binds."""
    return entry("in-effect", change=change(number), minute=MINUTE)


def hold(number: int) -> bytes:
    """Encode a hold."""
    return entry(
        "hold.placed", change=change(number), at=AT, partner="acme", cause="operator", reason="review"
    )


def lift(number: int) -> bytes:
    """Encode the end of holds."""
    return entry("hold.lifted", change=change(number), at=AT, partner="acme", cause="operator")


def ended(number: int) -> bytes:
    """Encode the end of the agreement."""
    return entry("agreement.ended", change=change(number), at=AT, partner="acme", agreement=1)


def build_entry(kind: str, number: int) -> bytes:
    """Encode an approval or a withdrawal of the build."""
    return entry(
        kind, change=change(number), at=AT, partner="acme", integration="contacts", build=BUILD, version="1.0"
    )


def flaws(*entries: bytes) -> list[tuple[int, str]]:
    """Replay entries after those that admit the partner; index from the first of these."""
    return [(flaw.index - 4, flaw.sentence) for flaw in replay([*admitted(), *entries])]


def test_a_sound_ledger_has_no_flaw() -> None:
    """Disclosures to an admitted partner stand, and are counted."""
    audit = Audit()
    assert [flaw for index, raw in enumerate(story(500)) for flaw in audit.add(index, raw)] == []
    assert audit.counts["disclosure"] == 496
    assert audit.partners["acme"].disclosures == 496


@pytest.mark.parametrize(
    ("narrow", "widen", "sentence"),
    [
        (hold(9), lift(10), "while its partner was on hold"),
        (build_entry("build.withdrawn", 9), build_entry("build.approved", 10), "not approved"),
        (ended(9), None, "never signed or has ended"),
    ],
)
def test_a_narrowing_change_binds_from_its_in_effect_entry(
    narrow: bytes, widen: bytes | None, sentence: str
) -> None:
    """Disclosures may stand until a narrowing change is in effect, and none after; widening is at once."""
    before = [disclosure(1), narrow, disclosure(2), in_effect(9), disclosure(3), disclosure(4)]
    found = flaws(*before)
    assert [index for index, _ in found] == [4, 5]
    assert all(sentence in text for _, text in found)
    if widen is not None:
        assert [index for index, _ in flaws(*before, widen, disclosure(5), disclosure(6))] == [4, 5]


def test_a_change_that_was_undone_does_not_bind() -> None:
    """A hold lifted, or a build approved again, before it came into effect binds nothing."""
    assert flaws(hold(9), lift(10), in_effect(9), disclosure()) == []
    withdrawn, approved = build_entry("build.withdrawn", 9), build_entry("build.approved", 10)
    assert flaws(withdrawn, approved, in_effect(9), disclosure()) == []


def test_each_of_two_holds_binds() -> None:
    """The first of two holds binds before the second is in effect; lifting ends both."""
    assert [index for index, _ in flaws(hold(8), hold(9), in_effect(8), disclosure(), in_effect(9))] == [3]
    assert flaws(hold(8), hold(9), in_effect(8), in_effect(9), lift(10), disclosure()) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"partner": "other"}, "never admitted"),
        ({"agreement": 2}, "never signed or has ended"),
        ({"integration": "photos"}, "not approved"),
        ({"build": bytes(32)}, "not approved"),
        ({"purpose": "advertising"}, "purpose"),
        ({"purpose": "address-book advertising"}, "purpose"),
        ({"purpose": "address-book "}, "purpose"),
        ({"purpose": ""}, "purpose"),
        ({"custody": "server"}, "server"),
        ({"minute": 2 * MINUTE + 2}, "dates"),
    ],
)
def test_a_disclosure_needs_all_that_it_rests_on(
    changed: dict[str, str | int | bytes], sentence: str
) -> None:
    """Each fact that does not stand before it is a flaw, the first time and again."""
    found = flaws(disclosure(1, **changed), disclosure(2, **changed))
    assert len(found) == 2
    assert all(sentence in text for _, text in found)


def test_misplaced_entries() -> None:
    """What refers to something that is not there, or is there already, is a flaw."""
    begun = [in_effect(number) for number in range(1, 5)]
    assert [index for index, _ in flaws(*begun, *admitted())] == [4, 6]
    assert "no such change" in flaws(in_effect(99))[0][1]
    assert "in effect already" in flaws(hold(9), in_effect(9), in_effect(9))[0][1]
    assert "never admitted" in next(iter(replay([hold(9)]))).sentence
    assert (
        "never approved" in next(iter(replay([*admitted()[:3], build_entry("build.withdrawn", 9)]))).sentence
    )
    assert "never signed" in next(iter(replay([*admitted()[:2], ended(9)]))).sentence
    unknown = [admitted()[0], build_entry("build.approved", 9)]
    assert "never added" in next(iter(replay(unknown))).sentence


def test_what_was_announced_and_never_came_into_effect_may_be_announced_again() -> None:
    """A crash between the announcement and the change leaves no flaw when the change is made again."""
    assert flaws(*admitted(), disclosure(1)) == []


def test_a_disclosure_under_a_replaced_version_is_a_flaw() -> None:
    """From the moment that a later version is in effect, the one before it permits nothing."""
    terms = parse_entry(admitted()[2]).fields["terms"]
    second = entry("agreement.signed", change=change(9), at=AT, partner="acme", agreement=2, terms=terms)
    found = flaws(second, disclosure(1), in_effect(9), disclosure(2), disclosure(3, agreement=2))
    assert [(index, "replaced" in sentence) for index, sentence in found] == [(3, True)]


def test_what_is_no_entry_is_told() -> None:
    """Bytes that are no entry are a flaw of their own and disturb nothing else."""
    assert flaws(b"", disclosure(), b"\xff") == [
        (0, "it is not an entry (CBOR cut short)"),
        (2, "it is not an entry (CBOR tag, float or simple value outside the subset)"),
    ]


def test_other_entries_change_nothing() -> None:
    """Imports and refusals pass, wherever they stand, and an import may come into effect."""
    others = [
        entry("people.imported", change=change(21), at=AT, persons=5, friendships=4, source="ldbc"),
        refusal(partner="nobody", integration="x", build=None, build_evidence=None),
        in_effect(21),
        in_effect(3),
    ]
    assert flaws(*others, disclosure()) == []


def personal(kind: str, number: int) -> bytes:
    """Encode a change of a person's affairs."""
    return entry(kind, change=change(number), minute=MINUTE, commitment=number.to_bytes(32))


@pytest.mark.parametrize("kind", PERSONAL)
def test_a_persons_affair_comes_into_effect_once_and_decides_nothing_here(kind: str) -> None:
    """Its "in effect" entry stands behind it, once; disclosures may stand before, between and after."""
    told = [disclosure(1), personal(kind, 20), disclosure(2), in_effect(20), disclosure(3)]
    assert flaws(*told) == []
    audit = Audit()
    assert not [flaw for raw in [*admitted(), *told] for flaw in audit.add(0, raw)]
    assert (audit.counts[kind], audit.counts["in-effect"]) == (1, 1)
    assert [index for index, _ in flaws(*told, in_effect(20))] == [5]
    assert [index for index, _ in flaws(in_effect(20), personal(kind, 20))] == [0]


def test_persons_affairs_are_apart_from_each_other_and_from_the_partners() -> None:
    """Each comes into effect by its own id, in any order; none disturbs a hold that is on its way."""
    changes = [personal(kind, number) for number, kind in enumerate(PERSONAL, start=20)]
    effects = [in_effect(number) for number in range(20, 20 + len(PERSONAL))]
    assert flaws(*changes, *reversed(effects), disclosure()) == []
    held = [hold(9), *changes, disclosure(1), in_effect(9), *effects, disclosure(2)]
    assert [index for index, _ in flaws(*held)] == [len(held) - 1]


def test_they_leave_no_trace_in_the_public_register() -> None:
    """The register is the same with persons' affairs and without them."""
    plain, told = Audit(), Audit()
    changes = [personal(kind, number) for number, kind in enumerate(PERSONAL, start=20)]
    for audit, entries in ((plain, admitted()), (told, [*admitted(), *changes])):
        assert not [flaw for raw in entries for flaw in audit.add(0, raw)]
    assert public_register(told)["partners"] == public_register(plain)["partners"]


@pytest.mark.parametrize(
    ("build", "evidence", "sound"),
    [(BUILD, "declared", True), (None, None, True), (BUILD, None, False), (None, "declared", False)],
)
def test_a_refusal_names_a_build_and_its_evidence_or_neither(
    build: bytes | None, evidence: str | None, *, sound: bool
) -> None:
    """A build that is claimed on no evidence, or evidence of no build, is a flaw."""
    found = flaws(refusal(build=build, build_evidence=evidence))
    assert found == [] if sound else "evidence" in found[0][1]


@given(st.lists(st.binary(max_size=40) | st.sampled_from([*admitted(), disclosure(), hold(9), in_effect(9)])))
def test_no_order_makes_the_replay_stumble(entries: list[bytes]) -> None:
    """Any entries in any order give flaws at most."""
    for flaw in replay(entries):
        assert 0 <= flaw.index < len(entries)


def test_the_public_register() -> None:
    """The register shows partners, agreements, builds and holds as the entries tell, as JSON."""
    audit = Audit()
    changes = [hold(9), in_effect(9), ended(10), build_entry("build.withdrawn", 11), in_effect(11)]
    for index, raw in enumerate([*admitted(), disclosure(), *changes]):
        assert not list(audit.add(index, raw))
    (row,) = json.loads(json.dumps(public_register(audit)))["partners"]
    assert (row["partner"], row["name"], row["country"], row["disclosures"]) == ("acme", "Acme", "US", 1)
    assert row["on_hold"] == ["review"]
    assert row["integrations"] == {"contacts": "Contacts"}
    (agreement,) = row["agreements"]
    assert (agreement["agreement"], agreement["ended_at"], agreement["in_force"]) == (1, AT, True)
    (build,) = row["builds"]
    assert (build["build"], build["approved"]) == (BUILD.hex(), False)
