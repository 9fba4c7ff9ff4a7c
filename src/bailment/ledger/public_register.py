"""The public register: what the ledger says of partners, as one document of texts, numbers, arrays and maps.

It is made of entries alone, so that an outsider's is, byte for byte, the one that the gateway serves. Each
row names the indices of the entries that it rests on. Agreements from before the programme are *asserted*:
they stand apart, and no disclosure can rest on them. Disclosures and refusals are counted, never dated.

Hits, owners who are persons and names of staff are commitments in the ledger: they cannot be here.

Source: design.md, decision 3.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, cast

from bailment.ledger.audit import Audit
from bailment.ledger.cbor import Value
from bailment.ledger.checkpoint import Checkpoint
from bailment.ledger.register import Agreement, Event, Partner
from bailment.ledger.withholding import Order

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | bool | None"
FORMAT = 1


def public_register(audit: Audit, ledger: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """Return the register of what a replay has read; `ledger` says which (origin, size, root)."""
    events = audit.affairs.events
    by_kind = {kind: [each for each in events if each.kind == kind] for kind in _PROGRAMME}
    return {
        "format": FORMAT,
        "ledger": dict(ledger or {}),
        "as_of": audit.until,
        "partners": [_partner_row(audit, *item) for item in sorted(audit.partners.items())],
        "applicants": [
            {"partner": key, "events": _event_rows(audit, found)}
            for key, found in sorted(audit.affairs.applicants.items())
        ],
        "lists": [_row(each) for each in by_kind["list.imported"]],
        "rules": [_row(each) for each in by_kind["rule.set"]],
        "screening": _screening(by_kind["partners.screened"]),
        "volume": [_row(each) for each in by_kind["volume.reached"]],
        "reports": [_row(each) for each in by_kind["report.drafted"] + by_kind["report.filed"]],
        "withholding": _withholding(audit),
        "totals": dict(sorted(audit.counts.items())),
        "unregistered": dict(sorted(audit.strangers.items())),
    }


_PROGRAMME = (
    *("list.imported", "rule.set", "partners.screened", "volume.reached"),
    *("report.drafted", "report.filed"),
)


def ledger_head(checkpoint: Checkpoint) -> dict[str, Json]:
    """Say which ledger, and how much of it, a register was made of."""
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()}


def spell_register(register: Mapping[str, Json]) -> bytes:
    """Return the one spelling of a register as JSON, so that two of them can be compared byte for byte."""
    return json.dumps(register, ensure_ascii=False, indent=1).encode() + b"\n"


def _screening(sweeps: Sequence[Event]) -> dict[str, Json]:
    """Say how often everyone was screened, and how the last sweep stood."""
    return {"sweeps": len(sweeps), "last": _row(sweeps[-1]) if sweeps else None}


def _partner_row(audit: Audit, key: str, partner: Partner) -> dict[str, Json]:
    events = partner.events
    return {
        "partner": key,
        "name": partner.name,
        "country": partner.country,
        "owner_countries": list(partner.owner_countries),
        "group": partner.group,
        "added_at": partner.added_at,
        "admission": _admission(audit, events),
        "on_hold": [hold.reason for hold in partner.holds.values()],
        "holds": _holds(events),
        "integrations": dict(partner.integrations),
        "opened_to_apps": _openings(events),
        "agreements": _agreements(audit, partner),
        "asserted": [_row(each) for each in events if each.kind == "agreement.asserted"],
        "builds": _builds(partner),
        "exemptions": _exemptions(audit, events),
        "certifications": [
            {**_row(each), "given": each.kind == "certification.given"}
            for each in events
            if each.kind in {"certification.given", "certification.missed"}
        ],
        "volume_limited": _is_limited(events),
        "winddowns": _winddowns(events),
        "disclosures": partner.disclosures,
        "disclosures_out_of_place": sum(tally.flawed for tally in partner.tallies.values()),
        "writes": partner.writes,
        "refusals": dict(sorted(partner.refusals.items())),
        "events": _event_rows(audit, events),
    }


def _row(event: Event) -> dict[str, Json]:
    """Return an event's own fields, with its index and instant; the partner is the row's around it."""
    fields = {name: plain(value) for name, value in event.fields.items() if name != "partner"}
    return {"entry": event.index, "at": event.at, **fields}


def _event_rows(audit: Audit, events: Iterable[Event]) -> list[Json]:
    return [
        {
            "kind": each.kind,
            "in_effect": each.in_effect,
            "signers": audit.signers.get(each.change),
            **_row(each),
        }
        for each in events
    ]


def _admission(audit: Audit, events: Iterable[Event]) -> Json:
    """Return the newest decision on the admission file; None where there is none."""
    decided = [each for each in events if each.kind == "admission.decided"]
    return {**_row(decided[-1]), "signers": audit.signers.get(decided[-1].change)} if decided else None


def _holds(events: Iterable[Event]) -> list[Json]:
    """Return every hold that was ever placed, with when it was lifted or placed anew."""
    rows: list[dict[str, Json]] = []
    for each in events:
        if each.kind not in {"hold.placed", "hold.lifted"}:
            continue
        for row in rows:
            if row["cause"] == each.fields["cause"] and row["ended_at"] is None:
                row |= {"ended_at": each.at, "ended_entry": each.index}
        if each.kind == "hold.placed":
            rows.append({**_row(each), "ended_at": None, "ended_entry": None})
    return list(rows)


def _openings(events: Iterable[Event]) -> list[Json]:
    """Return every time that an integration was opened to apps which register themselves.

    The partner answered for each such app from then on, until it was closed. One that was announced and never
    came into effect opened nothing.
    """
    rows: list[dict[str, Json]] = []
    for each in events:
        if each.kind == "integration.opened" and each.in_effect is not None:
            rows.append({**_row(each), "closed_at": None, "closed_entry": None})
        elif each.kind == "integration.closed" and rows:
            rows[-1] |= {"closed_at": each.at, "closed_entry": each.index}
    return list(rows)


def _agreements(audit: Audit, partner: Partner) -> list[Json]:
    signed = {each.fields["agreement"]: each for each in partner.events if each.kind == "agreement.signed"}
    return [
        _agreement_row(audit, partner, version, agreement, signed[version])
        for version, agreement in partner.agreements.items()
    ]


def _agreement_row(
    audit: Audit, partner: Partner, version: int, agreement: Agreement, event: Event
) -> dict[str, Json]:
    resting = [tally for base, tally in partner.tallies.items() if base.agreement == version]
    return {
        "agreement": version,
        "terms": plain(agreement.terms),
        "signed_at": agreement.signed_at,
        "ended_at": agreement.ended_at,
        "closes_at": agreement.closes_at,
        "in_force": agreement.in_force,
        "replaced": version < partner.current,
        "disclosures": sum(tally.disclosures for tally in resting),
        "signers": audit.signers.get(event.change),
        "entry": event.index,
    }


def _builds(partner: Partner) -> list[Json]:
    rows: dict[tuple[str, bytes], dict[str, Json]] = {}
    for each in partner.events:
        kind, _, act = each.kind.partition(".")
        if kind != "build":
            continue
        key = str(each.fields["integration"]), cast("bytes", each.fields["build"])
        row = rows.setdefault(key, _new_build(key, each))
        row |= {"state": act, f"{act}_at": each.at, "entry": each.index}
        if act == "refused":
            row["reason"] = plain(each.fields["reason"])
        known = partner.builds.get(key)
        row["approved"] = known is not None and known.approved
    return list(rows.values())


def _new_build(key: tuple[str, bytes], event: Event) -> dict[str, Json]:
    row: dict[str, Json] = {
        "integration": key[0],
        "build": key[1].hex(),
        "version": str(event.fields["version"]),
    }
    return row | dict.fromkeys(("submitted_at", "approved_at", "refused_at", "withdrawn_at", "reason"))


def _exemptions(audit: Audit, events: Iterable[Event]) -> list[Json]:
    rows: dict[Value, dict[str, Json]] = {}
    for each in events:
        name = each.fields.get("exemption")
        if each.kind == "exemption.granted":
            rows[name] = {**_row(each), "ended_at": None, "signers": audit.signers.get(each.change)}
        elif each.kind == "exemption.ended":
            rows[name] |= {"ended_at": each.at, "ended_entry": each.index}
    return list(rows.values())


def _withholding(audit: Audit) -> dict[str, Json]:
    """Return every switch of country withholding and every order that there is and was."""
    found = audit.affairs.withholding
    return {
        "on": found.is_on,
        "switches": [{**_row(each), "signers": audit.signers.get(each.change)} for each in found.switches],
        "orders": [_order_row(audit, each) for each in found.orders.values()],
    }


def _order_row(audit: Audit, order: Order) -> dict[str, Json]:
    """Return an order with all that became of it; objections stand beside it for ever."""
    by_kind: dict[str, list[Json]] = {"appealed": [], "decided": [], "objected": []}
    for each in order.events:
        by_kind.get(each.kind.partition(".")[2], []).append(_row(each))
    lifted = order.lifted if order.has_ended() else None
    return {
        **_row(order.ordered),
        "in_effect": order.ordered.in_effect,
        "signers": audit.signers.get(order.ordered.change),
        "lifted": None if lifted is None else _row(lifted),
        "lapsed": None if order.lapsed is None else _row(order.lapsed),
        "appeal_pending": order.pending,
        "appeals": by_kind["appealed"],
        "decisions": by_kind["decided"],
        "objections": by_kind["objected"],
    }


def _is_limited(events: Iterable[Event]) -> bool:
    """Tell whether the volume limits bind, as far as entries say."""
    said = [each.fields["limited"] for each in events if each.kind == "volume.limited"]
    return bool(said and said[-1])


def _winddowns(events: Iterable[Event]) -> list[Json]:
    rows: dict[Value, dict[str, Json]] = {}
    for each in events:
        version = each.fields.get("agreement")
        if each.kind == "winddown.planned":
            steps = rows[version]["steps"] if version in rows else []
            rows[version] = {**_row(each), "steps": steps, "certificate": None, "certified_at": None}
        elif each.kind == "winddown.step" and version in rows:
            # What ended without a plan may still have steps: a hunt closed what it found. They are events.
            step: Json = {"step": plain(each.fields["step"]), "at": each.at, "entry": each.index}
            rows[version]["steps"] = [*cast("Sequence[Json]", rows[version]["steps"]), step]
        elif each.kind == "winddown.certified":
            rows[version] |= {
                "certificate": plain(each.fields["certificate"]),
                "certified_at": each.at,
                "certified_entry": each.index,
            }
    return list(rows.values())


def plain(value: Value) -> Json:
    """Return a value of an entry as JSON spells it: bytes in hexadecimal."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return cast("str | int | bool | None", value)
