"""From facts to masks, rule by rule: each is closed where a fact is missing or out of its time."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.kernel.rules import (
    REMEDIES,
    SENSITIVE,
    AgreementFacts,
    Certified,
    GrantFacts,
    Verdict,
    agreement_rule,
    build_rule,
    grant_rule,
    jurisdiction_rule,
)
from bailment.model.fields import ALL_FIELDS, FIELDS, Category, Ring, fields_of, mask_of
from bailment.model.programme import COUNTRIES_OF_CONCERN, Consent
from bailment.model.standing import pack_until
from bailment.model.states import AgreementState, BuildState

# What no rule of a disclosure says: the pipeline's meter does, and the stages of a wind-down (`test_stages`).
TOLD_ELSEWHERE = {
    *("volume.limit", "agreement.no-writes", "agreement.read-only", "grant.no-writes"),
    *("agreement.no-new-grants", "agreement.no-new-tokens"),
}
AGREEMENT = AgreementFacts("in force", 0b111, 0b011, ("address-book",), ("DE", "FR"), ("DE", "CN"), 100, 200)
GRANT = GrantFacts((Consent("address-book", 0b101, 0b001),), 200, None)


@pytest.mark.parametrize(("ring", "mask"), [(Ring.SELF, 0b111), (Ring.FRIEND, 0b011)])
def test_an_agreement_in_force_speaks_by_ring(ring: Ring, mask: int) -> None:
    """Its terms for the ring are the mask, from its first millisecond to before its end."""
    for now in (100, 199):
        assert agreement_rule(AGREEMENT, ring, held=False, now=now) == Verdict(mask)


@pytest.mark.parametrize("state", AgreementState)
def test_only_two_states_are_served(state: AgreementState) -> None:
    """An agreement is served in force and while it winds down, and never else."""
    verdict = agreement_rule(replace(AGREEMENT, state=state.value), Ring.SELF, held=False, now=150)
    served = state in (AgreementState.IN_FORCE, AgreementState.WINDING_DOWN)
    assert verdict == (Verdict(0b111) if served else Verdict(0, "agreement.not-in-force"))


def test_an_agreement_that_is_not_there_held_or_out_of_time_is_closed() -> None:
    """Nothing known is None; a hold, too early and too late are masks of nothing."""
    assert agreement_rule(None, Ring.SELF, held=False, now=150) == Verdict(None, "agreement.missing")
    assert agreement_rule(None, Ring.SELF, held=True, now=150) == Verdict(None, "agreement.missing")
    assert agreement_rule(AGREEMENT, Ring.SELF, held=True, now=150) == Verdict(0, "partner.on-hold")
    assert agreement_rule(AGREEMENT, Ring.SELF, held=False, now=99) == Verdict(0, "agreement.not-started")
    assert agreement_rule(AGREEMENT, Ring.SELF, held=False, now=200) == Verdict(0, "agreement.lapsed")


def test_a_build_is_declared_approved_and_of_this_integration() -> None:
    """Anything less is closed; what nobody registered is unknown rather than refused."""
    approved, withdrawn = BuildState.APPROVED.value, BuildState.WITHDRAWN.value
    assert build_rule(declared=True, state=approved, same_integration=True) == Verdict(ALL_FIELDS)
    assert build_rule(declared=True, state=withdrawn, same_integration=True) == Verdict(0, "build.withdrawn")
    for state, same in ((None, False), (None, True), (approved, False), (withdrawn, False)):
        verdict = build_rule(declared=True, state=state, same_integration=same)
        assert verdict == Verdict(None, "build.not-approved")
    assert build_rule(declared=False, state=approved, same_integration=True) == Verdict(
        None, "build.undeclared"
    )


@pytest.mark.parametrize(("ring", "mask"), [(Ring.SELF, 0b101), (Ring.FRIEND, 0b001)])
def test_a_grant_speaks_by_ring_until_its_end(ring: Ring, mask: int) -> None:
    """The person's consent for the ring is the mask, up to before its end."""
    assert grant_rule(GRANT, AGREEMENT, ring, now=199) == Verdict(mask)
    assert grant_rule(GRANT, AGREEMENT, ring, now=200) == Verdict(0, "grant.expired")


def test_a_grant_that_was_withdrawn_or_is_for_another_purpose_is_closed() -> None:
    """Withdrawal closes at once, whatever the instant; a purpose counts only when it was agreed."""
    assert grant_rule(replace(GRANT, withdrawn_at=0), AGREEMENT, Ring.SELF, now=1) == Verdict(
        0, "grant.withdrawn"
    )
    other = replace(GRANT, consents=(Consent("book", 0b101, 0b001),))
    assert grant_rule(other, AGREEMENT, Ring.SELF, now=1) == Verdict(0, "grant.purpose")
    assert grant_rule(GRANT, None, Ring.SELF, now=1) == Verdict(0, "grant.purpose")
    assert grant_rule(replace(GRANT, consents=()), AGREEMENT, Ring.SELF, now=1) == Verdict(0, "grant.purpose")


@pytest.mark.parametrize(
    ("purposes", "own", "friends"),
    [
        (("address-book",), 0b00011, 0b00001),
        (("photos",), 0b01010, 0),
        (("likes",), 0, 0b10000),
        (("address-book", "photos"), 0b01011, 0b00001),
        (("photos", "likes", "games"), 0b01010, 0b10000),
        (("games", "likes", "photos", "address-book"), 0b01011, 0b10001),
    ],
)
def test_a_grant_is_the_union_of_its_agreed_purposes(
    purposes: tuple[str, ...], own: int, friends: int
) -> None:
    """Each purpose brings its own fields by ring, and only while it is agreed."""
    consents = (
        Consent("address-book", 0b00011, 0b00001),
        Consent("photos", 0b01010, 0),
        Consent("likes", 0, 0b10000),
    )
    grant, agreement = replace(GRANT, consents=consents), replace(AGREEMENT, purposes=purposes)
    assert grant_rule(grant, agreement, Ring.SELF, now=1) == Verdict(own)
    assert grant_rule(grant, agreement, Ring.FRIEND, now=1) == Verdict(friends)


CONSENTS = st.lists(
    st.builds(Consent, st.sampled_from("abcd"), st.integers(0, ALL_FIELDS), st.integers(1, ALL_FIELDS)),
    unique_by=lambda consent: consent.purpose,
)


@given(CONSENTS, st.sets(st.sampled_from("abcd")), st.sampled_from("abcd"), st.sampled_from(Ring))
def test_a_grant_never_opens_more_than_its_agreed_consents(
    consents: list[Consent], purposes: set[str], dropped: str, ring: Ring
) -> None:
    """Every field of its mask stands in an agreed consent, and a purpose less never opens anything."""

    def mask(agreed: set[str]) -> int:
        verdict = grant_rule(
            replace(GRANT, consents=consents), replace(AGREEMENT, purposes=agreed), ring, now=1
        )
        assert verdict.mask is not None
        assert bool(verdict.code) is not any(consent.purpose in agreed for consent in consents)
        return verdict.mask

    said = [
        consent.self_mask if ring is Ring.SELF else consent.friend_mask
        for consent in consents
        if consent.purpose in purposes
    ]
    assert all(any(each & field.mask for each in said) for field in fields_of(mask(purposes)))
    assert mask(purposes - {dropped}) & ~mask(purposes) == 0


def test_every_country_that_data_would_reach_is_covered() -> None:
    """Partner, owners and device must each be in the agreement's lists."""
    assert jurisdiction_rule(AGREEMENT, "DE", ["FR"], "DE") == Verdict(ALL_FIELDS)
    for partner, owners in (("BR", []), ("DE", ["BR"]), ("DE", ["FR", "CN"])):
        assert jurisdiction_rule(AGREEMENT, partner, owners, "DE") == Verdict(0, "jurisdiction.partner")
    assert jurisdiction_rule(AGREEMENT, "DE", [], "FR") == Verdict(0, "jurisdiction.device")


def test_countries_that_nobody_knows_are_closed() -> None:
    """Without an agreement or a country there is no input, and the code says whose is missing."""
    assert jurisdiction_rule(None, "DE", [], "DE") == Verdict(None, "jurisdiction.device")
    assert jurisdiction_rule(AGREEMENT, None, [], "DE") == Verdict(None, "jurisdiction.partner")
    assert jurisdiction_rule(AGREEMENT, "", [], "DE") == Verdict(None, "jurisdiction.partner")
    assert jurisdiction_rule(AGREEMENT, "DE", [], None) == Verdict(None, "jurisdiction.device")
    assert jurisdiction_rule(AGREEMENT, "DE", [], "") == Verdict(None, "jurisdiction.device")


@pytest.mark.parametrize("country", sorted(COUNTRIES_OF_CONCERN))
def test_a_country_of_concern_gets_no_sensitive_field(country: str) -> None:
    """As seat, owner or device, it takes away identifiers, biometrics and the special categories."""
    wide = replace(AGREEMENT, partner_countries=("DE", country), device_countries=("DE", country))
    for partner, owners, device in ((country, [], "DE"), ("DE", [country], "DE"), ("DE", [], country)):
        assert jurisdiction_rule(wide, partner, owners, device) == Verdict(ALL_FIELDS & ~SENSITIVE)


def test_sensitive_fields_are_those_of_three_categories() -> None:
    """What is taken away is told by category, and a name is among it."""
    kept = {field.name for field in FIELDS if not field.mask & SENSITIVE}
    assert kept == {
        field.name for field in FIELDS if field.category in (Category.PROFILE, Category.EXPRESSION)
    }
    assert mask_of(["name", "photo", "religion"]) & SENSITIVE == mask_of(["name", "photo", "religion"])


def test_every_code_has_a_remedy() -> None:
    """Whatever code a rule gives, the partner is told how to mend it."""
    verdicts = [
        agreement_rule(None, Ring.SELF, held=False, now=0),
        agreement_rule(AGREEMENT, Ring.SELF, held=True, now=0),
        agreement_rule(replace(AGREEMENT, state="draft"), Ring.SELF, held=False, now=0),
        agreement_rule(AGREEMENT, Ring.SELF, held=False, now=0),
        agreement_rule(AGREEMENT, Ring.SELF, held=False, now=999),
        agreement_rule(AGREEMENT, Ring.SELF, held=False, now=150, secret=True),
        build_rule(declared=False, state=None, same_integration=False),
        build_rule(declared=True, state=None, same_integration=False),
        build_rule(declared=True, state="withdrawn", same_integration=True),
        grant_rule(replace(GRANT, withdrawn_at=1), AGREEMENT, Ring.SELF, now=0),
        grant_rule(GRANT, AGREEMENT, Ring.SELF, now=999),
        grant_rule(GRANT, None, Ring.SELF, now=0),
        jurisdiction_rule(AGREEMENT, None, [], None),
        jurisdiction_rule(AGREEMENT, "DE", [], None),
        agreement_rule(replace(AGREEMENT, closes_at=150), Ring.SELF, held=False, now=150),
        grant_rule(replace(GRANT, idle_at=100), AGREEMENT, Ring.SELF, now=100),
        grant_rule(GRANT, AGREEMENT, Ring.SELF, now=0, certified=Certified(by=0)),
    ]
    assert {verdict.code for verdict in verdicts} | TOLD_ELSEWHERE == set(REMEDIES)


def test_a_wind_down_lets_nothing_be_written_from_its_read_only_stage_on() -> None:
    """Until then writes go on; from that millisecond on they are refused, and reads go on."""
    winding = replace(AGREEMENT, state="winding down", read_only_at=150, write_mask=0b100)
    for now, verdict in ((149, Verdict(0b100)), (150, Verdict(0, "agreement.read-only"))):
        assert agreement_rule(winding, Ring.SELF, held=False, now=now, writes=True) == verdict
    assert agreement_rule(winding, Ring.SELF, held=False, now=150) == Verdict(0b111)


def test_a_wind_down_closes_at_its_instant() -> None:
    """Up to the planned end the terms hold; from that millisecond on nothing does."""
    winding = replace(AGREEMENT, state="winding down", closes_at=150)
    assert agreement_rule(winding, Ring.SELF, held=False, now=149) == Verdict(0b111)
    assert agreement_rule(winding, Ring.SELF, held=False, now=150) == Verdict(0, "agreement.wound-down")


def test_access_that_nobody_used_ends() -> None:
    """The grant closes at the instant at which it has been idle for too long, and not before."""
    idle = replace(GRANT, idle_at=100)
    assert not grant_rule(idle, AGREEMENT, Ring.SELF, now=99).code
    assert grant_rule(idle, AGREEMENT, Ring.SELF, now=100) == Verdict(0, "grant.idle")


def test_what_is_not_certified_is_taken_away_by_itself() -> None:
    """After the first year only certified categories of a purpose are open, until their own end."""
    both = mask_of(["name", "city"])
    grant = replace(GRANT, consents=(Consent("address-book", both, 0),), until=1_000)
    wide = replace(AGREEMENT, self_mask=both, ends_at=1_000)

    def verdict(now: int, text: str = "", *, exempt: bool = False) -> Verdict:
        return grant_rule(grant, wide, Ring.SELF, now=now, certified=Certified(text, 200, exempt))

    assert verdict(199) == Verdict(both)
    assert verdict(200) == Verdict(0, "certification.lapsed")
    certified = pack_until({"address-book/identifier": 300, "other/profile": 300})
    assert verdict(200, certified) == Verdict(mask_of(["name"]))
    assert verdict(299, certified) == Verdict(mask_of(["name"]))
    assert verdict(300, certified) == Verdict(0, "certification.lapsed")
    assert verdict(300, certified, exempt=True) == Verdict(both)
