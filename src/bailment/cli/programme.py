"""`bailment partner | agreement | integration | build`: the programme, each change acknowledged in effect."""

from typing import Annotated

import typer

from bailment.app import Platform
from bailment.cli.common import parse_digest, parse_fields, with_platform
from bailment.clock import now_ms
from bailment.model.programme import Build, Integration, Partner, Terms
from bailment.partners import programme

DAY_MS = 86_400_000

partner = typer.Typer(no_args_is_help=True, help="Legal entities: add, place on hold, lift the hold.")
agreement = typer.Typer(no_args_is_help=True, help="Versioned terms: sign, end.")
integration = typer.Typer(no_args_is_help=True, help="The products that partners build.")
build = typer.Typer(no_args_is_help=True, help="Signed versions of an integration: approve, withdraw.")

PartnerId = Annotated[str, typer.Argument(help="The partner's short name.")]
Countries = Annotated[list[str], typer.Option(help="ISO 3166-1 code; repeat for more.")]


@partner.command("add")
def add_partner(
    partner_id: PartnerId,
    name: Annotated[str, typer.Option(help="The legal name.")],
    country: Annotated[str, typer.Option(help="Country of its seat, like DE.")],
    owner_country: Annotated[list[str], typer.Option(help="Country of an owner; repeat.")] = [],  # noqa: B006 - typer copies it
) -> None:
    """Add a partner."""
    new = Partner(partner_id, name, country, tuple(owner_country))

    async def work(platform: Platform) -> None:
        await programme.add_partner(platform.store, new, now_ms())

    with_platform(work)
    print(f"partner {partner_id} added")


@partner.command("hold")
def hold(
    partner_id: PartnerId,
    reason: Annotated[
        str, typer.Option(help="Stands in the public register: name no person.")
    ] = "unspecified",
) -> None:
    """Stop a partner at once; it is in effect when this returns."""

    async def work(platform: Platform) -> None:
        await programme.place_hold(platform.store, partner_id, reason, now_ms())

    with_platform(work)
    print(f"partner {partner_id} is on hold: in effect, no later request is answered")


@partner.command("lift")
def lift(partner_id: PartnerId) -> None:
    """Lift a hold."""

    async def work(platform: Platform) -> None:
        await programme.lift_hold(platform.store, partner_id, now_ms())

    with_platform(work)
    print(f"the hold on partner {partner_id} is lifted")


@agreement.command("sign")
def sign(
    partner_id: PartnerId,
    self_fields: Annotated[str, typer.Option("--self", help="Fields of the device's user: a,b,c or all.")],
    friend_fields: Annotated[str, typer.Option("--friends", help="Fields of friends: a,b,c, all or none.")],
    purpose: Annotated[list[str], typer.Option(help="A purpose; repeat for more.")],
    partner_country: Countries,
    device_country: Countries,
    custody: Annotated[
        str, typer.Option(help="Where answers are kept; this version offers device.")
    ] = "device",
    days: Annotated[int, typer.Option(min=1, help="How long the terms last.")] = 365,
) -> None:
    """Sign the next version of a partner's agreement."""
    now = now_ms()
    terms = Terms(
        parse_fields(self_fields),
        parse_fields(friend_fields),
        tuple(purpose),
        tuple(partner_country),
        tuple(device_country),
        custody,
        now,
        now + days * DAY_MS,
    )

    async def work(platform: Platform) -> int:
        version = await programme.current_agreement(platform.store, partner_id) + 1
        await programme.sign_agreement(platform.store, partner_id, version, terms, now)
        return version

    print(f"agreement {partner_id} version {with_platform(work)} is signed and in force")


@agreement.command("end")
def end(partner_id: PartnerId) -> None:
    """End the current version for good; it is in effect when this returns."""

    async def work(platform: Platform) -> int:
        version = await programme.current_agreement(platform.store, partner_id)
        await programme.end_agreement(platform.store, partner_id, version, now_ms())
        return version

    print(f"agreement {partner_id} version {with_platform(work)} has ended")


@integration.command("add")
def add_integration(
    integration_id: Annotated[str, typer.Argument(help="The integration's short name.")],
    partner_id: Annotated[str, typer.Option("--partner", help="Who builds it.")],
    name: Annotated[str, typer.Option(help="Its name for people.")],
) -> None:
    """Add an integration."""
    new = Integration(integration_id, partner_id, name)

    async def work(platform: Platform) -> None:
        await programme.add_integration(platform.store, new, now_ms())

    with_platform(work)
    print(f"integration {integration_id} added")


@build.command("approve")
def approve(
    integration_id: Annotated[str, typer.Argument(help="Whose build it is.")],
    digest: Annotated[str, typer.Argument(help="SHA-256 signing digest, 64 hexadecimal digits.")],
    version: Annotated[str, typer.Option(help="The build's version, like 1.0.2.")],
) -> None:
    """Approve a build."""
    new = Build(parse_digest(digest), integration_id, version)

    async def work(platform: Platform) -> None:
        await programme.approve_build(platform.store, new, now_ms())

    with_platform(work)
    print(f"build {version} of {integration_id} is approved, as declared by the client")


@build.command("withdraw")
def withdraw(
    integration_id: Annotated[str, typer.Argument(help="Whose build it is.")],
    digest: Annotated[str, typer.Argument(help="SHA-256 signing digest, 64 hexadecimal digits.")],
    version: Annotated[str, typer.Option(help="The build's version, like 1.0.2.")],
) -> None:
    """Withdraw the approval of a build; it is in effect when this returns."""
    old = Build(parse_digest(digest), integration_id, version)

    async def work(platform: Platform) -> None:
        await programme.withdraw_build(platform.store, old, now_ms())

    with_platform(work)
    print(f"the approval of build {version} of {integration_id} is withdrawn")
