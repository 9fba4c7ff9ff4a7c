"""Partners, agreements, integrations and builds: who may receive what, under which terms.

Every function is one change: checked, written, recorded, and returned only when it is in effect.
`now` is in Unix milliseconds. A thing that is not there, or a move that the state table does not
allow, is a `Conflict` with a sentence that says what to do.
"""

from bailment.ledger.cbor import Value
from bailment.model.errors import Conflict
from bailment.model.fields import names_of
from bailment.model.programme import Build, Integration, Partner, Terms, check_slug
from bailment.model.states import AgreementState, BuildState, move_agreement
from bailment.partners.entries import in_clear
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
    check_slug(partner_id, "partner")
    record = in_clear(
        "agreement.signed",
        now,
        {"partner": partner_id, "agreement": version, "terms": _terms_in_clear(terms)},
    )
    state = move_agreement(AgreementState.DRAFT, AgreementState.SIGNED)
    state = move_agreement(state, AgreementState.IN_FORCE)

    async def work(transaction: ProgrammeTransaction) -> None:
        newest, _ = await _agreement_of(transaction, partner_id)
        if version != newest + 1:
            raise Conflict(f"the next version of this agreement is {newest + 1}")
        if not await transaction.add_agreement(partner_id, version, state.value, terms):
            raise Conflict(f"version {version} of this agreement is there already")
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=True)


async def end_agreement(store: ProgrammeStore, partner_id: str, version: int, now: int) -> None:
    """End the current agreement version: final, and in effect when this returns.

    Raises:
        Conflict: no such partner or version, or it has ended already.
    """
    record = in_clear("agreement.ended", now, {"partner": partner_id, "agreement": version})

    async def work(transaction: ProgrammeTransaction) -> None:
        newest, state = await _agreement_of(transaction, partner_id)
        if state is None or newest != version:
            raise Conflict(f"the current version of this agreement is {newest}")
        ended = move_agreement(AgreementState(state), AgreementState.ENDED)
        await transaction.set_agreement_state(partner_id, version, ended.value)
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=False)


async def current_agreement(store: ProgrammeStore, partner_id: str) -> int:
    """Return the newest signed version, 0 before the first.

    Raises:
        Conflict: no such partner.
    """

    async def work(transaction: ProgrammeTransaction) -> int:
        return (await _agreement_of(transaction, partner_id))[0]

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
        await _agreement_of(transaction, integration.partner_id)
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


async def place_hold(store: ProgrammeStore, partner_id: str, reason: str, now: int) -> None:
    """Stop a partner at once, reversibly; placing a hold twice is allowed and acknowledged again.

    `reason` stands in the public register: name no person in it.

    Raises:
        Conflict: no such partner.
    """
    record = in_clear("hold.placed", now, {"partner": partner_id, "reason": reason})

    async def work(transaction: ProgrammeTransaction) -> None:
        if not await transaction.set_hold(partner_id, now):
            raise _no_partner(partner_id)
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=False)


async def lift_hold(store: ProgrammeStore, partner_id: str, now: int) -> None:
    """Lift a hold.

    Raises:
        Conflict: no such partner.
    """
    record = in_clear("hold.lifted", now, {"partner": partner_id})

    async def work(transaction: ProgrammeTransaction) -> None:
        if not await transaction.set_hold(partner_id, None):
            raise _no_partner(partner_id)
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=True)


async def _set_build(store: ProgrammeStore, build: Build, state: BuildState, now: int) -> None:
    async def partner(transaction: ProgrammeTransaction) -> str:
        found = await transaction.partner_of(build.integration_id)
        if found is None:
            raise Conflict(f"there is no integration {build.integration_id}: add it first")
        return found

    approves = state is BuildState.APPROVED
    record = in_clear(
        "build.approved" if approves else "build.withdrawn",
        now,
        {
            "partner": await store.disclose(partner),
            "integration": build.integration_id,
            "build": build.digest,
            "version": build.version,
        },
    )

    async def work(transaction: ProgrammeTransaction) -> None:
        known = await transaction.build_state(build.digest)
        if known is not None and known[0] != build.integration_id:
            raise Conflict("this build belongs to another integration")
        if known is None and not approves:
            raise Conflict("there is no such build")
        await transaction.put_build(build, state.value)
        await transaction.append(record.draft)

    await store.change(work, record.in_effect, widens=approves)


async def _agreement_of(transaction: ProgrammeTransaction, partner_id: str) -> tuple[int, str | None]:
    found = await transaction.agreement_state(partner_id)
    if found is None:
        raise _no_partner(partner_id)
    return found


def _no_partner(partner_id: str) -> Conflict:
    return Conflict(f"there is no partner {partner_id}: add it first")


def _terms_in_clear(terms: Terms) -> dict[str, Value]:
    return {
        "self": names_of(terms.self_mask),
        "friends": names_of(terms.friend_mask),
        "purposes": list(terms.purposes),
        "partner_countries": list(terms.partner_countries),
        "device_countries": list(terms.device_countries),
        "custody": terms.custody,
        "from": terms.starts_at,
        "until": terms.ends_at,
    }
