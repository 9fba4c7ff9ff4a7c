"""The public register of the published ledger, and the first question: who is a partner, under what?

`PublishedRegister` keeps the replay and goes on where it was when the checkpoint grows, so that a page costs
what is new. It reads the published files and nothing else: an outsider who rebuilds the register from them
gets the same bytes. It does not verify them; `bailment ledger register` does.
"""

import threading
from dataclasses import dataclass
from typing import Any

from bailment.answers.evidence import WENT_ROUND, Answer, Evidence, Finding, finding, plural
from bailment.answers.ports import Published
from bailment.answers.proofs import prove_entry
from bailment.ledger.audit import Audit
from bailment.ledger.checkpoint import Checkpoint, parse_checkpoint
from bailment.ledger.entry import parse_entry
from bailment.ledger.note import parse_note
from bailment.ledger.public_register import Json, ledger_head, plain, public_register, spell_register
from bailment.ledger.register_text import instant, standing
from bailment.ledger.tiles import WIDTH, TileName, read_bundle
from bailment.ledger.verify import CHECKPOINT


@dataclass(frozen=True, slots=True)
class Register:
    """The register at one checkpoint: as a document, and as the bytes that everybody gets alike."""

    document: dict[str, Json]
    raw: bytes
    checkpoint: Checkpoint


class PublishedRegister:
    """Gives the newest register; threads may ask at once, and one of them reads what is new."""

    def __init__(self, published: Published) -> None:
        """Read the ledger's files from `published`."""
        self._published = published
        self._lock = threading.Lock()
        self._audit = Audit()
        self._size = 0
        self._newest: Register | None = None

    def newest(self) -> Register:
        """Return the register at the published checkpoint; this reads files, and waits for who does.

        Raises:
            Unavailable: nothing is published yet, or a file cannot be read.
            Tampered: a file of the ledger is damaged.
        """
        checkpoint = newest_checkpoint(self._published)
        with self._lock:
            if self._newest is not None and checkpoint.size <= self._size:
                return self._newest
            while self._size < checkpoint.size:
                # Bundle by bundle, so that after a file that cannot be read nothing is taken in twice.
                end = min((self._size // WIDTH + 1) * WIDTH, checkpoint.size)
                self._size = replay(self._published, self._audit, self._size, end)
            document = public_register(self._audit, ledger_head(checkpoint))
            self._newest = Register(document, spell_register(document), checkpoint)
            return self._newest


def newest_checkpoint(published: Published) -> Checkpoint:
    """Return the published checkpoint."""
    return parse_checkpoint(parse_note(published.read(CHECKPOINT)).text)


def replay(published: Published, audit: Audit, start: int, size: int) -> int:
    """Feed the entries from `start` up to `size` to a replay, bundle by bundle; return `size`.

    Raises:
        Unavailable: a file is missing.
        Tampered: a file is damaged.
    """
    for index in range(start // WIDTH, -(-size // WIDTH)):
        entries = read_bundle(published, TileName(None, index, min(WIDTH, size - index * WIDTH)))
        first = max(start - index * WIDTH, 0)
        for place, raw in enumerate(entries[first:], index * WIDTH + first):
            audit.add(place, raw)
    return size


def audit_at(published: Published, until: int) -> tuple[Audit, Checkpoint]:
    """Return the replay as of an instant (Unix ms), with the checkpoint that it reached.

    Raises:
        Unavailable: nothing is published yet.
        Tampered: a file of the ledger is damaged.
    """
    checkpoint, audit = newest_checkpoint(published), Audit(until)
    replay(published, audit, 0, checkpoint.size)
    return audit, checkpoint


def ask_register(published: Published, until: int) -> Answer:
    """Answer who was a partner at an instant, under what, and whether everything rests on an agreement."""
    audit, checkpoint = audit_at(published, until)
    register: dict[str, Any] = dict(public_register(audit, ledger_head(checkpoint)))
    partners = register["partners"]
    states = [standing(partner, until) for partner in partners]
    given = audit.counts.get("disclosure", 0)
    # Those that name a partner which is not in the register at all are in nobody's row.
    resting = sum(each["disclosures"] - each["disclosures_out_of_place"] for each in partners)
    share = "there were none" if not given else f"{resting} of {given}, {100 * resting / given:.2f} %"
    in_force = sum(state in {"agreement in force", "winding down"} for state in states)
    return Answer(
        "register",
        until,
        checkpoint.size,
        f"{plural(len(partners), 'partner')} had been added, {in_force} of them with an agreement in force "
        f"and no hold; disclosures that rest on a registered agreement: {share}.",
        [_of_partner(each, state) for each, state in zip(partners, states, strict=True)],
        {
            "partners": [_row(each, state) for each, state in zip(partners, states, strict=True)],
            "disclosures": given,
            "resting_on_an_agreement": resting,
            "callers_without_agreement": dict(register["unregistered"]),
            "refused_without_agreement": _without_agreement(partners),
        },
        _unknown(partners),
        [WENT_ROUND, "A partner's name, countries and owners' countries are what it filed."],
    )


def _of_partner(partner: dict[str, Any], state: str) -> Finding:
    agreements = ", ".join(f"version {each['agreement']}" for each in partner["agreements"]) or "none"
    entries = [each["entry"] for each in partner["events"]]
    evidence = Evidence.CONTRACT if partner["agreements"] else Evidence.ASSERTED
    asserted = len(partner["asserted"])
    before = f", {plural(asserted, 'agreement')} asserted from before" if asserted else ""
    sentence = (
        f"{partner['partner']} ({partner['name']}, {partner['country']}): {state}; agreements signed: "
        f"{agreements}{before}; {plural(partner['disclosures'], 'disclosure')}"
    )
    return finding(sentence, evidence, entries)


def _row(partner: dict[str, Any], state: str) -> dict[str, object]:
    return {
        "partner": partner["partner"],
        "name": partner["name"],
        "state": state,
        "agreements": [each["agreement"] for each in partner["agreements"]],
        "asserted": len(partner["asserted"]),
        "disclosures": partner["disclosures"],
        "out_of_place": partner["disclosures_out_of_place"],
        "entries": [each["entry"] for each in partner["events"]],
    }


def _without_agreement(partners: list[dict[str, Any]]) -> dict[str, int]:
    """Count the refusals of partners that asked without an agreement: callers, and answered with nothing."""
    counts = {
        each["partner"]: sum(n for rule, n in each["refusals"].items() if rule.startswith("agreement."))
        for each in partners
    }
    return {partner: count for partner, count in counts.items() if count}


def _unknown(partners: list[dict[str, Any]]) -> list[str]:
    asserted = [each for each in partners if each["asserted"]]
    return [
        f"what {each['partner']} was given before {instant(each['added_at'])}: its agreement from before is "
        "asserted, and the gateway kept no entries then"
        for each in asserted
    ]


def published_entry(published: Published, index: int) -> dict[str, object]:
    """Return one entry as a document, with its inclusion proof in the `.tlog-proof` form.

    Raises:
        Conflict: the published ledger does not reach that far.
        Unavailable: a file of the ledger is missing.
    """
    proof, raw = prove_entry(published, index)
    entry = parse_entry(raw)
    fields = {name: plain(value) for name, value in entry.fields.items()}
    named = {"entry": index, "kind": entry.kind, "fields": fields}
    return {**named, "cbor": raw.hex(), "proof": bytes(proof).decode()}
