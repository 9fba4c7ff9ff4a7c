"""The admission checklist: what is there, what is missing, what blocks, and why.

Nothing is guessed: a share above 100 percent, an owner of itself, a chain of owners that ends nowhere are
findings that block until somebody files better. An exemption may waive one step, and it is said that it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from bailment.model.admission import PARTS, UNKNOWN_SHARE, AdmissionFile, Owner, profile_of
from bailment.model.screening import Kind
from bailment.model.standing import PartnerRow, is_exempt
from bailment.partners.filing import FILES, day_of
from bailment.partners.holds import no_partner
from bailment.partners.outcomes import SCREENING, Outcome, outcome_of
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.profiles import Screened, profile_for
from bailment.partners.rule_files import rules_on
from bailment.screening.anomalies import find_anomalies
from bailment.screening.ownership import OwnershipGraph

_STATES_WITH_NOBODY_ABOVE = frozenset({Kind.PERSON, Kind.STATE})
_LEI_LENGTH = 20


class StepState(Enum):
    """Where a step of the checklist stands."""

    DONE = "done"
    NONE = "none"
    MISSING = "missing"
    CANNOT_DETERMINE = "cannot determine"
    STOPPED = "stopped"
    EXEMPT = "exempt"


_OPEN = frozenset({StepState.MISSING, StepState.CANNOT_DETERMINE, StepState.STOPPED})


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `why` says in sentences what blocks it, or what stands in for it."""

    name: str
    title: str
    state: StepState
    why: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether nothing is approved because of it."""
        return self.state in _OPEN


@dataclass(frozen=True, slots=True)
class Checklist:
    """All steps for one partner, on the file's revision (0: none); `blocked` names those that block."""

    partner: str
    revision: int
    steps: tuple[Step, ...]
    blocked: tuple[str, ...]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        filed = f"revision {self.revision}" if self.revision else "nothing is filed"
        said = [f"admission of {self.partner} ({filed})"]
        for step in self.steps:
            mark = "BLOCKED " if step.blocks else "ok      "
            said.append(f"{mark}{step.title}: {step.state.value}")
            said.extend(f"          {sentence}" for sentence in step.why)
        count = len(self.blocked)
        return [*said, f"{count} of {len(self.steps)} steps block" if count else "nothing blocks"]


async def checklist_of(transaction: ProgrammeTransaction, partner_id: str, now: int) -> Checklist:
    """Return a partner's checklist as it stands.

    Raises:
        Conflict: there is no such partner.
    """
    row = await transaction.partner(partner_id)
    if row is None:
        raise no_partner(partner_id)
    filed = await FILES.get(transaction, partner_id)
    file = AdmissionFile() if filed is None else filed.value
    steps = [
        _waived(_part(name, row.partner_id, file, day_of(now)), row, f"admission:{name}", now)
        for name in PARTS
    ]
    screened, outcome = await profile_for(transaction, partner_id), await outcome_of(transaction, partner_id)
    ruled = bool(await rules_on(transaction, day_of(now)))
    steps.append(_screening(screened, outcome) if ruled else _NO_RULE)
    blocked = tuple(step.name for step in steps if step.blocks)
    return Checklist(row.partner_id, 0 if filed is None else filed.revision, tuple(steps), blocked)


def _waived(step: Step, row: PartnerRow, rule: str, now: int) -> Step:
    """Return the step, exempt where an exemption stands in for it."""
    if step.blocks and is_exempt(row.exempt, rule, now):
        return replace(step, state=StepState.EXEMPT, why=(*step.why, f"exempt from {rule}"))
    return step


def _part(name: str, partner_id: str, file: AdmissionFile, on: str) -> Step:
    part, value = PARTS[name], getattr(file, name)
    filled = bool(value.strip() if isinstance(value, str) else value)
    state, why = StepState.DONE, tuple(_findings(name, partner_id, file, on)) if filled else ()
    if name in file.undetermined:
        state, why = StepState.CANNOT_DETERMINE, (*why, "it is filed as one that cannot be determined")
    elif filled and name in file.none:
        state, why = StepState.MISSING, (*why, "it is filed as none and filled in as well")
    elif name in file.none:
        state = StepState.NONE
    elif not filled:
        state, why = StepState.MISSING, ("nothing is filed for it",)
    elif why:
        state = StepState.CANNOT_DETERMINE
    return Step(name, part.title, state, why)


def _findings(name: str, partner_id: str, file: AdmissionFile, on: str) -> Sequence[str]:
    """Say what is wrong with a part that is filled in."""
    if name == "owners":
        return ownership_findings(partner_id, file, on)
    if name == "lei" and not is_lei(file.lei):
        return ["this is no LEI: 20 letters and digits whose check digits agree (ISO 17442)"]
    if name == "officers" and any(not (each.name.strip() and each.office.strip()) for each in file.officers):
        return ["an officer has no name or no office"]
    return []


def ownership_findings(partner_id: str, file: AdmissionFile, on: str) -> list[str]:
    """Say in sentences why the owners are not known up to the ultimate ones on a date."""
    profile = profile_of(partner_id, file)
    graph = OwnershipGraph(profile.stakes, on)
    said = [each.sentence for each in find_anomalies(graph, {party.party_id for party in profile.parties})]
    if not any(owner.owns == "" for owner in file.owners):
        said.append(f"nobody is named as an owner of {partner_id} itself")
    for owner in file.owners:
        said.extend(_of_owner(owner, file))
    said.extend(f"the owners above {name} end at no ultimate owner" for name in _ungrounded(file))
    return said


def _of_owner(owner: Owner, file: AdmissionFile) -> list[str]:
    said, name = [], owner.owner_id
    if not owner.evidence.strip():
        said.append(f"{name}: no evidence is named")
    if not owner.since:
        said.append(f"{name}: since when is not said")
    if not owner.country:
        said.append(f"{name}: the country is not said")
    if owner.share == UNKNOWN_SHARE:
        said.append(f"{name}: the share cannot be determined")
    has_owners = any(each.owns == name for each in file.owners)
    if not (has_owners or owner.ultimate.strip() or owner.kind in _STATES_WITH_NOBODY_ABOVE):
        said.append(f"{name}: who owns it is not said, nor why nobody is asked above it")
    return said


def _ungrounded(file: AdmissionFile) -> list[str]:
    """Return owners above whom there are owners, but round in a circle."""
    above = {
        each.owner_id: {up.owner_id for up in file.owners if up.owns == each.owner_id} for each in file.owners
    }
    grounded = {
        each.owner_id
        for each in file.owners
        if each.ultimate.strip() or each.kind in _STATES_WITH_NOBODY_ABOVE or not above[each.owner_id]
    }
    size = -1
    while size < len(grounded):
        size = len(grounded)
        grounded |= {name for name, owners in above.items() if owners & grounded}
    return sorted(above.keys() - grounded)


def is_lei(text: str) -> bool:
    """Tell whether this is a legal entity identifier: ISO 17442, check digits as in ISO 7064 MOD 97-10."""
    if len(text) != _LEI_LENGTH or not text.isascii() or not text.isalnum() or text != text.upper():
        return False
    return int("".join(str(int(each, 36)) for each in text)) % 97 == 1


_NO_RULE = Step(
    SCREENING,
    "screening",
    StepState.MISSING,
    ("no rule is in force, so nothing was screened: `bailment rule ship` sets the shipped ones",),
)


def _screening(screened: Screened | None, outcome: Outcome | None) -> Step:
    """Return the step of screening: it counts only for the very profile that is filed."""
    if outcome is None or screened is None:
        return Step(SCREENING, "screening", StepState.MISSING, ("it was never screened",))
    if outcome.profile_fingerprint != screened.profile.fingerprint:
        return Step(SCREENING, "screening", StepState.MISSING, ("not screened since the file changed",))
    said = (f"{outcome.effect}, screened on {day_of(outcome.screened_at)}", *outcome.reasons)
    stopped = outcome.blocks_approval or outcome.holds
    return Step(SCREENING, "screening", StepState.STOPPED if stopped else StepState.DONE, said)
