"""One entry per disclosure or refusal: what stands in clear, and what is committed to.

In clear: partner, agreement, build, purposes, custody and the minute, which many devices share.
Everything that could tell one device from another is behind a commitment with a fresh salt. The set
of committed names is the same for every entry, so that even their number says nothing.
"""

import functools
from dataclasses import dataclass

from bailment.disclosure.holdings import Update
from bailment.disclosure.ports import PersonKeys, Transaction
from bailment.disclosure.views import purpose_text
from bailment.ledger import cbor
from bailment.ledger.commitment import commit_items, encode_items, encode_opening
from bailment.ledger.entry import DisclosureTemplate, Entry, disclosure_template, encode_entry
from bailment.model.disclosure import Ask, EntryDraft, Facts
from bailment.model.fields import ALL_FIELDS
from bailment.seal.detail import seal_detail
from bailment.seal.secret import random_bytes

SALT_LENGTH = 32
MINUTE_MS = 60_000
# All that is known of a build today: its client says so.
BUILD_EVIDENCE = "declared"


@dataclass(frozen=True, slots=True)
class Record:
    """What is to be recorded of one answer.

    `masks` are the four base rules'. `reasons` is how often each `SETTING/AUDIENCE` pair occurred among
    the friends, recorded as `SETTING/AUDIENCE:COUNT` joined with semicolons. `rule` is the code of a
    refusal, or "". `served` is a bitmap of holding slots. `within` are the fields that an answer of this form
    can hold at all; `wrote` says what was written, "" for a read.
    """

    ask: Ask
    facts: Facts
    masks: tuple[int | None, ...]
    rule: str = ""
    outcome: str = "refused"
    update: Update | None = None
    served: bytes = b""
    shown: int = 0
    withheld: int = 0
    reasons: tuple[tuple[bytes, int], ...] = ()
    within: int = ALL_FIELDS
    wrote: str = ""


async def write_record(transaction: Transaction, keys: PersonKeys, record: Record) -> bytes:
    """Append the entry, write the holding if it changed, and return the commitment: the receipt."""
    facts, update = record.facts, record.update
    items = encode_items(_details(record))
    salt = random_bytes(SALT_LENGTH)
    commitment = commit_items(items, salt)
    if update is not None and update.write is not None:
        # The entry is found again by the root that it made current.
        await transaction.write_holding(update.write.made_by(commitment))
    person_key = (await keys.keys((facts.person_id,)))[facts.person_id]
    sealed = seal_detail(person_key, commitment, encode_opening(items, salt))
    if record.rule:
        raw = _refusal(record, commitment)
    else:
        raw = _write(record, commitment) if record.wrote else _disclosure(record, commitment)
    await transaction.append(EntryDraft(raw, commitment, facts.person_id, sealed))
    return commitment


def _details(record: Record) -> dict[str, cbor.Value]:
    ask, facts = record.ask, record.facts
    holding = record.update.holding if record.update else None
    return {
        "at": ask.now,
        "country": facts.device_country,
        "device": facts.device_id,
        "grant": facts.grant_id,
        "holding": holding.holding_id if holding else None,
        "capacity": holding.capacity if holding else None,
        "root": holding.root if holding else None,
        "served": record.served,
        "outcome": record.outcome,
        "person": facts.person_id,
        "route": ask.route.value if ask.wish is None else ask.wish.want.value,
        "rules": list(record.masks),
        "reasons": b";".join([b"%b:%d" % pair for pair in record.reasons]).decode(),
        "shown": record.shown,
        "withheld": record.withheld,
        "within": record.within,
        "wrote": record.wrote or None,
    }


def _disclosure(record: Record, commitment: bytes) -> bytes:
    ask, facts = record.ask, record.facts
    if facts.agreement_version is None or facts.build is None:
        raise AssertionError("the base rules let an answer through without an agreement or a build")
    template = _template(
        facts.partner_id,
        facts.agreement_version,
        facts.integration_id,
        facts.build,
        purpose_text(facts.grant_consents, facts.agreement_purposes, ask.ring),
        facts.agreement_custody,
    )
    return template.encode(ask.now // MINUTE_MS, commitment)


def _write(record: Record, commitment: bytes) -> bytes:
    ask, facts = record.ask, record.facts
    purpose = purpose_text(facts.grant_consents, facts.agreement_purposes, ask.ring, writes=True)
    return encode_entry(
        Entry(
            "write",
            {
                "minute": ask.now // MINUTE_MS,
                "partner": facts.partner_id,
                "agreement": facts.agreement_version,
                "integration": facts.integration_id,
                "build": facts.build,
                "build_evidence": BUILD_EVIDENCE,
                "purpose": purpose,
                "custody": facts.agreement_custody,
                "commitment": commitment,
            },
        )
    )


@functools.lru_cache(1024)
def _template(
    partner: str, agreement: int, integration: str, build: bytes, purpose: str, custody: str
) -> DisclosureTemplate:
    return disclosure_template(
        {
            "partner": partner,
            "agreement": agreement,
            "integration": integration,
            "build": build,
            "build_evidence": BUILD_EVIDENCE,
            "purpose": purpose,
            "custody": custody,
        }
    )


def _refusal(record: Record, commitment: bytes) -> bytes:
    ask, facts = record.ask, record.facts
    # A build that nobody registered is the client's own text: it has no place in a public ledger.
    build = facts.build if facts.build_state is not None else None
    return encode_entry(
        Entry(
            "refusal",
            {
                "minute": ask.now // MINUTE_MS,
                "partner": facts.partner_id,
                "integration": facts.integration_id,
                "build": build,
                "build_evidence": None if build is None else BUILD_EVIDENCE,
                "rule": record.rule,
                "commitment": commitment,
            },
        )
    )
