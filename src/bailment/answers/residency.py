"""Does our data reside on a server there? As far as the gateway can tell, with the evidence for each part.

1. Every disclosure names its custody in clear: `server` would say so, and an agreement has to allow it.
2. Where a device is, its grant declares: an assertion of its client. Whether the answer went to a key that
   the device proved (bound) or to whoever has the token (bearer), its enrolment tells.
3. Where a partner keeps data, its admission file asserts, and so do agreements from before the gateway.

The answer is a sentence with numbers, never a bare yes or no: after an answer is read, nobody here knows.
"""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from bailment.answers.evidence import (
    NOT_AFTER,
    NOT_OPEN,
    WENT_ROUND,
    Answer,
    Evidence,
    Finding,
    Trail,
    finding,
    plural,
)
from bailment.answers.ports import AnswerStore, PersonKeys, Published
from bailment.answers.register import audit_at
from bailment.answers.stream import Seen, stream
from bailment.ledger.cbor import Value
from bailment.ledger.public_register import ledger_head, public_register
from bailment.model.programme import check_country

_KINDS = frozenset({"grant.given", "grant.amended", "device.enrolled", "disclosure"})
_ADMISSION = "admission"


@dataclass(slots=True)
class _Reached:
    """What reached devices in the country, of one partner; devices are held to be counted, no more."""

    bound: Trail = field(default_factory=Trail)
    bearer: Trail = field(default_factory=Trail)
    unsure: Trail = field(default_factory=Trail)
    closed: Trail = field(default_factory=Trail)
    server: Trail = field(default_factory=Trail)
    devices: set[Value] = field(default_factory=set)
    elsewhere: int = 0


@dataclass(slots=True)
class _Count:
    """The reading of all entries: which devices are in the country, by partner what reached them."""

    country: str
    grants: set[Value] = field(default_factory=set)
    evidence: dict[Value, Evidence] = field(default_factory=dict)
    enrolled: set[Value] = field(default_factory=set)
    enrolments_closed: int = 0
    partners: dict[str, _Reached] = field(default_factory=dict)

    def take(self, seen: Seen) -> None:
        """Take in one entry."""
        if seen.kind == "disclosure":
            self._disclosure(seen)
        elif seen.kind == "device.enrolled":
            self._enrolment(seen)
        elif seen.details is not None:
            change = self.grants.add if seen.details["country"] == self.country else self.grants.discard
            change(seen.details["grant"])

    def _enrolment(self, seen: Seen) -> None:
        if seen.details is None:
            self.enrolments_closed += 1
            return
        device = seen.details["device"]
        self.evidence[device] = Evidence.BOUND if seen.details["key"] else Evidence.BEARER
        if seen.details["grant"] in self.grants:
            self.enrolled.add(device)

    def _disclosure(self, seen: Seen) -> None:
        reached = self.partners.setdefault(str(seen.fields["partner"]), _Reached())
        if seen.fields["custody"] == "server":
            reached.server.add(seen.index)
        if seen.details is None:
            reached.closed.add(seen.index)
        elif seen.details["country"] != self.country:
            reached.elsewhere += 1
        else:
            device = seen.details["device"]
            reached.devices.add(device)
            kinds = {Evidence.BOUND: reached.bound, Evidence.BEARER: reached.bearer}
            kinds.get(self.evidence.get(device, Evidence.UNKNOWN), reached.unsure).add(seen.index)


async def ask_residency(
    store: AnswerStore, keys: PersonKeys, published: Published, country: str, until: int
) -> Answer:
    """Answer what reached a country up to an instant (Unix ms), partner by partner.

    Raises:
        Malformed: it is not a country code.
        Unavailable: the ledger is not published yet.
    """
    count = _Count(check_country(country, "country"))
    async for seen in stream(store, keys, _KINDS, until):
        count.take(seen)
    filed = await _storage(store, country)
    audit, checkpoint = audit_at(published, until)
    register: dict[str, Any] = dict(public_register(audit, ledger_head(checkpoint)))
    return Answer(
        "residency",
        until,
        checkpoint.size,
        _sentence(count),
        [
            *_custody(register),
            *(
                each
                for partner, reached in sorted(count.partners.items())
                for each in _found(partner, reached)
            ),
            *_asserted(register, country),
            *(finding(f"{partner} {claim}", Evidence.ASSERTED) for partner, claim in filed),
        ],
        _numbers(count, [partner for partner, _ in filed]),
        _unknown(count),
        [
            WENT_ROUND,
            NOT_AFTER,
            "Where a device is, is what its client declared when the grant was asked for.",
            "Admission files are as they stand now; their entries say only that and when they were filed.",
        ],
    )


def _sentence(count: _Count) -> str:
    reached = count.partners.values()
    servers = sum(each.server.count for each in reached)
    answers = sum(each.bound.count + each.bearer.count + each.unsure.count for each in reached)
    devices = sum(len(each.devices) for each in reached)
    bearer = sum(each.bearer.count for each in reached)
    to_servers = (
        f"No disclosure was made to a server in {count.country}."
        if not servers
        else f"{plural(servers, 'disclosure')} went to servers; in which country is not recorded."
    )
    apart = f", {bearer} of them to bearer tokens that whoever has them can use" if bearer else ""
    return (
        f"{to_servers} {plural(answers, 'disclosure')} went to {plural(devices, 'device')} whose grants "
        f"declare {count.country}{apart}. What became of them on the device is not known."
    )


def _custody(register: dict[str, Any]) -> list[Finding]:
    """Say which agreements allow a server to keep answers, whether or not one ever did."""
    allowing = [
        (partner["partner"], each)
        for partner in register["partners"]
        for each in partner["agreements"]
        if each["terms"]["custody"] == "server"
    ]
    if not allowing:
        signed = [each["entry"] for partner in register["partners"] for each in partner["agreements"]]
        return [finding("no agreement that was signed allows custody by a server", Evidence.CONTRACT, signed)]
    return [
        finding(
            f"{partner} version {each['agreement']} allows custody by a server",
            Evidence.CONTRACT,
            [each["entry"]],
        )
        for partner, each in allowing
    ]


def _found(partner: str, reached: _Reached) -> list[Finding]:
    lines = (
        (reached.bound, Evidence.BOUND, "went only to keys that the devices proved"),
        (reached.bearer, Evidence.BEARER, "went to bearer tokens: nothing ties them to a device"),
        (reached.unsure, Evidence.UNKNOWN, "went to devices whose enrolment does not open"),
        (reached.server, Evidence.CONTRACT, "were made with custody by a server, in whatever country"),
    )
    return [
        trail.finding(f"{partner}: {plural(trail.count, 'disclosure')} that {words}", evidence)
        for trail, evidence, words in lines
        if trail.count
    ]


def _asserted(register: dict[str, Any], country: str) -> list[Finding]:
    """Say what agreements from before assert: their custody and countries, which nothing here can show."""
    found = []
    for partner in register["partners"]:
        for each in partner["asserted"]:
            terms = each["terms"]
            there = country in {*terms["partner_countries"], *terms["device_countries"]}
            place = f", {country} among its countries" if there else f", {country} not among its countries"
            sentence = (
                f"{partner['partner']}, agreement {each['reference']}: custody {terms['custody']}{place}"
            )
            found.append(finding(sentence, Evidence.ASSERTED, [each["entry"]]))
    return found


class _Processor(msgspec.Struct):
    country: str = ""
    name: str = ""


class _Filed(msgspec.Struct):
    """What this question wants of an admission file: where data is kept or passed on, says the partner."""

    storage_countries: list[str] = []
    sub_processors: list[_Processor] = []


async def _storage(store: AnswerStore, country: str) -> list[tuple[str, str]]:
    """Return who names the country in its admission file, and how."""
    async with store.reading() as transaction:
        dossiers = await transaction.dossiers(_ADMISSION)
    claims = []
    for each in dossiers:
        filed = msgspec.json.decode(each.document, type=_Filed)
        if country in filed.storage_countries:
            claims.append((each.key, f"says in its admission file that it may keep data in {country}"))
        if any(processor.country == country for processor in filed.sub_processors):
            claims.append((each.key, f"names a sub-processor in {country} in its admission file"))
    return claims


def _numbers(count: _Count, filed: list[str]) -> dict[str, object]:
    return {
        "country": count.country,
        "devices_enrolled": len(count.enrolled),
        "enrolments_unknown": count.enrolments_closed,
        "says_it_stores_there": sorted(set(filed)),
        "partners": {
            partner: {
                "to_bound_keys": reached.bound.count,
                "to_bearer_tokens": reached.bearer.count,
                "to_devices_unknown": reached.unsure.count,
                "devices": len(reached.devices),
                "to_servers": reached.server.count,
                "elsewhere": reached.elsewhere,
                "unknown": reached.closed.count,
            }
            for partner, reached in sorted(count.partners.items())
        },
    }


def _unknown(count: _Count) -> list[str]:
    closed = sum(each.closed.count for each in count.partners.values())
    unknown = []
    if closed:
        unknown.append(f"where {plural(closed, 'disclosure')} went: {NOT_OPEN}")
    if count.enrolments_closed:
        unknown.append(f"in which country {plural(count.enrolments_closed, 'device')} stood: {NOT_OPEN}")
    return unknown
