"""Which partners could read a field, of how many persons, and which did?

*Could* is judged as the gateway would have: an agreement in force with the field in the ring, no hold, a
certified purpose, and a grant that names the field for such a purpose, not withdrawn and not over, on a
device in a country that is covered. *Did* is read out of disclosures: the masks of the four base rules, and
for a friends list how many friends' settings and audiences let the field through.

Settings of persons are known as they stand now. For an earlier date the number of friends is known only if no
setting, no audience and no import came since; otherwise it is unknown, and said so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bailment.answers.evidence import (
    NOT_AFTER,
    NOT_OPEN,
    WENT_ROUND,
    Answer,
    Evidence,
    Finding,
    finding,
    plural,
)
from bailment.answers.ports import AnswerStore, PersonKeys, Published
from bailment.answers.reads import GrantSeen, Reads
from bailment.answers.register import audit_at
from bailment.answers.stream import stream
from bailment.kernel.rules import AgreementFacts, jurisdiction_rule
from bailment.ledger.audit import Audit
from bailment.ledger.public_register import ledger_head, public_register
from bailment.ledger.register_text import is_serving
from bailment.model.errors import Malformed
from bailment.model.fields import FIELD_BY_NAME, Field, Ring, mask_of
from bailment.model.standing import YEAR_MS
from bailment.model.states import AgreementState

_AT_ONCE = 500
_LIMITS = [
    WENT_ROUND,
    NOT_AFTER,
    "Whether a person had a value in the field is not recorded: what is counted was let through.",
    "Builds are as declared by the client.",
    "Access that closed because it was idle for 90 days, or by a volume limit, counts as open.",
]
_RING_NAMES = {Ring.SELF: "self", Ring.FRIEND: "friends"}
_NAMES = {Ring.SELF: "its user's", Ring.FRIEND: "friends'"}


@dataclass(slots=True)
class _Partner:
    """One partner: its row of the register, why it could not (or ""), the purposes that could, its grants."""

    row: dict[str, Any]
    why_not: str
    purposes: frozenset[str] = frozenset()
    terms: Mapping[str, Any] = field(default_factory=dict)
    grants: list[GrantSeen] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The partner's short name."""
        return str(self.row["partner"])


async def ask_could_read(
    store: AnswerStore,
    keys: PersonKeys,
    published: Published,
    field_name: str,
    ring: Ring,
    until: int,
) -> Answer:
    """Answer which partners could read a field of a ring at an instant (Unix ms), and which did up to then.

    Raises:
        Malformed: there is no such field.
        Unavailable: the ledger is not published yet.
    """
    wanted = FIELD_BY_NAME.get(field_name)
    if wanted is None:
        raise Malformed(f"no field is called {field_name!r}", where="field")
    audit, checkpoint = audit_at(published, until)
    register: dict[str, Any] = dict(public_register(audit, ledger_head(checkpoint)))
    reads = Reads(wanted, ring)
    async for seen in stream(store, keys, reads.kinds, until):
        reads.take(seen)
    partners = [_judge(each, wanted, ring, until) for each in register["partners"]]
    _share_out(partners, reads, wanted, until)
    able = [each for each in partners if not each.why_not]
    reached = {each.name: await _reached(store, each, wanted, ring) for each in able}
    unknown = _since(audit, ring)
    held = {each.name: await _held(store, each.name, wanted, ring) for each in partners}
    return Answer(
        "could-read",
        until,
        checkpoint.size,
        _sentence(wanted, ring, able, reads),
        [*(_could(each, wanted, ring) for each in partners), *_did(partners, reads, wanted, ring)],
        {
            "field": wanted.name,
            "ring": ring.value,
            "partners": [
                _row(
                    each, reads, reached=None if unknown else reached.get(each.name), held_now=held[each.name]
                )
                for each in partners
            ],
        },
        [*unknown, *_closed(reads)],
        _LIMITS,
    )


def _judge(row: dict[str, Any], wanted: Field, ring: Ring, now: int) -> _Partner:
    """Say whether a partner's own affairs let it read the field, for whichever grant."""
    serving = [each for each in row["agreements"] if is_serving(each, now)]
    if not serving:
        return _Partner(row, "no agreement is in force")
    terms = serving[-1]["terms"]
    if wanted.name not in terms[_RING_NAMES[ring]]:
        return _Partner(row, "the agreement does not have the field in this ring")
    if row["on_hold"]:
        return _Partner(row, "it is on hold")
    if not any(each["approved"] for each in row["builds"]):
        return _Partner(row, "no build is approved")
    purposes = frozenset(p for p in terms["purposes"] if _is_certified(row, serving[-1], wanted, p, now))
    if not purposes:
        return _Partner(row, "no purpose is certified for this data category")
    return _Partner(row, "", purposes, terms)


def _is_certified(
    row: dict[str, Any], agreement: dict[str, Any], wanted: Field, purpose: str, now: int
) -> bool:
    """Tell whether a use counts as certified: in the first year by the signature, then by an officer."""
    exempt = any(
        each["rule"] == "certification" and each["ended_at"] is None and each["until"] > now
        for each in row["exemptions"]
    )
    if exempt or now < agreement["terms"]["from"] + YEAR_MS:
        return True
    return any(
        each["given"]
        and each["purpose"] == purpose
        and wanted.category.value in each["categories"]
        and each["until"] > now
        for each in row["certifications"]
    )


def _share_out(partners: Sequence[_Partner], reads: Reads, wanted: Field, now: int) -> None:
    """Give each partner the grants through which it could read the field."""
    by_integration = {name: each for each in partners for name in each.row["integrations"]}
    for grant in reads.grants.values():
        partner = by_integration.get(grant.integration)
        if partner is None or partner.why_not or now >= grant.until:
            continue
        if partner.purposes & grant.purposes and _is_covered(partner, grant, wanted):
            partner.grants.append(grant)


def _is_covered(partner: _Partner, grant: GrantSeen, wanted: Field) -> bool:
    """Ask the kernel's fourth rule: is every country covered, and is the field kept from one of concern?"""
    terms = partner.terms
    facts = AgreementFacts(
        AgreementState.IN_FORCE.value,
        mask_of(terms["self"]),
        mask_of(terms["friends"]),
        terms["purposes"],
        terms["partner_countries"],
        terms["device_countries"],
        terms["from"],
        terms["until"],
    )
    row = partner.row
    verdict = jurisdiction_rule(facts, row["country"], row["owner_countries"], grant.country)
    return bool((verdict.mask or 0) & wanted.mask)


async def _reached(store: AnswerStore, partner: _Partner, wanted: Field, ring: Ring) -> int:
    """Count the persons whose field could be read: the grants' own, or their friends who let it through."""
    persons = sorted({grant.person_id for grant in partner.grants})
    if ring is Ring.SELF:
        return len(persons)
    friends: set[int] = set()
    for start in range(0, len(persons), _AT_ONCE):
        async with store.reading() as transaction:
            some = persons[start : start + _AT_ONCE]
            friends.update(await transaction.friends_reached(some, partner.name, wanted.mask))
    return len(friends)


async def _held(store: AnswerStore, partner: str, wanted: Field, ring: Ring) -> int:
    async with store.reading() as transaction:
        return await transaction.count_held(partner, wanted.mask, own=ring is Ring.SELF)


def _since(audit: Audit, ring: Ring) -> list[str]:
    """Say what keeps the number of friends at that instant from being known, or nothing."""
    later = sum(audit.later.get(kind, 0) for kind in _MOVES_FRIENDS)
    if ring is Ring.SELF or not later:
        return []
    changes = plural(later, "change")
    sentence = (
        f"how many friends let the field through at that instant: {changes} of settings, audiences or people "
        "came later, and settings are known as they stand now"
    )
    return [sentence]


_MOVES_FRIENDS = ("setting.changed", "audience.changed", "people.imported")


def _sentence(wanted: Field, ring: Ring, able: Sequence[_Partner], reads: Reads) -> str:
    grants = sum(len(each.grants) for each in able)
    did = sum(len(each.grants) for each in reads.did.values())
    return (
        f"{plural(len(able), 'partner')} could read {_NAMES[ring]} {wanted.name}, through "
        f"{plural(grants, 'grant')}; {plural(len(reads.did), 'partner')} did, through {plural(did, 'grant')}."
    )


def _could(partner: _Partner, wanted: Field, ring: Ring) -> Finding:
    entries = [each["entry"] for each in partner.row["agreements"] if each["in_force"]]
    entries += [each["entry"] for each in partner.row["builds"] if each["approved"]]
    what = f"{_NAMES[ring]} {wanted.name}"
    if partner.why_not:
        sentence = f"{partner.name} could not read {what}: {partner.why_not}"
        return finding(sentence, Evidence.CONTRACT, entries)
    through = f"{plural(len(partner.grants), 'grant')} for {', '.join(sorted(partner.purposes))}"
    return finding(f"{partner.name} could read {what} through {through}", Evidence.CONTRACT, entries)


def _did(partners: Iterable[_Partner], reads: Reads, wanted: Field, ring: Ring) -> list[Finding]:
    found = []
    for partner in partners:
        did = reads.did.get(partner.name)
        if did is None:
            sentence = (
                f"{partner.name} never read {_NAMES[ring]} {wanted.name}, as far as answers can be opened"
            )
            found.append(finding(sentence, Evidence.CONTRACT))
            continue
        most = f", up to {plural(did.most_friends, 'friend')} in one" if ring is Ring.FRIEND else ""
        sentence = (
            f"{partner.name} was given {_NAMES[ring]} {wanted.name} in {plural(did.trail.count, 'answer')}"
            f"{most}, through {plural(len(did.grants), 'grant')}"
        )
        found.append(did.trail.finding(sentence, Evidence.BEARER if did.bearer else Evidence.BOUND))
    return found


def _row(partner: _Partner, reads: Reads, *, reached: int | None, held_now: int) -> dict[str, object]:
    did = reads.did.get(partner.name)
    used = did.grants if did else set()
    return {
        "partner": partner.name,
        "could_read": not partner.why_not,
        "why_not": partner.why_not,
        "purposes": sorted(partner.purposes),
        "grants_that_could": len(partner.grants),
        "grants_that_did": len(used),
        "grants_that_never_did": sum(grant.grant_id not in used for grant in partner.grants),
        "answers": did.trail.count if did else 0,
        "answers_of_one_friend": reads.single.get(partner.name, 0),
        "answers_unknown": reads.closed.get(partner.name, 0),
        "persons_it_could_reach": reached if not partner.why_not else 0,
        "persons_held_on_devices_now": held_now,
    }


def _closed(reads: Reads) -> list[str]:
    closed = sum(reads.closed.values())
    unknown = []
    if closed:
        unknown.append(f"what {plural(closed, 'answer')} gave: {NOT_OPEN}")
    if reads.grants_closed:
        unknown.append(f"what {plural(reads.grants_closed, 'grant')} allowed: {NOT_OPEN}")
    single = sum(reads.single.values())
    if single:
        unknown.append(
            f"whether {plural(single, 'answer')} about one friend each gave the field: not recorded"
        )
    return unknown
