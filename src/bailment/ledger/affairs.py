"""The replay of partner affairs that decide no disclosure by themselves, and where each of them may stand.

Admission, asserted agreements, submissions, exemptions, certifications, wind-down steps and which integration
is open to apps that register themselves permit and close nothing that a disclosure could be judged by; they
are noted as events, and each has to refer to something that stood before it. What is refused here stands in
the replay as a flaw.

An applicant has no `partner.added` entry yet: what is filed for it, or asserted of it, waits under its name.
"""

from collections.abc import Callable, Mapping

from bailment.ledger.entry import Entry
from bailment.ledger.register import Event, Partner, build_key, number_of, text_of
from bailment.ledger.withholding import Withholdings


class Misplaced(Exception):
    """An entry of a sound form that does not fit what stood before it."""


class Affairs:
    """What was noted so far, beside the partners: `events` of nobody in particular, applicants, reports."""

    def __init__(self, partners: dict[str, Partner]) -> None:
        self.events: list[Event] = []
        self.applicants: dict[str, list[Event]] = {}
        self._partners = partners
        self.withholding = Withholdings()
        self._drafted: set[str] = set()
        self._open: Event | None = None
        self._checks: Mapping[str, Callable[[Partner, Entry], None]] = {
            "partner.grouped": _group,
            "build.submitted": _submit,
            "build.refused": _refuse,
            "exemption.granted": _exempt,
            "exemption.ended": _end_exemption,
            "certification.given": _certify,
            "certification.missed": _certify,
            "winddown.certified": _close,
            "integration.opened": _open,
        }

    def note(self, event: Event, entry: Entry) -> None:
        """Take in the event of an entry.

        Raises:
            Misplaced: it refers to something that does not stand before it.
        """
        if "partner" in entry.fields:
            self._of_partner(event, entry, text_of(entry.fields, "partner"))
            return
        if entry.kind.startswith("withholding."):
            flaw = self.withholding.note(event)
            if flaw:
                raise Misplaced(flaw)
        elif entry.kind == "report.drafted":
            self._drafted.add(text_of(entry.fields, "report"))
        elif entry.kind == "report.filed" and text_of(entry.fields, "report") not in self._drafted:
            raise Misplaced("the report was never drafted")
        self.events.append(event)

    def _of_partner(self, event: Event, entry: Entry, partner_id: str) -> None:
        partner = self._partners.get(partner_id)
        if partner is not None:
            self._checks.get(entry.kind, _nothing)(partner, entry)
            if entry.kind in {"integration.opened", "integration.closed"}:
                self._turn(event)
            partner.events.append(event)
        elif entry.kind in _BEFORE_ADMISSION:
            self.applicants.setdefault(partner_id, []).append(event)
        else:
            raise Misplaced("the partner was never admitted")

    def _turn(self, event: Event) -> None:
        """Take in that an integration is opened or closed: at most one is open at a time.

        What was announced and never came into effect (a crash between the two) opened nothing.
        """
        current = self._open
        if event.kind == "integration.opened":
            if current is not None and current.in_effect is not None:
                raise Misplaced("an integration was open already")
            self._open = event
        elif current is None or current.fields["integration"] != event.fields["integration"]:
            raise Misplaced("the integration was not open")
        else:
            self._open = None


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


def _open(partner: Partner, entry: Entry) -> None:
    build = partner.builds.get(build_key(entry.fields))
    if build is None or not build.approved:
        raise Misplaced("the build that apps come under is not approved")
    agreement = partner.agreements.get(partner.current)
    if agreement is None or not agreement.terms.get("secrets"):
        raise Misplaced("the agreement takes no secrets")


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
