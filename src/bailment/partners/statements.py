"""Statements of builds as they are kept, and the checks that need no reviewer.

Each check is one named line with its reason. They run when a statement is submitted and again when it is
reviewed, because the agreement, or what else is approved, may have changed between the two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from bailment.model.fields import Ring, names_of
from bailment.model.operators import Signature
from bailment.model.programme import Terms
from bailment.model.states import SERVING_STATES, AgreementState, BuildState
from bailment.model.submission import ENDPOINTS, Submission, is_in_range
from bailment.partners.dossiers import DossierKind
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.programme import agreement_of

PASSED = "passed"


class StatementState(Enum):
    """Where a statement stands; every digest of it stands there with it."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Check:
    """One automatic check: its name, whether it passed, and the reason in a sentence."""

    name: str
    passed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A submission as it is kept: `digest` is the SHA-256 (hexadecimal) of its JSON, instants are Unix ms."""

    integration_id: str
    number: int
    submission: Submission
    digest: str
    submitted_by: str
    submitted_at: int
    checks: tuple[Check, ...]
    state: StatementState = StatementState.SUBMITTED
    decided: Signature | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Which integration a signing digest was submitted for first."""

    integration_id: str


STATEMENTS = DossierKind("build-statement", Statement)
CLAIMS = DossierKind("build-digest", Claim)


def statement_key(integration_id: str, number: int) -> str:
    """Return the key of an integration's statement."""
    return f"{integration_id}/{number:06d}"


async def statements_of(transaction: ProgrammeTransaction, integration_id: str) -> list[Statement]:
    """Return an integration's statements, oldest first."""
    return [each.value for each in await STATEMENTS.all(transaction, f"{integration_id}/")]


async def run_checks(
    transaction: ProgrammeTransaction,
    partner_id: str,
    integration_id: str,
    submission: Submission,
    others: Sequence[Statement],
) -> tuple[Check, ...]:
    """Run every check of a submission beside the integration's other statements.

    Raises:
        Conflict: there is no such partner.
    """
    version, state = await agreement_of(transaction, partner_id)
    serves = state is not None and AgreementState(state) in SERVING_STATES
    terms = await transaction.agreement_terms(partner_id, version) if serves else None
    approved = [each for each in others if each.state is StatementState.APPROVED]
    last = approved[-1].submission if approved else None
    return (
        await _own_digests(transaction, integration_id, submission),
        await _never_withdrawn(transaction, submission),
        _version(submission, others),
        _fields(submission, terms, last),
        _endpoints(submission, terms, last),
        _evidence(submission),
        _package(submission, last),
    )


async def _own_digests(
    transaction: ProgrammeTransaction, integration_id: str, submission: Submission
) -> Check:
    for digest in submission.digests:
        known = await transaction.build_state(bytes.fromhex(digest))
        claim = await CLAIMS.get(transaction, digest)
        owner = known[0] if known else claim.value.integration_id if claim else integration_id
        if owner != integration_id:
            return _said("digests", f"{digest[:16]}… belongs to integration {owner}")
    return _said("digests", "", "no other integration has them")


async def _never_withdrawn(transaction: ProgrammeTransaction, submission: Submission) -> Check:
    for digest in submission.digests:
        known = await transaction.build_state(bytes.fromhex(digest))
        if known is not None and BuildState(known[1]) is BuildState.WITHDRAWN:
            return _said("withdrawn", f"the approval of {digest[:16]}… was withdrawn")
    return _said("withdrawn", "", "none was withdrawn before")


def _version(submission: Submission, others: Sequence[Statement]) -> Check:
    taken = [
        each
        for each in others
        if each.submission.version == submission.version and each.state is not StatementState.REFUSED
    ]
    if taken:
        return _said("version", f"{submission.version} is {taken[0].state.value} already")
    if not is_in_range(submission.version, submission.version_range):
        return _said("version", f"{submission.version} lies outside {submission.version_range}")
    return _said("version", "", f"{submission.version} is new and within {submission.version_range}")


def _fields(submission: Submission, terms: Terms | None, last: Submission | None) -> Check:
    if terms is None:
        return _said("fields", "no agreement is in force")
    excess = [
        *(f"{name} (self)" for name in names_of(submission.self_mask & ~terms.self_mask)),
        *(f"{name} (friend)" for name in names_of(submission.friend_mask & ~terms.friend_mask)),
    ]
    if excess:
        return _said("fields", f"not agreed: {', '.join(excess)}")
    return _said(
        "fields", "", f"all are agreed{_since(_wanted(submission), None if last is None else _wanted(last))}"
    )


def _endpoints(submission: Submission, terms: Terms | None, last: Submission | None) -> Check:
    wrong = list(_wrong_endpoints(submission, terms))
    if wrong or not submission.endpoints:
        return _said("endpoints", "; ".join(wrong) or "it names none")
    before = None if last is None else set(last.endpoints)
    return _said("endpoints", "", f"each is there and agreed{_since(set(submission.endpoints), before)}")


def _wrong_endpoints(submission: Submission, terms: Terms | None) -> Iterator[str]:
    for endpoint in submission.endpoints:
        ring = ENDPOINTS.get(endpoint)
        if ring is None:
            yield f"there is no endpoint {endpoint}"
        elif terms is None or not (terms.self_mask if ring is Ring.SELF else terms.friend_mask):
            yield f"{endpoint} reads {ring.value} fields, and none is agreed"
        elif not (submission.self_mask if ring is Ring.SELF else submission.friend_mask):
            yield f"{endpoint} reads {ring.value} fields, and the statement asks for none"


def _wanted(submission: Submission) -> set[str]:
    rings = (("self", submission.self_mask), ("friend", submission.friend_mask))
    return {f"{name} ({ring})" for ring, mask in rings for name in names_of(mask)}


def _since(now: set[str], before: set[str] | None) -> str:
    """Say what is new and what is gone since the last approved build."""
    if before is None:
        return "; no build was approved before"
    parts = [(word, sorted(some)) for word, some in (("new", now - before), ("gone", before - now)) if some]
    return "".join(f"; {word}: {', '.join(names)}" for word, names in parts) or "; as in the last build"


def _evidence(submission: Submission) -> Check:
    failed = [each.name for each in submission.evidence if each.result != PASSED]
    if not submission.evidence:
        return _said("evidence", "no test report is named")
    if failed:
        return _said("evidence", f"not {PASSED}: {', '.join(failed)}")
    return _said("evidence", "", f"{len(submission.evidence)} test reports, each {PASSED}")


def _package(submission: Submission, last: Submission | None) -> Check:
    if last is None or last.package == submission.package:
        return _said("package", "", f"{submission.package}{'' if last else ', the first'}")
    if not submission.package_change.strip():
        return _said("package", f"it was {last.package} before, and why it changed is not said")
    return _said("package", "", f"it was {last.package} before: {submission.package_change}")


def _said(name: str, trouble: str, fine: str = "") -> Check:
    return Check(name, not trouble, trouble or fine)
