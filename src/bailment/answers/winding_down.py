"""How does a wind-down stand: the plan, the steps taken, what was served last, and what certifies it?

It rests on entries in clear. The certificate itself is a document that the platform keeps under its digest;
it is checked under the ledger's own published keys, and what it says of devices is what they said.
"""

from collections.abc import Mapping
from typing import Any

from bailment.answers.evidence import WENT_ROUND, Answer, Evidence, Finding, finding, plural
from bailment.answers.ports import AnswerStore, Published
from bailment.answers.register import audit_at
from bailment.ledger.certificate import check_certificate
from bailment.ledger.note import parse_vkey
from bailment.ledger.public_register import ledger_head, public_register
from bailment.ledger.register import Partner
from bailment.ledger.register_text import instant, standing
from bailment.model.errors import Conflict, Malformed, Tampered

_STAGES = ("no_grants", "no_tokens", "read_only", "closes")
_KEYS = ("vkey", "vkey-mldsa44")
_BROKEN: Mapping[str, Any] = {}


async def ask_winddown(store: AnswerStore, published: Published, partner_id: str, until: int) -> Answer:
    """Answer how a partner's wind-downs stood at an instant (Unix ms).

    Raises:
        Conflict: no partner of that name had been added by then.
        Unavailable: the ledger is not published yet.
    """
    audit, checkpoint = audit_at(published, until)
    known = audit.partners.get(partner_id)
    if known is None:
        raise Conflict(f"at {instant(until)} the ledger has no partner {partner_id}")
    register: dict[str, Any] = dict(public_register(audit, ledger_head(checkpoint)))
    row = next(each for each in register["partners"] if each["partner"] == partner_id)
    plans = row["winddowns"]
    found = [each for plan in plans for each in _plan(plan, until)]
    found += [_last(known, plan["agreement"]) for plan in plans]
    certified = [plan for plan in plans if plan["certificate"]]
    kept = {plan["certificate"]: await _statement(store, published, plan) for plan in certified}
    found += [each for plan in certified for each in _certificate(plan, kept[plan["certificate"]])]
    return Answer(
        "winddown",
        until,
        checkpoint.size,
        _sentence(partner_id, row, plans, until),
        found,
        {
            "partner": partner_id,
            "standing": standing(row, until),
            "winddowns": plans,
            "certificates_kept": kept,
        },
        _unknown(plans, kept),
        [WENT_ROUND, "A device that is offline cannot be proven wiped: an order may stay unacknowledged."],
    )


def _sentence(partner_id: str, row: dict[str, Any], plans: list[dict[str, Any]], until: int) -> str:
    if not plans:
        return f"No wind-down of {partner_id} had been planned; it stood: {standing(row, until)}."
    plan = plans[-1]
    where = (
        f"certified {instant(plan['certified_at'])}"
        if plan["certificate"]
        else (
            "closed, and not certified yet"
            if plan["closes"] <= until
            else f"closes {instant(plan['closes'])}"
        )
    )
    return (
        f"The wind-down of {partner_id}, agreement {plan['agreement']}, was planned {instant(plan['at'])}: "
        f"{plural(len(plan['steps']), 'step')} taken, {where}."
    )


def _plan(plan: dict[str, Any], until: int) -> list[Finding]:
    stages = ", ".join(
        f"{name.replace('_', ' ')} {'since' if plan[name] <= until else 'from'} {instant(plan[name])}"
        for name in _STAGES
    )
    planned = finding(
        f"agreement {plan['agreement']}: {plan['reason']}; {stages}", Evidence.CONTRACT, [plan["entry"]]
    )
    steps = [
        finding(f"step {step['step']} taken {instant(step['at'])}", Evidence.ASSERTED, [step["entry"]])
        for step in plan["steps"]
    ]
    return [planned, *steps]


def _last(partner: Partner, version: int) -> Finding:
    resting = [tally for base, tally in partner.tallies.items() if base.agreement == version]
    count = sum(tally.disclosures for tally in resting)
    if not count:
        return finding(f"nothing was ever disclosed under agreement {version}", Evidence.CONTRACT)
    last = max(tally.last_index for tally in resting)
    return Finding(
        f"{plural(count, 'disclosure')} under agreement {version}; the last is entry {last}",
        Evidence.CONTRACT,
        (last,),
        count,
    )


async def _statement(
    store: AnswerStore, published: Published, plan: dict[str, Any]
) -> Mapping[str, Any] | None:
    """Return what the certificate says: None where it is not kept, empty where it does not hold."""
    async with store.reading() as transaction:
        raw = await transaction.blob(bytes.fromhex(plan["certificate"]))
    if raw is None:
        return None
    try:
        keys = [parse_vkey(line) for name in _KEYS for line in published.read(name).decode().split()]
        return check_certificate(raw, keys).statement
    except (Tampered, Malformed):
        return _BROKEN


def _certificate(plan: dict[str, Any], statement: Mapping[str, Any] | None) -> list[Finding]:
    entries = [plan["certified_entry"]]
    issued = f"certificate of digest {plan['certificate']}, {instant(plan['certified_at'])}"
    if statement is None:
        return [finding(f"{issued}; the platform does not keep it", Evidence.ASSERTED, entries)]
    if not statement:
        sentence = f"{issued}; what the platform keeps under it is no certificate of this ledger's"
        return [finding(sentence, Evidence.CONTRADICTED, entries)]
    held = finding(f"{issued}; it holds under the ledger's published keys", Evidence.CONTRACT, entries)
    wipes = statement.get("wipes")
    if not isinstance(wipes, Mapping):
        return [held]
    gone = _gone(statement, entries)
    told = f"{wipes.get('acknowledged')} of {wipes.get('ordered')} devices acknowledged that they have wiped"
    return [held, *gone, finding(f"{told}, in their own word", Evidence.ASSERTED, entries)]


def _gone(statement: Mapping[str, Any], entries: list[int]) -> list[Finding]:
    """Say by when nothing was on its way any more; certificates from before this was waited for do not."""
    last = statement["last_disclosure"]
    if not isinstance(last, Mapping) or "out_by" not in last:
        return []
    sentence = f"the last answers' bytes had all left or were cut by {instant(last['out_by'])}"
    return [finding(sentence, Evidence.ASSERTED, entries)]


def _unknown(plans: list[dict[str, Any]], kept: Mapping[str, Mapping[str, Any] | None]) -> list[str]:
    unknown = [
        f"what the certificate {digest} says: no document of that digest is kept"
        for digest, statement in kept.items()
        if statement is None
    ]
    unknown += [
        str(sentence)
        for statement in kept.values()
        for sentence in (statement or _BROKEN).get("not_known", ())
    ]
    if plans and not all(plan["certificate"] for plan in plans):
        unknown.append("which devices have wiped what they hold: that is told by the certificate")
    return unknown
