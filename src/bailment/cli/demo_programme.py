"""The demo's scenes of the partner programme: an admission, a match and a hit, a wind-down with its proof.

Everything is done by the operations that operators run, and by phones over HTTP; lists and partners are
invented. What is left to open is a page for each partner and the public register.
"""

import asyncio
import base64
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from bailment.answers.register import PublishedRegister
from bailment.app import Platform, office_of
from bailment.cli import stage
from bailment.cli.stage_partner import (
    FILE,
    LUMEN,
    Candidate,
    Staff,
    agree_and_approve,
    bring_in,
    file_and_admit,
    hire,
)
from bailment.clock import now_ms
from bailment.endpoints.console.timeline import partner_page
from bailment.endpoints.console.timeline_routes import render_timeline
from bailment.endpoints.register.codec import register_page
from bailment.endpoints.register.routes import render_register
from bailment.model.admission import AdmissionFile, Owner
from bailment.model.operators import Actor
from bailment.model.programme import Integration, Partner
from bailment.model.screening import Effect, Kind, Propagation, Rule
from bailment.partners.office import perform
from bailment.partners.operations import operation_of
from bailment.partners.steps import take_due_steps
from bailment.phone import commands as phone
from bailment.phone.problems import GatewayProblem
from bailment.screening.rules import spell_rules

Say = Callable[[str], None]
LIST = "demo-watch"
_CLOSES_AFTER_S = 3
_CROWD = 60
_HEADER = "id,name,kind,country,identifiers\n"
TIDAL = Candidate(
    Partner("tidal-phones", "Tidal Phones Oy", "DE", ("DE", "SE")),
    replace(
        FILE,
        legal_name="Tidal Phones Oy",
        registry_number="0000000-0",
        owners=(
            Owner(
                "founder",
                "C. Esimerkki",
                Kind.PERSON,
                "100",
                "list of shareholders",
                country="DE",
                since="2015-01-07",
            ),
        ),
    ),
    replace(LUMEN.terms, partner="tidal-phones"),
    Integration("tidal-home", "tidal-phones", "Tidal Home"),
    replace(LUMEN.statement, package="com.example.tidal.home", digests=("7d" * 32,)),
)
"""The second invented partner: the one whose agreement ends."""
_RULE = Rule(
    "house-demo-watch",
    "Nobody named on the demo's watch list",
    "house rule of the demo",
    LIST,
    Propagation.OWNED_50,
    (),
    ("all",),
    Effect.HOLD,
    "2026-01-01",
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Two operators at their desk: `run` prints a command as it would be typed, and what it says."""

    platform: Platform
    staff: Staff
    say: Say

    async def run(
        self, actor: Actor, name: str, shown: str = "", /, *, lines: int = 99, **document: object
    ) -> object:
        """Run an operation, print at most so many lines of its result, and return it."""
        chosen = operation_of(name)
        if chosen is None:
            raise AssertionError(f"there is no operation {name}")
        self.say(f"{actor.operator_id}$ bailment {name} {shown}".rstrip())
        result = await perform(chosen, office_of(self.platform), actor, document, now_ms())
        told: Sequence[str] = getattr(result, "lines", list)()
        for line in told[:lines]:
            self.say(f"  {line}")
        if len(told) > lines:
            self.say(f"  … {len(told) - lines} more lines")
        return result

    async def both(self, name: str, shown: str = "", /, *, lines: int = 99, **document: object) -> None:
        """Let one operator run it and then the other: the second puts it into effect."""
        await self.run(self.staff.first, name, shown, lines=lines, **document)
        await self.run(self.staff.second, name, shown, lines=lines, **document)


async def admit(platform: Platform, say: Say) -> Desk:
    """Scene: the first partner gets in by a checklist that says why it is blocked."""
    staff = await hire(office_of(platform), *stage.OPERATORS, now_ms())
    desk = Desk(platform, staff, say)
    rules = msgspec.json.decode(spell_rules([_RULE]))
    await perform_quietly(desk, "rule set", file=rules)
    await _publish(desk, [], days_ago=1, lines=1)
    partner = LUMEN.partner
    await desk.run(
        staff.first,
        "partner add",
        f"{partner.partner_id} --name '{partner.name}' --country DE",
        partner=partner.partner_id,
        name=partner.name,
        country=partner.country,
        owner_country=list(partner.owner_countries),
    )
    half = AdmissionFile(legal_name=partner.name, organised_in="DE", undetermined=("owners",))
    await perform_quietly(desk, "partner file", partner=partner.partner_id, file=msgspec.to_builtins(half))
    say("(a first file is handed in, half empty)")
    await desk.run(
        staff.first,
        "partner checklist",
        partner.partner_id,
        lines=6,
        partner=partner.partner_id,
    )
    say("(the rest arrives; both operators admit, sign and approve)")
    await file_and_admit(office_of(platform), staff, LUMEN, now_ms())
    await agree_and_approve(office_of(platform), staff, LUMEN, now_ms())
    await desk.run(staff.first, "screening show", partner.partner_id, lines=4, partner=partner.partner_id)
    return desk


async def perform_quietly(desk: Desk, name: str, /, **document: object) -> object:
    """Run an operation without a word, and return its result."""
    chosen = operation_of(name)
    if chosen is None:
        raise AssertionError(f"there is no operation {name}")
    return await perform(chosen, office_of(desk.platform), desk.staff.first, document, now_ms())


async def match(desk: Desk, ask: Callable[[], None]) -> None:
    """Scene: this morning's list has the partner's registry number; then only a name like its own."""
    number = f"registration:{FILE.registry_number}"
    named = f"77,Lumen Mobile GmbH,entity,DE,{number}"
    await _publish(desk, [named], days_ago=0, lines=12)
    desk.say("the phone's very next request:")
    await asyncio.to_thread(ask)
    desk.say("(the publisher corrects itself: another company, of which only the name is like ours)")
    edition = await _publish(desk, ["78,Lumen Mobile Trading FZE,entity,AE,"], days_ago=0, lines=12)
    desk.say("(a list that would lift a hold waits: the second operator looks at it and accepts it)")
    digest, why = getattr(edition, "digest", ""), "the publisher withdrew record 77"
    await desk.run(
        desk.staff.second,
        "list accept",
        f"{LIST} --digest {digest} --reason '{why}'",
        lines=12,
        list=LIST,
        digest=digest,
        reason=why,
    )
    cases = await desk.run(desk.staff.first, "case list", lines=6)
    reason = "another seat, another register, another owner"
    for row in getattr(cases, "cases", []):
        shown = f"{row.case} --decision not-same --reason '{reason}'"
        await desk.both("case decide", shown, lines=2, case=row.case, decision="not-same", reason=reason)


async def _publish(desk: Desk, rows: list[str], *, days_ago: int, lines: int) -> object:
    """Import an edition of the invented list: a crowd that never changes, and these rows."""
    day = (
        (dt.datetime.fromtimestamp(now_ms() / 1000, tz=dt.UTC) - dt.timedelta(days=days_ago))
        .date()
        .isoformat()
    )
    crowd = [f"{number},Zolvane Works {number},entity,US," for number in range(_CROWD)]
    raw = (_HEADER + "\n".join([*crowd, *rows]) + "\n").encode()
    files = {"watch.csv": base64.b64encode(raw).decode()}
    return await desk.run(
        desk.staff.first,
        "list import",
        f"{LIST} --format plain --published {day} watch.csv",
        lines=lines,
        list=LIST,
        format="plain",
        published=day,
        files=files,
    )


async def wind_down(
    desk: Desk, root: Path, user: stage.Figure, verify: Callable[[Path], Awaitable[None]]
) -> None:
    """Scene: a second partner's agreement ends at an instant that two operators signed."""
    partner, say = TIDAL.partner, desk.say
    await bring_in(office_of(desk.platform), desk.staff, TIDAL, now_ms())
    say(f"{partner.name} was admitted in the same way; {user.name} enrols one of its phones, and it syncs")
    home, digest = root / "tidal", TIDAL.statement.digests[0]
    code = await stage.give_code(
        desk.platform, user.person_id, integration_id=TIDAL.integration.integration_id
    )
    await asyncio.to_thread(phone.enrol, home, desk.platform.config.origin, code, digest, say=_quiet)
    await asyncio.to_thread(phone.sync, home, say=_quiet)
    closes_ms = (now_ms() // 1000 + _CLOSES_AFTER_S) * 1000
    closes = dt.datetime.fromtimestamp(closes_ms / 1000, tz=dt.UTC).isoformat().replace("+00:00", "Z")
    shown = f"{partner.partner_id} --closes {closes} --reason 'the programme ends'"
    await desk.both(
        "winddown plan",
        shown,
        lines=5,
        partner=partner.partner_id,
        closes=closes,
        reason="the programme ends",
    )
    await asyncio.sleep(max(0, closes_ms - now_ms()) / 1000 + 0.01)
    await take_due_steps(office_of(desk.platform), now_ms())
    say(f"(it is {closes}; house-keeping has ordered wipes) the phone asks once more:")
    await asyncio.to_thread(_last_word, home, say)
    await desk.run(
        desk.staff.first, "winddown certify", partner.partner_id, lines=14, partner=partner.partner_id
    )
    certificate = await perform_quietly(desk, "winddown certificate", partner=partner.partner_id)
    path = root / f"{partner.partner_id}.certificate"
    await asyncio.to_thread(path.write_text, getattr(certificate, "certificate", ""), encoding="utf-8")
    await verify(path)
    await desk.run(
        desk.staff.first, "winddown hunt", partner.partner_id, lines=20, partner=partner.partner_id
    )


def _last_word(home: Path, say: Say) -> None:
    try:
        phone.sync(home, say=say)
    except GatewayProblem as problem:
        say(f"refused ({problem.status}): {problem}")
    else:
        raise AssertionError("a request after the close was answered")


def _quiet(_: str) -> None:
    """Say nothing."""


def write_pages(platform: Platform, root: Path) -> list[Path]:
    """Write each partner's timeline and the public register, as the published ledger has them."""
    found, now = PublishedRegister(platform.folder).newest(), now_ms()
    written = []
    for partner_id in (LUMEN.partner.partner_id, TIDAL.partner.partner_id):
        page = partner_page(found.document, partner_id, now)
        if page is None:
            raise AssertionError(f"the register does not have {partner_id}")
        path = root / f"{partner_id}.html"
        path.write_text(render_timeline(page, linked=False), encoding="utf-8")
        written.append(path)
    register = root / "register.html"
    register.write_text(render_register(register_page(found.document, now)), encoding="utf-8")
    return [*written, register]
