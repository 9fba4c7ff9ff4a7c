"""Acme, the partner of tests that work by commands: brought in by two operators.

    second = bring_acme(shell)          # from now on the shell acts as the first operator

`shell.does("partner", "lift", "acme", "--reason", "x", BAILMENT_OPERATOR_KEY=second)` is the second one.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec

from bailment.app import office_of, open_platform
from bailment.cli.stage_partner import FILE, STATEMENT, Candidate, Staff, admit_partner, bring_in, hire
from bailment.clock import now_ms
from bailment.config import read_config
from bailment.model.fields import ALL_FIELDS, Ring, mask_of, names_of
from bailment.model.programme import Integration, Partner, Use
from bailment.partners.drafts import DraftTerms
from tests.support.command_line import CommandLine

KEY = "BAILMENT_OPERATOR_KEY"
BUILD = "a1" * 32
FRIENDS = ("name", "city")
_OWNERS = tuple(owner for owner in FILE.owners if owner.owner_id == "founder")

ACME = Candidate(
    Partner("acme", "Acme", "DE"),
    replace(FILE, legal_name="Acme", owners=(replace(_OWNERS[0], share="100"),), storage_countries=("DE",)),
    DraftTerms(
        "acme",
        "all",
        ",".join(FRIENDS),
        ["address-book"],
        ["DE"],
        ["DE"],
        [
            Use(name, ring.value, "address-book", "it is shown on the phone")
            for ring, mask in ((Ring.SELF, ALL_FIELDS), (Ring.FRIEND, mask_of(FRIENDS)))
            for name in names_of(mask)
        ],
    ),
    Integration("acme-hub", "acme", "Acme Hub"),
    replace(STATEMENT, version="1.0", digests=(BUILD,), friend_fields=FRIENDS, package="example.acme"),
)


def hire_two(shell: CommandLine) -> str:
    """Add two operators; the shell acts as the first from now on, and the second one's key is returned."""
    return _through(shell, whole=None)


def bring_acme(shell: CommandLine, *, whole: bool = True) -> str:
    """Add two operators and bring Acme in, up to its admission only unless `whole`."""
    return _through(shell, whole=whole)


def _through(shell: CommandLine, *, whole: bool | None) -> str:
    staff = asyncio.run(_bring(shell, whole=whole))
    shell.variables[KEY] = staff.first_key
    return staff.second_key


async def _bring(shell: CommandLine, *, whole: bool | None) -> Staff:
    async with open_platform(read_config(shell.variables)) as platform:
        office, now = office_of(platform), now_ms()
        staff = await hire(office, "robin", "sasha", now)
        if whole is not None:
            await (bring_in if whole else admit_partner)(office, staff, ACME, now)
        await platform.integrator.step_if_elected()
    return staff


def statement_file(place: Path, digest: str, version: str) -> str:
    """Write the statement of a further build; return the file."""
    file = place / f"statement-{version}.json"
    file.write_bytes(msgspec.json.encode(replace(ACME.statement, digests=(digest,), version=version)))
    return str(file)


def uses_file(place: Path) -> str:
    """Write why each field is needed; return the file."""
    file = place / "uses.json"
    file.write_bytes(msgspec.json.encode(ACME.terms.uses))
    return str(file)


def admission_file(place: Path) -> str:
    """Write the admission file; return the file."""
    file = place / "admission.json"
    file.write_bytes(msgspec.json.encode(ACME.file))
    return str(file)
