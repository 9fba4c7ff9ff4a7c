"""From facts to what may be seen: the base rules once a request, the subject's rules once a friend.

Pure. The base rules (agreement, build, grant, jurisdiction) are the same for every friend; a friend
adds a setting and an audience, and most friends share a few pairs of these, so each distinct pair is
decided once and the decision is looked up by the pair.
"""

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bailment.kernel.decide import Decision, decide
from bailment.kernel.rules import (
    AgreementFacts,
    Certified,
    GrantFacts,
    Verdict,
    agreed_consents,
    agreement_rule,
    build_rule,
    grant_rule,
    jurisdiction_rule,
    mask_in,
)
from bailment.model.disclosure import Ask, Facts
from bailment.model.fields import ALL_FIELDS, Ring
from bailment.model.programme import parse_consents
from bailment.model.standing import IDLE_MS, is_exempt

# What `*` stands for in the store's text: bits 0 to 47, all that can ever be fields.
EVERY_FIELD = (1 << 48) - 1
FEW = 16


@dataclass(frozen=True, slots=True)
class Columns:
    """A friends list as columns, newest friendship first, and how often each distinct rule occurs.

    `heads` are `ID/VERSION`, `rules` are `SETTING/AUDIENCE`, both as the store packed them.
    """

    heads: list[bytes]
    rules: list[bytes]
    sinces: list[bytes]
    counts: dict[bytes, int]


def base_verdicts(facts: Facts, ask: Ask, ring: Ring | None = None, *, writes: bool = False) -> list[Verdict]:
    """Return the verdicts of the four rules that do not depend on a subject, in the kernel's order.

    They are for the ring that is asked for, unless another is named, or for what a device writes.
    """
    ring = ring or ask.ring
    agreement = _agreement(facts)
    exempt = facts.partner_exempt
    grant = GrantFacts(
        parse_consents(facts.grant_consents),
        facts.grant_until,
        facts.grant_withdrawn_at,
        None if is_exempt(exempt, "idle", ask.now) else facts.device_seen_at + IDLE_MS,
    )
    certified = Certified(
        facts.partner_certified, facts.agreement_certify_by, is_exempt(exempt, "certification", ask.now)
    )
    owners = facts.partner_owner_countries.split()
    return [
        agreement_rule(
            agreement,
            ring,
            held=facts.partner_held_at is not None,
            now=ask.now,
            writes=writes,
            secret=bool(facts.token_secret),
        ),
        build_rule(
            declared=facts.build is not None,
            state=facts.build_state,
            same_integration=facts.build_integration_id == facts.integration_id,
        ),
        grant_rule(grant, agreement, ring, now=ask.now, certified=certified, writes=writes),
        jurisdiction_rule(agreement, facts.partner_country, owners, facts.device_country),
    ]


def _agreement(facts: Facts) -> AgreementFacts | None:
    if facts.agreement_version is None:
        return None
    return AgreementFacts(
        facts.agreement_state,
        facts.agreement_self_mask,
        facts.agreement_friend_mask,
        facts.agreement_purposes.split(),
        facts.agreement_partner_countries.split(),
        facts.agreement_device_countries.split(),
        facts.agreement_starts_at,
        facts.agreement_ends_at,
        facts.agreement_closes_at,
        facts.agreement_write_mask,
        bool(facts.agreement_secrets),
        facts.agreement_read_only_at,
    )


@functools.lru_cache(1024)
def purpose_text(consents: str, agreed: str, ring: Ring, *, writes: bool = False) -> str:
    """Spell the purposes that a disclosure in this ring, or a write, serves: sorted, with single spaces.

    Both texts are the store's. They are the agreed purposes for which the person consented to some field of
    this ring; where there is none, and so nothing to show, all that are agreed.
    """
    found = agreed_consents(parse_consents(consents), agreed.split())
    serving = [
        consent for consent in found if (consent.write_mask if writes else mask_in(consent, ring))
    ] or found
    return " ".join(sorted(consent.purpose for consent in serving))


def see_self(base: list[int | None]) -> Decision:
    """Decide for the device's own user: subject and asker are one, so their own rules let all through."""
    return decide((*base, ALL_FIELDS, ALL_FIELDS))


def unpack_friends(packed: bytes) -> Columns:
    """Turn the store's friends text, in UTF-8, into columns."""
    cells = packed.replace(b";", b",").split(b",") if packed else []
    rules = cells[1::3]
    return Columns(cells[0::3], rules, cells[2::3], _count(rules))


def _count(rules: list[bytes]) -> dict[bytes, int]:
    """Count each distinct rule; most lists have few, and then counting each is faster than counting all."""
    distinct = set(rules)
    return {rule: rules.count(rule) for rule in distinct} if len(distinct) <= FEW else dict(Counter(rules))


def see_friends(base: Sequence[int | None], columns: Columns) -> dict[bytes, Decision]:
    """Decide for every distinct pair of setting and audience among the friends."""
    return {rule: decide((*base, *_subject_masks(rule))) for rule in columns.counts}


def _subject_masks(rule: bytes) -> tuple[int | None, int | None]:
    setting, _, audience = rule.partition(b"/")
    return _mask(setting), EVERY_FIELD if audience == b"*" else _mask(audience)


def _mask(text: bytes) -> int | None:
    return int(text) if text else None
