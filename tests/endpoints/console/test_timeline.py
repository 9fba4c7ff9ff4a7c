"""One partner's timeline: every kind has words, in order, escaped, and only for who has the key."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from bailment.answers.register import PublishedRegister
from bailment.endpoints.console.timeline import PartnerPage, partner_lines, partner_page
from bailment.endpoints.console.timeline_routes import render_partners, render_timeline, timeline_routes
from bailment.ledger.audit import Audit
from bailment.ledger.entry import KINDS, Entry, FieldType, encode_entry
from bailment.ledger.public_register import public_register
from bailment.model.programme import Partner
from bailment.partners import holds, programme
from tests.ledger.samples import BUILD, NOW_S, admitted, change, entry
from tests.support.world import NOW, World, open_world

AT = NOW_S * 1000
HOSTILE = "<script>alert(1)</script>\"'&"
TERMS: Any = {
    "self": ["name"] * 12, "friends": [], "purposes": ["address-book"], "partner_countries": ["US"],
    "device_countries": ["US"], "custody": "device", "retention_days": 0, "uses": [], "from": 0,
    "until": 2 * AT,
    "secrets": True,
}  # fmt: skip
_OF: dict[str, Any] = {
    "text": HOSTILE,
    "an array of texts": [HOSTILE],
    "a country code": "US",
    "an integer from 0 to 2^63 - 1": 1,
    "milliseconds since 1970": AT,
    "a map": TERMS,
    "32 bytes": BUILD,
    "16 bytes": change(9),
}
OF_PARTNERS = [kind for kind, fields in KINDS.items() if {"partner", "at"} <= fields.keys()]


def written(kind: str, number: int) -> bytes:
    """Encode an entry of a kind, about the partner and what `admitted` gave it, hostile where text may be."""
    known: dict[str, Any] = {"partner": "acme", "integration": "contacts", "agreement": 1, "build": BUILD}
    fields = {name: known.get(name, _value(spec)) for name, spec in KINDS[kind].items()}
    return encode_entry(Entry(kind, {**fields, "change": change(number), "at": AT}))


def _value(spec: FieldType) -> Any:  # noqa: ANN401 - whatever the kind wants
    return _OF[spec.name]


def page_of(*entries: bytes, now: int = AT) -> PartnerPage:
    """Replay entries after those that admit the partner, and return its page."""
    audit = Audit()
    for index, raw in enumerate([*admitted(), *entries]):
        assert not list(audit.add(index, raw))
    page = partner_page(public_register(audit, {"origin": "o", "size": 4, "root": ""}), "acme", now)
    assert page is not None
    return page


def effect(number: int) -> bytes:
    """Encode the entry by which a change binds."""
    return entry("in-effect", change=change(number), minute=NOW_S // 60)


@pytest.mark.parametrize("kind", [kind for kind in OF_PARTNERS if kind != "partner.added"])
def test_every_kind_has_words_and_is_escaped(kind: str) -> None:
    """A kind that is new in the ledger's table fails here until it has words."""
    before = {
        "build.refused": ["build.submitted"],
        "exemption.ended": ["exemption.granted"],
        "winddown.certified": ["winddown.planned"],
        "integration.opened": ["agreement.signed"],
        "integration.closed": ["agreement.signed", "integration.opened"],
    }.get(kind, [])
    story = [raw for number, each in enumerate(before, 20) for raw in (written(each, number), effect(number))]
    page = page_of(*story, written(kind, 30))
    moment = page.days[-1].moments[-1]
    assert moment.title != kind
    html = render_timeline(page)
    assert "<script" not in html
    assert f"entry {moment.entry}" in html


def test_moments_stand_in_order_with_their_entries_and_signatures() -> None:
    """Each names its entry, when it bound, and how many signed; what has not bound says so."""
    signed = entry("decision.signed", change=change(40), minute=NOW_S // 60, signers=2, commitment=bytes(32))
    page = page_of(written("hold.placed", 40), signed, effect(40), written("winddown.planned", 41))
    moments = [moment for day in page.days for moment in day.moments]
    assert [moment.entry for moment in moments] == [0, 1, 2, 3, 4, 7]
    hold, plan = moments[-2:]
    assert (hold.signers, hold.in_effect, hold.pending) == (2, 6, False)
    assert (plan.signers, plan.in_effect, plan.pending) == (None, None, True)
    html = render_timeline(page)
    assert "signed by 2" in html
    assert html.count("not in effect yet") == 2, (
        "the plan, and the agreement of `admitted`, are still to bind"
    )


def test_the_state_stands_on_top_with_its_reason() -> None:
    """In force, on hold, winding down, closed and certified each say why."""
    assert (page_of().standing, page_of().tone) == ("agreement in force", "good")
    held = page_of(written("hold.placed", 40))
    assert (held.standing, held.tone) == ("on hold", "stop")
    assert HOSTILE in held.why
    planned = [written("winddown.planned", 41), effect(41)]
    assert page_of(*planned, now=AT - 1).standing == "winding down"
    assert "closes" in page_of(*planned, now=AT - 1).why
    assert page_of(*planned).standing == "no agreement in force"
    done = page_of(*planned, written("winddown.certified", 42))
    assert done.standing == "wound down"
    assert "was certified" in done.why
    assert page_of(now=3 * AT).why.startswith("Nothing is answered")


def test_many_fields_are_summed_up() -> None:
    """Twelve fields are seven names and how many more."""
    page = page_of(written("agreement.asserted", 40))
    assert page.days[-1].moments[-1].title == "An agreement from before, asserted"
    version = entry("agreement.signed", change=change(41), at=AT, partner="acme", agreement=2, terms=TERMS)
    assert "and 5 more" in page_of(version).days[-1].moments[-1].detail


def test_a_kept_page_has_no_links() -> None:
    """A file for a demonstration leads nowhere."""
    html = render_timeline(page_of(), linked=False)
    assert "href" not in html
    assert "entry 0" in html


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A platform with a partner on hold and one with a hostile name."""
    async with open_world(tmp_path) as world:
        await world.partner()
        await programme.add_partner(world.store, Partner("hostile", HOSTILE, "DE"), world.now)
        await holds.place_hold(world.store, "lumen", "review", world.now)
        yield world


async def get(world: World, path: str, key: str = "kéy", *, cookie: str = "") -> Response:
    """Ask the console's routes."""

    async def is_operator(cookies: Mapping[str, str]) -> bool:
        return cookies.get("bailment") == "an operator's"

    routes = timeline_routes(key, PublishedRegister(world.folder), lambda: NOW, is_operator)
    transport = ASGITransport(Starlette(routes=routes))
    cookies = {"bailment": cookie} if cookie else None
    origin = "http://gateway.example"
    async with AsyncClient(transport=transport, base_url=origin, cookies=cookies) as client:
        return await client.get(path)


async def test_the_key_opens_the_pages(world: World) -> None:
    """Another key, or none, finds nothing, and neither does an unknown partner."""
    await world.integrator.step()
    listed = await get(world, "/console/partners?key=k%C3%A9y")
    assert listed.status_code == 200
    assert "<script" not in listed.text
    assert "/console/partners/lumen?key=k%C3%A9y" in listed.text
    one = await get(world, "/console/partners/lumen?key=k%C3%A9y")
    assert "On hold, by operator" in one.text
    assert one.headers["content-security-policy"].startswith("default-src 'none'")
    assert one.headers["referrer-policy"] == "no-referrer"
    for path in ("/console/partners", "/console/partners?key=x", "/console/partners/lumen?key=x"):
        assert (await get(world, path)).status_code == 404
    assert (await get(world, "/console/partners/nobody?key=k%C3%A9y")).status_code == 404
    assert (await get(world, "/console/partners?key=", key="")).status_code == 404


async def test_an_operator_who_signed_in_needs_no_key(world: World) -> None:
    """The session of an operator opens the pages, that of anybody else does not, and links carry no key."""
    await world.integrator.step()
    shown = await get(world, "/console/partners", cookie="an operator's")
    assert shown.status_code == 200
    assert "/console/partners/lumen" in shown.text
    assert "k%C3%A9y" not in shown.text
    assert (await get(world, "/console/partners", cookie="a person's")).status_code == 404


async def test_before_the_first_checkpoint(world: World) -> None:
    """The page says that there is nothing to show yet."""
    assert (await get(world, "/console/partners?key=k%C3%A9y")).status_code == 503


def test_the_list_of_nobody() -> None:
    """An empty list says so."""
    assert "No partner yet" in render_partners([])
    assert partner_lines({"partners": []}, NOW) == []
    assert partner_page({"partners": []}, "acme", NOW) is None
