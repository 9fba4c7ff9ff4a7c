"""Decisions about submitted builds: a reviewer's, with reasons, and the withdrawal of an approval.

Each covers every signing digest of a statement, in one change, with an entry for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.disclosure import EntryDraft
from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Actor, Forbidden, Signature, sign
from bailment.model.programme import Build, check_slug
from bailment.model.standing import is_exempt
from bailment.model.states import BuildState
from bailment.model.submission import Submission
from bailment.partners import programme
from bailment.partners.dossiers import Filed as Kept
from bailment.partners.entries import ChangeRecord, beside, in_clear, signed_by
from bailment.partners.office import Office
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.rulings import check_admitted
from bailment.partners.statements import (
    CLAIMS,
    STATEMENTS,
    Statement,
    StatementState,
    run_checks,
    statements_of,
)

CHECKS_RULE = "build-checks"


class ReviewDecision(Enum):
    """What a reviewer decides."""

    APPROVE = "approve"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Review:
    """Parameters of `build review`."""

    integration: Annotated[str, msgspec.Meta(description="Whose build it is.")]
    digest: Annotated[str, msgspec.Meta(description="One of the statement's SHA-256 signing digests.")]
    decision: Annotated[ReviewDecision, msgspec.Meta(description="approve or refuse.")]
    reason: Annotated[
        str, msgspec.Meta(description="Why; a refusal's stands in the public register: name no person.")
    ]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was decided about a statement, and so about every digest of it."""

    integration: str
    version: str
    state: StatementState
    digests: tuple[str, ...]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        said = f"build {self.version} of {self.integration} is {self.state.value}: in effect"
        if self.state is StatementState.APPROVED:
            said += ", as declared by the client"
        return [said, *self.digests]


async def review(office: Office, actor: Actor, parameters: Review, now: int) -> Reviewed:
    """Approve or refuse a statement that waits; an approval covers every signing digest of it.

    Raises:
        Conflict: no such statement waits, its partner is not admitted, or a check fails and no exemption
            stands in for it.
        Forbidden: the reviewer submitted it.
    """
    integration_id = check_slug(parameters.integration, "integration")
    digest = parse_digest(parameters.digest)
    async with office.store.reading() as transaction:
        partner_id = await programme.partner_of(transaction, integration_id)
        before = await _newest(transaction, integration_id, digest, StatementState.SUBMITTED)
    if before is None:
        raise Conflict(f"no statement of {integration_id} with this digest waits for a review")
    if before.value.submitted_by == actor.operator_id:
        raise Forbidden("who submitted a build does not review it: another reviewer does")
    (signature,) = sign((), actor, now, parameters.reason)
    state = (
        StatementState.APPROVED if parameters.decision is ReviewDecision.APPROVE else StatementState.REFUSED
    )
    new = replace(before.value, state=state, decided=signature)
    await _decide(office, partner_id, before, new, signature)
    return Reviewed(integration_id, new.submission.version, new.state, new.submission.digests)


async def _decide(
    office: Office, partner_id: str, before: Kept[Statement], new: Statement, signature: Signature
) -> None:
    """Record a review with who made it; an approval checks once more, in its own transaction."""
    approves, now = new.state is StatementState.APPROVED, signature.at
    builds = builds_of(new.integration_id, new.submission)
    kind = "build.approved" if approves else "build.refused"
    more: dict[str, Value] = {} if approves else {"reason": signature.reason}
    record, entries = build_entries(kind, partner_id, builds, now, more)
    who = await signed_by(record, office.keys, now, [signature])

    async def work(transaction: ProgrammeTransaction) -> None:
        if approves:
            await _check_approvable(transaction, partner_id, new, now)
            for build in builds:
                await programme.put_build(transaction, build, BuildState.APPROVED)
        else:
            await _free(transaction, builds)
        await STATEMENTS.put(transaction, before.key, new, over=before)
        for entry in (*entries, who):
            await transaction.append(entry)

    await office.store.change(work, record.in_effect, widens=approves)


async def _free(transaction: ProgrammeTransaction, builds: Sequence[Build]) -> None:
    """Let other integrations submit the digests of a refused statement that were never approved."""
    for build in builds:
        if await transaction.build_state(build.digest) is None:
            await CLAIMS.drop(transaction, build.digest.hex())


async def _check_approvable(
    transaction: ProgrammeTransaction, partner_id: str, new: Statement, now: int
) -> None:
    """Let only an admitted partner's statement through whose checks pass, or that is exempt from them."""
    await check_admitted(transaction, partner_id, now)
    every = await statements_of(transaction, new.integration_id)
    others = [each for each in every if each.number != new.number]
    checks = await run_checks(transaction, partner_id, new.integration_id, new.submission, others)
    failed = [f"{each.name} ({each.reason})" for each in checks if not each.passed]
    row = await transaction.partner(partner_id)
    if failed and not (row and is_exempt(row.exempt, CHECKS_RULE, now)):
        raise Conflict(f"checks fail: {'; '.join(failed)}")


async def _newest(
    transaction: ProgrammeTransaction, integration_id: str, digest: str, state: StatementState
) -> Kept[Statement] | None:
    """Return the newest statement in a state that has this digest."""
    kept = await STATEMENTS.all(transaction, f"{integration_id}/")
    for each in reversed(kept):
        if each.value.state is state and digest in each.value.submission.digests:
            return each
    return None


def parse_digest(text: str) -> str:
    """Return a signing digest as 64 lower-case hexadecimal digits, given with or without `sha256:`.

    Raises:
        Malformed: it is not of that form.
    """
    plain = text.removeprefix("sha256:").lower()
    if len(plain) != 64 or not set(plain) <= set("0123456789abcdef"):
        raise Malformed("a signing digest is 64 hexadecimal digits", where="digest")
    return plain


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Parameters of `build withdraw`."""

    integration: Annotated[str, msgspec.Meta(description="Whose build it is.")]
    digest: Annotated[str, msgspec.Meta(description="One of the build's SHA-256 signing digests.")]
    reason: Annotated[str, msgspec.Meta(description="Why; kept behind a commitment.")]
    version: Annotated[
        str, msgspec.Meta(description="The build's version, where no statement of it was ever submitted.")
    ] = "unknown"


async def withdraw(office: Office, actor: Actor, parameters: Withdraw, now: int) -> Reviewed:
    """Withdraw the approval of a build, with every digest of its statement; in effect when this returns.

    Raises:
        Conflict: there is no such integration, or no such build that is approved.
    """
    integration_id = check_slug(parameters.integration, "integration")
    digest = parse_digest(parameters.digest)
    signed = sign((), actor, now, parameters.reason)
    async with office.store.reading() as transaction:
        partner_id = await programme.partner_of(transaction, integration_id)
        before = await _newest(transaction, integration_id, digest, StatementState.APPROVED)
        await _check_approved(transaction, integration_id, digest)
    new = None if before is None else replace(before.value, state=StatementState.WITHDRAWN, decided=signed[0])
    builds = (
        builds_of(integration_id, new.submission)
        if new
        else [Build(bytes.fromhex(digest), integration_id, parameters.version)]
    )
    record, entries = build_entries("build.withdrawn", partner_id, builds, now, {})
    who = await signed_by(record, office.keys, now, signed)

    async def work(transaction: ProgrammeTransaction) -> None:
        if before is not None and new is not None:
            await STATEMENTS.put(transaction, before.key, new, over=before)
        for build in builds:
            await programme.put_build(transaction, build, BuildState.WITHDRAWN)
        for entry in (*entries, who):
            await transaction.append(entry)

    await office.store.change(work, record.in_effect, widens=False)
    digests = tuple(build.digest.hex() for build in builds)
    return Reviewed(integration_id, builds[0].version, StatementState.WITHDRAWN, digests)


async def _check_approved(transaction: ProgrammeTransaction, integration_id: str, digest: str) -> None:
    known = await transaction.build_state(bytes.fromhex(digest))
    if known is None or known[0] != integration_id:
        raise Conflict(f"there is no such build of {integration_id}")
    if BuildState(known[1]) is BuildState.WITHDRAWN:
        raise Conflict(f"the approval of this build of {integration_id} is withdrawn already")


def build_entries(
    kind: str, partner_id: str, builds: Sequence[Build], now: int, more: dict[str, Value]
) -> tuple[ChangeRecord, list[EntryDraft]]:
    """Return one change with an entry for each build."""
    fields = [programme.build_fields(partner_id, each) | more for each in builds]
    record = in_clear(kind, now, fields[0])
    return record, [record.draft, *(beside(record, kind, now, each) for each in fields[1:])]


def builds_of(integration_id: str, submission: Submission) -> list[Build]:
    """Return a build for each signing digest of a statement."""
    return [Build(bytes.fromhex(each), integration_id, submission.version) for each in submission.digests]
