"""`bailment grant | setting | person`: people's side."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from bailment.answers.person import ReportLine, person_report, prove_slot
from bailment.app import Platform
from bailment.cli.common import viewing, with_platform
from bailment.clock import now_ms
from bailment.ledger.slot_proof import SlotProof
from bailment.model.errors import Malformed
from bailment.model.fields import parse_fields
from bailment.model.people import check_person_id
from bailment.model.programme import Consent, Grant
from bailment.oauth import accounts
from bailment.partners import consent
from bailment.partners.grants import Grants
from bailment.partners.views import ViewReason
from bailment.people.times import instant_of_unix_ms
from bailment.seal.secret import random_id

DAY_MS = 86_400_000

grant = typer.Typer(no_args_is_help=True, help="A person's consent to an integration on a device.")
setting = typer.Typer(no_args_is_help=True, help="What a person lets through friends' devices.")
person = typer.Typer(no_args_is_help=True, help="What partners hold of a person.")

PersonId = Annotated[int, typer.Argument(help="The person's id.", callback=check_person_id)]


@grant.command("give")
def give(
    person_id: PersonId,
    integration: Annotated[str, typer.Option(help="To which integration.")],
    purpose: Annotated[list[str], typer.Option(help="For which purpose; repeat for more.")],
    country: Annotated[str, typer.Option(help="Where the device is, like DE.")],
    self_fields: Annotated[str, typer.Option("--self", help="Own fields: a,b,c or all.")] = "all",
    friend_fields: Annotated[str, typer.Option("--friends", help="Friends' fields: a,b,c or all.")] = "all",
    days: Annotated[int, typer.Option(min=1, help="How long the grant lasts.")] = 90,
) -> None:
    """Record a grant and print the one-time code that enrols the device (good for 15 minutes)."""
    now = now_ms()
    own, friends = parse_fields(self_fields), parse_fields(friend_fields)
    new = Grant(
        random_id("grant"),
        person_id,
        integration,
        country,
        tuple(Consent(each, own, friends) for each in purpose),
        now + days * DAY_MS,
    )

    async def work(platform: Platform) -> str:
        return await consent.give_grant(platform.store, platform.keys, new, now)

    print(f"grant {new.grant_id}\ncode  {with_platform(work)}")


@grant.command("withdraw")
def withdraw(person_id: PersonId, grant_id: Annotated[str, typer.Argument(help="The grant's id.")]) -> None:
    """Withdraw a grant; it is in effect when this returns."""

    async def work(platform: Platform) -> None:
        await Grants(platform.store, platform.keys).withdraw(grant_id, person_id, now_ms())

    with_platform(work)
    print("the grant is withdrawn: in effect")


@setting.command("set")
def set_setting(
    person_id: PersonId,
    fields: Annotated[str, typer.Option(help="Fields to let through: a,b,c, all or none.")],
    partner: Annotated[str, typer.Option(help="Only for this partner's devices.")] = "",
    friend: Annotated[
        int | None, typer.Option(help="Only for this friend's devices, by the friend's id.")
    ] = None,
) -> None:
    """Set what a person lets through friends' devices; it is in effect when this returns."""
    mask = parse_fields(fields)
    if friend is not None:
        check_person_id(friend)
        if partner:
            raise Malformed("choose one of --partner and --friend", where="--friend")

    async def work(platform: Platform) -> None:
        store, keys = platform.store, platform.keys
        if friend is not None:
            await consent.change_audience(store, keys, person_id, friend, mask, now_ms())
        else:
            await consent.change_setting(store, keys, person_id, mask, now_ms(), partner_id=partner or None)

    with_platform(work)
    print("the setting is in effect")


@person.command("report")
def report(
    person_id: PersonId,
    reason: Annotated[ViewReason, typer.Option(help="Why you look; it is recorded before anything shows.")],
    prove: Annotated[Path | None, typer.Option(help="Write one proof a line of the report here.")] = None,
) -> None:
    """Show which partners hold which of a person's fields, through how many devices, since when."""

    async def work(platform: Platform) -> list[ReportLine]:
        await viewing(platform, reason, "person report", person_id)
        await platform.integrator.step_if_elected()
        lines = await person_report(platform.store, person_id)
        if prove is not None:
            await _write_proofs(platform, person_id, lines, prove)
        return lines

    lines = with_platform(work)
    for line in lines:
        print(describe(line))
    if not lines:
        print("No partner holds any field of this person, as far as disclosures tell.")
    print("This shows what passed the gateway, not what went round it.")


@person.command("password")
def password(
    person_id: PersonId,
    login: Annotated[str, typer.Option(help="The name to sign in with.")],
    secret: Annotated[
        str,
        typer.Option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for."),
    ],
) -> None:
    """Give a person a built-in account; whoever was signed in with an older password is signed out."""

    async def work(platform: Platform) -> None:
        await accounts.set_password(platform.store, accounts.Passwords(), person_id, login, secret)

    with_platform(work)
    print(f"person {person_id} can sign in as {accounts.normal_login(login)}")


def describe(line: ReportLine) -> str:
    """Return one line of a report as a sentence that claims no more than is known."""
    one = line.devices == 1
    whose = ("friend's " if one else "friends' ", "own ")[line.own]
    devices = f"{line.devices} {whose}{'device' if one else 'devices'}"
    since = instant_of_unix_ms(line.since_at)
    return (
        f"{line.partner_name} ({line.partner_id}): {', '.join(line.fields)}; "
        f"on {devices}, since {since}; "
        f"custody {line.custody}, evidence {line.evidence} (build as declared by the client)"
    )


async def _write_proofs(platform: Platform, person_id: int, lines: list[ReportLine], folder: Path) -> None:
    slots = [slot for line in lines for slot in line.slots]
    proofs = [
        await prove_slot(platform.store, platform.keys, platform.folder, person_id, slot) for slot in slots
    ]
    await asyncio.to_thread(_write_all, folder, proofs)


def _write_all(folder: Path, proofs: list[SlotProof]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, proof in enumerate(proofs, start=1):
        (folder / f"slot-{number}.json").write_text(json.dumps(proof.to_json(), indent=1) + "\n")
