"""Operations of the partner programme: who is a partner, from the first line of its file to its admission."""

from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from bailment.model.operators import ACTING_ROLES, EVERY_ROLE, Actor, Role
from bailment.model.programme import Partner, check_slug
from bailment.model.standing import HoldRow, PartnerRow, parse_until
from bailment.partners import programme
from bailment.partners.asserted import ASSERTIONS
from bailment.partners.checklist import Checklist, checklist_of
from bailment.partners.filing import FILES, day_of, file_admission
from bailment.partners.holds import no_partner
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.rulings import (
    CONFIRMERS,
    PROPOSERS,
    STANDINGS,
    Decision,
    Ruling,
    Standing,
    admit,
    refuse,
)
from bailment.partners.stops import group, hold, lift


@dataclass(frozen=True, slots=True)
class AddPartner:
    """Parameters of `partner add`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    name: Annotated[str, msgspec.Meta(description="The legal name.")]
    country: Annotated[str, msgspec.Meta(description="Country of its seat, like DE.")]
    owner_country: Annotated[list[str], msgspec.Meta(description="Country of an owner; repeat for more.")] = (
        field(default_factory=list)
    )

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [f"partner {self.partner} added; nothing is lent to it before it is admitted"]


async def add_partner(office: Office, actor: Actor, parameters: AddPartner, now: int) -> AddPartner:
    """Add a legal entity to the register; it is not admitted by that.

    Raises:
        Conflict: the id is taken.
    """
    del actor
    owners = tuple(parameters.owner_country)
    new = Partner(parameters.partner, parameters.name, parameters.country, owners)
    await programme.add_partner(office.store, new, now)
    return parameters


@dataclass(frozen=True, slots=True)
class OnePartner:
    """Parameters that name a partner."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]


async def show_checklist(office: Office, actor: Actor, parameters: OnePartner, now: int) -> Checklist:
    """Return every step of a partner's admission, and why it blocks.

    Raises:
        Conflict: there is no such partner.
    """
    del actor
    async with office.store.reading() as transaction:
        return await checklist_of(transaction, check_slug(parameters.partner, "partner"), now)


@dataclass(frozen=True, slots=True)
class PartnerState:
    """A partner as it stands; `admission` is a sentence, `asserted` what was agreed before the programme.

    `exempt` says by rule when the exemption is over (Unix ms): the end of its last day.
    """

    partner: str
    name: str
    country: str
    owner_countries: list[str]
    group: str
    admission: str
    agreement: str
    holds: list[HoldRow]
    exempt: dict[str, int]
    integrations: list[str]
    asserted: list[str]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        others = " ".join(self.owner_countries) or "none"
        said = [
            f"partner     {self.partner}: {self.name}",
            f"countries   {self.country}; owners, business and storage: {others}",
            f"group       {self.group or 'none'}",
            f"admission   {self.admission}",
            f"agreement   {self.agreement}",
            f"products    {', '.join(self.integrations) or 'none'}",
        ]
        said += [f"on hold     {each.cause}: {each.reason}" for each in self.holds]
        said += [f"exempt      from {rule} until {day_of(until - 1)}" for rule, until in self.exempt.items()]
        return said + [
            f"asserted    {each}; no proof, and nothing is lent under it" for each in self.asserted
        ]


async def show_partner(office: Office, actor: Actor, parameters: OnePartner, now: int) -> PartnerState:
    """Return how a partner stands.

    Raises:
        Conflict: there is no such partner.
    """
    del actor
    partner_id = check_slug(parameters.partner, "partner")
    async with office.store.reading() as transaction:
        row = await transaction.partner(partner_id)
        if row is None:
            raise no_partner(partner_id)
        asserted = await ASSERTIONS.all(transaction, f"{partner_id}/")
        return PartnerState(
            partner_id,
            row.name,
            row.country,
            row.owner_countries.split(),
            row.group_id,
            await _admission(transaction, partner_id),
            _agreement(row),
            list(await transaction.holds_of(partner_id)),
            {rule: until for rule, until in parse_until(row.exempt).items() if until > now},
            list(await transaction.integrations_of(partner_id)),
            [f"{each.value.reference} ({each.value.source})" for each in asserted],
        )


async def _admission(transaction: ProgrammeTransaction, partner_id: str) -> str:
    """Say how far a partner's admission is."""
    file = await FILES.get(transaction, partner_id)
    found = await STANDINGS.get(transaction, partner_id)
    standing = Standing() if found is None else found.value
    revision = 0 if file is None else file.revision
    said = f"not admitted, file revision {revision}" if revision else "not admitted, no file"
    if standing.decided is not None:
        said = f"{standing.decided.decision.value} on file revision {standing.decided.revision}"
        if standing.decided.revision != revision:
            said += f"; revision {revision} was filed since: decide on it before anything further is approved"
    proposed = standing.proposed
    if proposed is not None and proposed.revision == revision:
        said += f"; proposed: {proposed.decision.value}, signed by {proposed.signatures[-1].operator_id}"
    return said


def _agreement(row: PartnerRow) -> str:
    if row.agreement_state is None:
        return "none"
    return f"version {row.agreement_version}, {row.agreement_state}"


@dataclass(frozen=True, slots=True)
class Nothing:
    """No parameters."""


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """One partner of the list; `admitted` tells whether two operators admitted it on some revision."""

    partner: str
    name: str
    country: str
    admitted: bool
    agreement: str
    on_hold: bool


@dataclass(frozen=True, slots=True)
class PartnerList:
    """Every partner there is and was."""

    partners: list[PartnerLine]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [
            f"{each.partner}  {each.name} ({each.country})  {'admitted' if each.admitted else 'not admitted'}"
            f"  agreement: {each.agreement}{'  ON HOLD' if each.on_hold else ''}"
            for each in self.partners
        ] or ["there is no partner yet: `bailment partner add` adds one"]


async def list_partners(office: Office, actor: Actor, parameters: Nothing, now: int) -> PartnerList:
    """Return every partner, by id."""
    del actor, parameters, now
    async with office.store.reading() as transaction:
        decided = {each.key: each.value.decided for each in await STANDINGS.all(transaction)}
        return PartnerList([_line(row, decided.get(row.partner_id)) for row in await transaction.partners()])


def _line(row: PartnerRow, decided: Ruling | None) -> PartnerLine:
    admitted = decided is not None and decided.decision is Decision.ADMITTED
    return PartnerLine(
        row.partner_id, row.name, row.country, admitted, _agreement(row), row.held_at is not None
    )


_MANAGERS = frozenset({Role.PARTNER_MANAGER})
_DECIDERS = PROPOSERS | CONFIRMERS

OPERATIONS: tuple[Operation, ...] = (
    operation("partner add", "Add a legal entity to the register.", _MANAGERS, add_partner, first="partner"),
    operation(
        "partner file",
        "File a partner's admission file; every filing is kept as a revision.",
        _MANAGERS,
        file_admission,
        first="partner",
    ),
    operation(
        "partner checklist",
        "Show what of an admission is done, what blocks it, and why.",
        EVERY_ROLE,
        show_checklist,
        reads=True,
        first="partner",
    ),
    operation(
        "partner admit",
        "Admit a partner: a partner manager proposes, a reviewer or privacy officer confirms.",
        _DECIDERS,
        admit,
        first="partner",
    ),
    operation(
        "partner refuse",
        "Refuse a partner with reasons, by two operators as for admitting.",
        _DECIDERS,
        refuse,
        first="partner",
    ),
    operation(
        "partner group",
        "Say which group of affiliates a partner belongs to; they are stopped together.",
        _MANAGERS,
        group,
        first="partner",
    ),
    operation(
        "partner hold",
        "Stop a partner and its affiliates at once; in effect when this returns.",
        ACTING_ROLES,
        hold,
        first="partner",
    ),
    operation(
        "partner lift",
        "Lift an operator's hold: two operators sign.",
        {Role.PARTNER_MANAGER, Role.PRIVACY_OFFICER},
        lift,
        first="partner",
    ),
    operation(
        "partner show",
        "Show how a partner stands.",
        EVERY_ROLE,
        show_partner,
        reads=True,
        first="partner",
    ),
    operation("partner list", "List the partners.", EVERY_ROLE, list_partners, reads=True),
)
