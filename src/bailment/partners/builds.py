"""Operations of the partner programme: integrations, and builds that are submitted, checked and reviewed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import EVERY_ROLE, Actor, Role
from bailment.model.programme import Integration, check_slug
from bailment.model.submission import Submission
from bailment.partners import programme
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.reviews import build_entries, builds_of, parse_digest, review, withdraw
from bailment.partners.statements import (
    CLAIMS,
    STATEMENTS,
    Check,
    Claim,
    Statement,
    StatementState,
    run_checks,
    statement_key,
    statements_of,
)

MAX_STATEMENT_BYTES = 131_072


@dataclass(frozen=True, slots=True)
class AddIntegration:
    """Parameters of `integration add`, and its result."""

    integration: Annotated[str, msgspec.Meta(description="The integration's short name.")]
    partner: Annotated[str, msgspec.Meta(description="Who builds it.")]
    name: Annotated[str, msgspec.Meta(description="Its name for people.")]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [f"integration {self.integration} added"]


async def add_integration(
    office: Office, actor: Actor, parameters: AddIntegration, now: int
) -> AddIntegration:
    """Add the product that a partner builds.

    Raises:
        Conflict: there is no such partner, or the id is taken.
    """
    del actor
    new = Integration(parameters.integration, parameters.partner, parameters.name)
    await programme.add_integration(office.store, new, now)
    return parameters


@dataclass(frozen=True, slots=True)
class Submit:
    """Parameters of `build submit`."""

    integration: Annotated[str, msgspec.Meta(description="Whose build it is.")]
    statement: Annotated[Submission, msgspec.Meta(description="The partner's statement, a JSON document.")]


@dataclass(frozen=True, slots=True)
class Submitted:
    """A statement as it was taken in, with what the checks say."""

    integration: str
    number: int
    statement: str
    checks: tuple[Check, ...]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        failed = sum(not each.passed for each in self.checks)
        said = [f"statement {self.number} of {self.integration} is submitted", f"sha256 {self.statement}"]
        said += _lines_of(self.checks)
        return [*said, f"{failed} of {len(self.checks)} checks fail" if failed else "every check passes"]


def _lines_of(checks: Sequence[Check]) -> list[str]:
    return [f"{'pass' if each.passed else 'FAIL'}  {each.name}: {each.reason}" for each in checks]


async def submit(office: Office, actor: Actor, parameters: Submit, now: int) -> Submitted:
    """Take in a partner's statement of a build and check it at once; what fails is kept and shown.

    Raises:
        Malformed: the statement is too large.
        Conflict: there is no such integration, or a statement with one of its digests waits already.
    """
    integration_id, submission = check_slug(parameters.integration, "integration"), parameters.statement
    document = msgspec.json.encode(submission)
    if len(document) > MAX_STATEMENT_BYTES:
        raise Malformed(f"a statement has at most {MAX_STATEMENT_BYTES:,} bytes", where="statement")
    digest = hashlib.sha256(document).digest()
    async with office.store.reading() as transaction:
        partner_id = await programme.partner_of(transaction, integration_id)
    builds = builds_of(integration_id, submission)
    record, entries = build_entries("build.submitted", partner_id, builds, now, {"statement": digest})

    async def work(transaction: ProgrammeTransaction) -> Statement:
        others = await statements_of(transaction, integration_id)
        _check_none_waits(others, submission)
        checks = await run_checks(transaction, partner_id, integration_id, submission, others)
        for each in submission.digests:
            if await CLAIMS.get(transaction, each) is None:
                await CLAIMS.put(transaction, each, Claim(integration_id))
        number, who = len(others) + 1, actor.operator_id
        new = Statement(integration_id, number, submission, digest.hex(), who, now, checks)
        await STATEMENTS.put(transaction, statement_key(integration_id, number), new)
        await transaction.put_blob(digest, document)
        for entry in entries:
            await transaction.append(entry)
        return new

    kept = await office.store.change(work, record.in_effect, widens=False)
    return Submitted(integration_id, kept.number, kept.digest, kept.checks)


def _check_none_waits(others: Sequence[Statement], submission: Submission) -> None:
    for each in others:
        common = set(each.submission.digests) & set(submission.digests)
        if each.state is StatementState.SUBMITTED and common:
            raise Conflict(f"statement {each.number} with this digest waits for its review already")


@dataclass(frozen=True, slots=True)
class OneBuild:
    """Parameters that name a build by one of its digests."""

    integration: Annotated[str, msgspec.Meta(description="Whose build it is.")]
    digest: Annotated[str, msgspec.Meta(description="One of the statement's SHA-256 signing digests.")]


@dataclass(frozen=True, slots=True)
class BuildStatements:
    """Every statement of an integration, or of one digest, oldest first."""

    integration: str
    statements: list[Statement]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        said = []
        for each in self.statements:
            own = each.submission
            said += [f"{own.version}  {own.package}  statement {each.number}: {each.state.value}"]
            said += [f"  digest {digest}" for digest in own.digests]
            said += [f"  {line}" for line in _lines_of(each.checks)]
            if each.decided is not None:
                said.append(f"  {each.state.value} by {each.decided.operator_id}: {each.decided.reason}")
        return said or [f"no build of {self.integration} was submitted"]


async def show_build(office: Office, actor: Actor, parameters: OneBuild, now: int) -> BuildStatements:
    """Return the statements that a digest stands in, with their checks and decisions.

    Raises:
        Conflict: there is no such integration, or no statement with this digest.
    """
    digest = parse_digest(parameters.digest)
    found = await list_builds(office, actor, OneIntegration(parameters.integration), now)
    own = [each for each in found.statements if digest in each.submission.digests]
    if not own:
        raise Conflict(f"no statement of {parameters.integration} has this digest")
    return BuildStatements(found.integration, own)


@dataclass(frozen=True, slots=True)
class OneIntegration:
    """Parameters that name an integration."""

    integration: Annotated[str, msgspec.Meta(description="The integration's short name.")]


async def list_builds(office: Office, actor: Actor, parameters: OneIntegration, now: int) -> BuildStatements:
    """Return every statement of an integration, oldest first.

    Raises:
        Conflict: there is no such integration.
    """
    del actor, now
    integration_id = check_slug(parameters.integration, "integration")
    async with office.store.reading() as transaction:
        await programme.partner_of(transaction, integration_id)
        return BuildStatements(integration_id, await statements_of(transaction, integration_id))


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "integration add",
        "Add a product that a partner builds.",
        {Role.PARTNER_MANAGER},
        add_integration,
        first="integration",
    ),
    operation(
        "build submit",
        "Take in a partner's statement of a build and check it at once.",
        {Role.PARTNER_MANAGER, Role.REVIEWER},
        submit,
        first="integration",
    ),
    operation(
        "build review",
        "Approve or refuse a build that waits, with reasons.",
        {Role.REVIEWER},
        review,
        first="integration",
    ),
    operation(
        "build withdraw",
        "Withdraw the approval of a build, at once.",
        {Role.PARTNER_MANAGER, Role.REVIEWER, Role.PRIVACY_OFFICER},
        withdraw,
        first="integration",
    ),
    operation(
        "build show",
        "Show a build's statements with their checks and decisions.",
        EVERY_ROLE,
        show_build,
        reads=True,
        first="integration",
    ),
    operation(
        "build list",
        "List the builds that were submitted.",
        EVERY_ROLE,
        list_builds,
        reads=True,
        first="integration",
    ),
)
