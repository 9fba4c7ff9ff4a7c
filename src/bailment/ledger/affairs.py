"""The replay of partner affairs that decide no disclosure by themselves, and where each of them may stand.

Admission, asserted agreements, submissions, exemptions, certifications and wind-down steps permit and close
nothing that a disclosure could be judged by; they are noted as events, and each has to refer to something
that stood before it. What is refused here stands in the replay as a flaw.

An applicant has no `partner.added` entry yet: what is filed for it, or asserted of it, waits under its name.
"""

from collections.abc import Callable, Mapping

from bailment.ledger.entry import Entry
from bailment.ledger.register import Event, Partner, build_key, number_of, text_of


class Misplaced(Exception):
    """An entry of a sound form that does not fit what stood before it."""


class Affairs:
    """What was noted so far, beside the partners: `events` of nobody in particular, applicants, reports."""

    def __init__(self, partners: dict[str, Partner]) -> None:
        self.events: list[Event] = []
        self.applicants: dict[str, list[Event]] = {}
        self._partners = partners
        self._drafted: set[str] = set()
        self._checks: Mapping[str, Callable[[Partner, Entry], None]] = {
            "partner.grouped": _group,
            "build.submitted": _submit,
            "build.refused": _refuse,
            "exemption.granted": _exempt,
            "exemption.ended": _end_exemption,
            "certification.given": _certify,
            "certification.missed": _certify,
            "winddown.certified": _close,
        }

    def note(self, event: Event, entry: Entry) -> None:
        """Take in the event of an entry.

        Raises:
            Misplaced: it refers to something that does not stand before it.
        """
        if "partner" in entry.fields:
            self._of_partner(event, entry, text_of(entry.fields, "partner"))
            return
        if entry.kind == "report.drafted":
            self._drafted.add(text_of(entry.fields, "report"))
        elif entry.kind == "report.filed" and text_of(entry.fields, "report") not in self._drafted:
            raise Misplaced("the report was never drafted")
        self.events.append(event)

    def _of_partner(self, event: Event, entry: Entry, partner_id: str) -> None:
        partner = self._partners.get(partner_id)
        if partner is not None:
            self._checks.get(entry.kind, _nothing)(partner, entry)
            partner.events.append(event)
        elif entry.kind in _BEFORE_ADMISSION:
            self.applicants.setdefault(partner_id, []).append(event)
        else:
            raise Misplaced("the partner was never admitted")


_BEFORE_ADMISSION = frozenset({"admission.filed", "admission.decided", "agreement.asserted"})


def _nothing(partner: Partner, entry: Entry) -> None:
    """Ask for nothing more than that the partner is there."""


def _group(partner: Partner, entry: Entry) -> None:
    partner.group = text_of(entry.fields, "group")


def _submit(partner: Partner, entry: Entry) -> None:
    key = build_key(entry.fields)
    if key[0] not in partner.integrations:
        raise Misplaced("the integration was never added")
    partner.submitted.add(key)


def _refuse(partner: Partner, entry: Entry) -> None:
    if build_key(entry.fields) not in partner.submitted:
        raise Misplaced("the build was never submitted")


def _exempt(partner: Partner, entry: Entry) -> None:
    partner.exemptions.add(text_of(entry.fields, "exemption"))


def _end_exemption(partner: Partner, entry: Entry) -> None:
    exemption = text_of(entry.fields, "exemption")
    if exemption not in partner.exemptions:
        raise Misplaced("the exemption was never granted, or has ended")
    partner.exemptions.remove(exemption)


def _certify(partner: Partner, entry: Entry) -> None:
    if number_of(entry.fields, "agreement") not in partner.agreements:
        raise Misplaced("that version of the agreement was never signed")


def _close(partner: Partner, entry: Entry) -> None:
    if number_of(entry.fields, "agreement") not in partner.wound_down:
        raise Misplaced("there is no plan to wind that version of the agreement down")
    agreement = partner.agreements[number_of(entry.fields, "agreement")]
    if agreement.closes_at is None or agreement.closes_at > number_of(entry.fields, "at"):
        raise Misplaced("the wind-down has not reached its end")
