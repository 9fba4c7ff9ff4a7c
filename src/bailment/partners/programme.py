"""Partners, agreements, integrations and builds: who may receive what, under which terms.

Every function is one change: checked, written, recorded, and returned only when it is in effect.
`now` is in Unix milliseconds. A thing that is not there, or a move that the state table does not
allow, is a `Conflict` with a sentence that says what to do.
"""

from bailment.ledger.cbor import Value
from bailment.model.errors import Conflict
from bailment.model.fields import names_of
from bailment.model.oauth import EventKind
from bailment.model.programme import Build, Integration, Partner, Terms, check_slug
from bailment.model.states import AgreementState, BuildState, move_agreement
from bailment.partners.entries import ChangeRecord, in_clear
from bailment.partners.holds import no_partner, tell
from bailment.partners.ports import ProgrammeStore, ProgrammeTransaction


async def add_partner(store: ProgrammeStore, partner: Partner, now: int) -> None:
    """Add a legal entity.

    Raises:
        Conflict: the id is taken.
    """
    record = in_clear(
        "partner.added",
        now,
        {
            "partner": partner.partner_id,
            "name": partner.name,
            "country": partner.country,
            "owner_countries": list(partner.owner_countries),
        },
    )

    async def work(transaction: ProgrammeTransaction) -> None:
        if not await transaction.add_partner(partner):
            raise Conflict(f"there is a partner {partner.partner_id} already")
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=True)


async def sign_agreement(
    store: ProgrammeStore, partner_id: str, version: int, terms: Terms, now: int
) -> None:
    """Sign the next version of a partner's agreement; it replaces the one before.

    Raises:
        Conflict: no such partner, or `version` is not the next.
    """
    record = agreement_record(partner_id, version, terms, now)

    async def work(transaction: ProgrammeTransaction) -> None:
        await put_agreement(transaction, partner_id, version, terms)
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=True)


def agreement_record(partner_id: str, version: int, terms: Terms, now: int) -> ChangeRecord:
    """Return the record of signing an agreement version."""
    check_slug(partner_id, "partner")
    fields: dict[str, Value] = {
        "partner": partner_id,
        "agreement": version,
        "terms": terms_in_clear(terms),
    }
    return in_clear("agreement.signed", now, fields)


async def put_agreement(
    transaction: ProgrammeTransaction, partner_id: str, version: int, terms: Terms
) -> None:
    """Put the next version of a partner's agreement in force.

    Raises:
        Conflict: no such partner, or `version` is not the next.
    """
    state = move_agreement(AgreementState.DRAFT, AgreementState.SIGNED)
    state = move_agreement(state, AgreementState.IN_FORCE)
    newest, _ = await agreement_of(transaction, partner_id)
    if version != newest + 1:
        raise Conflict(f"the next version of this agreement is {newest + 1}")
    if not await transaction.add_agreement(partner_id, version, state.value, terms):
        raise Conflict(f"version {version} of this agreement is there already")


async def end_agreement(store: ProgrammeStore, partner_id: str, version: int, now: int) -> None:
    """End the current agreement version: final, and in effect when this returns.

    Raises:
        Conflict: no such partner or version, or it has ended already.
    """
    record = in_clear("agreement.ended", now, {"partner": partner_id, "agreement": version})

    async def work(transaction: ProgrammeTransaction) -> None:
        newest, state = await agreement_of(transaction, partner_id)
        if state is None or newest != version:
            raise Conflict(f"the current version of this agreement is {newest}")
        ended = move_agreement(AgreementState(state), AgreementState.ENDED)
        await transaction.set_agreement_state(partner_id, version, ended.value)
        await transaction.append(record.draft)
        await tell(transaction, EventKind.AGREEMENT_ENDED, partner_id, now)

    await store.change(work, record.in_effect, widens=False)


async def current_agreement(store: ProgrammeStore, partner_id: str) -> int:
    """Return the newest signed version, 0 before the first.

    Raises:
        Conflict: no such partner.
    """

    async def work(transaction: ProgrammeTransaction) -> int:
        return (await agreement_of(transaction, partner_id))[0]

    return await store.disclose(work)


async def add_integration(store: ProgrammeStore, integration: Integration, now: int) -> None:
    """Add the product that a partner builds.

    Raises:
        Conflict: no such partner, or the id is taken.
    """
    record = in_clear(
        "integration.added",
        now,
        {
            "partner": integration.partner_id,
            "integration": integration.integration_id,
            "name": integration.name,
        },
    )

    async def work(transaction: ProgrammeTransaction) -> None:
        await agreement_of(transaction, integration.partner_id)
        if not await transaction.add_integration(integration):
            raise Conflict(f"there is an integration {integration.integration_id} already")
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=True)


async def approve_build(store: ProgrammeStore, build: Build, now: int) -> None:
    """Approve one signed version of an integration.

    Raises:
        Conflict: no such integration, or the digest belongs to another one.
    """
    await _set_build(store, build, BuildState.APPROVED, now)


async def withdraw_build(store: ProgrammeStore, build: Build, now: int) -> None:
    """Withdraw the approval of a build: in effect when this returns.

    Raises:
        Conflict: no such integration or build.
    """
    await _set_build(store, build, BuildState.WITHDRAWN, now)


async def _set_build(store: ProgrammeStore, build: Build, state: BuildState, now: int) -> None:
    approves = state is BuildState.APPROVED
    partner_id = await store.disclose(lambda transaction: partner_of(transaction, build.integration_id))
    kind = "build.approved" if approves else "build.withdrawn"
    record = in_clear(kind, now, build_fields(partner_id, build))

    async def work(transaction: ProgrammeTransaction) -> None:
        await put_build(transaction, build, state)
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=approves)


async def partner_of(transaction: ProgrammeTransaction, integration_id: str) -> str:
    """Return whose an integration is.

    Raises:
        Conflict: no such integration.
    """
    found = await transaction.partner_of(integration_id)
    if found is None:
        raise Conflict(f"there is no integration {integration_id}: add it first")
    return found


def build_fields(partner_id: str, build: Build) -> dict[str, Value]:
    """Return how the entries of a build name it."""
    return {
        "partner": partner_id,
        "integration": build.integration_id,
        "build": build.digest,
        "version": build.version,
    }


async def put_build(transaction: ProgrammeTransaction, build: Build, state: BuildState) -> None:
    """Set the state of a build.

    Raises:
        Conflict: the digest belongs to another integration, or what is withdrawn is not there.
    """
    known = await transaction.build_state(build.digest)
    if known is not None and known[0] != build.integration_id:
        raise Conflict("this build belongs to another integration")
    if known is None and state is BuildState.WITHDRAWN:
        raise Conflict("there is no such build")
    await transaction.put_build(build, state.value)


async def agreement_of(transaction: ProgrammeTransaction, partner_id: str) -> tuple[int, str | None]:
    """Return a partner's newest agreement version, 0 before the first, and its state.

    Raises:
        Conflict: no such partner.
    """
    found = await transaction.agreement_state(partner_id)
    if found is None:
        raise no_partner(partner_id)
    return found


def terms_in_clear(terms: Terms) -> dict[str, Value]:
    """Return terms as an entry spells them."""
    return {
        "self": names_of(terms.self_mask),
        "friends": names_of(terms.friend_mask),
        "purposes": list(terms.purposes),
        "partner_countries": list(terms.partner_countries),
        "device_countries": list(terms.device_countries),
        "custody": terms.custody,
        "retention_days": terms.retention_days,
        "uses": [
            {"field": use.field, "ring": use.ring, "purpose": use.purpose, "reason": use.reason}
            for use in terms.uses
        ],
        "from": terms.starts_at,
        "until": terms.ends_at,
        **({"writes": names_of(terms.write_mask)} if terms.write_mask else {}),
        **({"secrets": True} if terms.secrets else {}),
    }
