"""Bad input: the protocol's own error, never a 5xx, and no other answer for what is asked well."""

from urllib.parse import quote

import pytest
from httpx import ASGITransport, AsyncClient, Response
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from bailment.endpoints.carddav.elements import MOST_BODY
from bailment.endpoints.carddav.rfc4918 import MOST_NAMES
from bailment.endpoints.carddav.rfc6352 import MOST_HREFS
from bailment.endpoints.carddav.routes import CardDav, carddav_routes
from bailment.model.answers import Answer, Card, Cards, StaleSync
from bailment.model.disclosure import Ask, Form, Route
from bailment.model.errors import Conflict, Tampered, Unavailable
from bailment.people.card import CARD_FIELDS, render_card, slice_card
from tests.endpoints.carddav.test_elements import BROKEN, HOSTILE
from tests.support.card_client import (
    BOOK,
    CardClient,
    conditions,
    element,
    href,
    multiget,
    parts,
    propfind,
    sync,
)

ORIGIN = "https://gateway.example"
AUTH = ("dev_1", "secret")
_BLOB = render_card({"name": {"full": "A & B <c> \u2028 ]]>"}, "email": ["a@example.org"]})
_HOLDING = "A" * 22


class Memory:
    """A pipeline over a few cards in memory, and the passwords of one device."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.fails = fails
        self.asked: list[Ask] = []

    async def disclose(self, ask: Ask) -> Answer:
        self.asked.append(ask)
        if self.fails:
            raise self.fails
        if ask.since not in (None, f"{_HOLDING}.3"):
            return StaleSync()
        ids = ask.friend_ids if ask.route is Route.SOME else range(1, 6)
        cards = [self.card(each, ask.form) for each in ids if each <= 5]
        return Cards(
            cards if ask.since is None else (), (7,) if ask.since else (), f"{_HOLDING}.3", bytes(32)
        )

    def card(self, person_id: int, form: Form) -> Card:
        text = slice_card(_BLOB, person_id, CARD_FIELDS, form)
        assert text
        return Card(person_id, b'"%d"' % person_id, text)

    async def known(self, _token_hash: bytes, device_id: str, _now: int) -> bool:
        return device_id == AUTH[0]


def client(memory: Memory) -> AsyncClient:
    """Return a client of the routes over a pipeline in memory."""
    dav = CardDav(memory.disclose, memory.known, ORIGIN, lambda: 1_700_000_000_000)
    app = Starlette(routes=carddav_routes(dav))
    return AsyncClient(transport=ASGITransport(app), base_url=ORIGIN, auth=AUTH)


@pytest.mark.parametrize("name", [*HOSTILE, *(name for name in BROKEN if name != "nothing")])
@pytest.mark.parametrize("method", ["PROPFIND", "REPORT"])
def test_hostile_xml_is_refused_in_the_protocol_s_form(app: CardClient, name: str, method: str) -> None:
    """Entities, depth, size and broken XML get a 4xx with a `DAV:error`, whatever they ask."""
    body = (HOSTILE | BROKEN)[name]
    answer = app.ask(method, BOOK, body, depth="1")
    assert answer.status_code == (403 if name in HOSTILE else 400)
    condition = "D:no-external-entities" if name in HOSTILE else "urn:bailment:dav:malformed"
    assert conditions(answer)[0] == condition


def test_a_body_has_a_limit(app: CardClient) -> None:
    """More than a mebibyte is too large, in whatever encoding."""
    for body in (b" " * (MOST_BODY + 1), b"\xff\xfe" + b" \0" * MOST_BODY):
        answer = app.ask("REPORT", BOOK, body)
        assert (answer.status_code, conditions(answer)) == (413, ["urn:bailment:dav:too-large"])


async def test_a_large_body_is_parsed_for_no_stranger() -> None:
    """Whoever has no good password is turned away before a large body is looked at."""
    async with client(Memory()) as http:
        big = "<x>" + "y" * 20_000
        assert (await http.request("REPORT", BOOK, content=big)).status_code == 400
        answer = await http.request("REPORT", BOOK, content=big, auth=("dev_2", "secret"))
        assert answer.status_code == 401


async def test_too_many_hrefs_are_refused() -> None:
    """As many cards as there may be come at once, and one more is too many; repetitions do not count."""
    async with client(Memory()) as http:
        most = [href(each) for each in range(1, MOST_HREFS + 1)]
        answer = await http.request("REPORT", BOOK, content=multiget(*most, *most))
        assert len(parts(answer)) == MOST_HREFS
        answer = await http.request("REPORT", BOOK, content=multiget(*most, "/x"))
        assert (answer.status_code, conditions(answer)[0]) == (507, "D:number-of-matches-within-limits")
        assert (await http.request("REPORT", BOOK, content=multiget())).status_code == 400


@pytest.mark.parametrize(
    "raw",
    [
        "/carddav/books/friends/%zz.vcf",
        "/carddav/books/friends/%00.vcf",
        "/carddav/books/friends/1.vcf%0d%0aX: y",
        "http://evil.example/carddav/books/friends/1.vcf",
        "https://[::1/1.vcf",
        "../1.vcf",
        "&lt;script&gt;",
        "x" * 100_000,
    ],
)
async def test_a_broken_href_is_a_card_that_is_not_there(raw: str) -> None:
    """An href that leads nowhere gets a 404 of its own under its own name; the others come."""
    async with client(Memory()) as http:
        answer = await http.request("REPORT", BOOK, content=multiget(raw, href(1)))
        found = parts(answer)
        assert len(found) == 2
        assert found[raw.replace("&lt;", "<").replace("&gt;", ">")].status == "404"
        assert "D:getetag" in found[href(1)].found


async def test_what_is_not_there_is_not_said_without_end() -> None:
    """Names that nobody knows come back, as long as they are few: each is said once a card."""
    async with client(Memory()) as http:
        few = "".join(f'<n{each} xmlns="urn:x:%25d&amp;"/>' for each in range(30))
        body = element("D:propfind", f"<D:prop>{few}</D:prop>")
        found = parts(await http.request("PROPFIND", BOOK, content=body, headers={"Depth": "1"}))
        assert len(found[href(1)].missing) == 30
        many = "".join(f"<D:n{each}/>" for each in range(MOST_NAMES + 1))
        long = f'<n xmlns="urn:{"x" * 10_000}"/>'
        for names in (many, long):
            body = element("D:propfind", f"<D:prop>{names}</D:prop>")
            answer = await http.request("PROPFIND", BOOK, content=body, headers={"Depth": "1"})
            assert answer.status_code == 400


async def test_no_limit_is_passed_by_expanding() -> None:
    """Properties that lead round in a circle are followed as far as they are written down, and no further."""
    async with client(Memory()) as http:
        name = '<D:property name="owner">'
        body = element("D:expand-property", name * 25 + "</D:property>" * 25)
        answer = await http.request("REPORT", BOOK, content=body)
        assert answer.text.count("<D:owner>") == 24 + 1
        body = element("D:expand-property", f"{name}</D:property>" * 201)
        assert (await http.request("REPORT", BOOK, content=body)).status_code == 400


@pytest.mark.parametrize("error", [Unavailable("x"), Conflict("x"), Tampered("x")])
async def test_what_cannot_be_recorded_is_not_shown(error: Exception) -> None:
    """While nothing can be recorded the answer is to come back later, in the protocol's form."""
    async with client(Memory(error)) as http:
        for method, path, body in (
            ("PROPFIND", BOOK, propfind("D:sync-token")),
            ("REPORT", BOOK, multiget(href(1))),
            ("REPORT", BOOK, sync()),
            ("GET", href(1), ""),
        ):
            answer = await http.request(method, path, content=body, headers={"Depth": "0"})
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert conditions(answer) == ["urn:bailment:dav:unavailable"]
            assert "BEGIN" not in answer.text


_NAMES = ("D:getetag", "D:sync-token", "C:address-data", "D:x", "D:allprop", "D:owner")
_TAGS = (
    "D:propfind",
    "D:prop",
    "D:allprop",
    "D:propname",
    "D:include",
    "D:href",
    "D:sync-collection",
    "D:sync-token",
    "D:sync-level",
    "D:limit",
    "D:nresults",
    "D:expand-property",
    "D:property",
    "C:addressbook-query",
    "C:addressbook-multiget",
    "C:filter",
    "C:prop-filter",
    "C:param-filter",
    "C:text-match",
    "C:is-not-defined",
    "C:limit",
    "C:nresults",
    "C:prop",
    *_NAMES,
)
_TEXTS = ("", "1", "0", "-1", "infinite", href(1), "urn:bailment:sync:" + _HOLDING + ".3", "x", "é&amp;%d%b")
_ATTRIBUTES = ("name", "test", "collation", "match-type", "version", "content-type", "novalue", "namespace")
_VALUES = ("FN", "anyof", "allof", "i;octet", "equals", "3.0", "4.0", "text/vcard", "yes", "", "x", "%b{}")


def _spelled(node: tuple[str, str, str, str, list[str]]) -> str:
    tag, name, value, text, children = node
    return f'<{tag} {name}="{value}">{text}{"".join(children)}</{tag}>'


def _node(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts_of = (_TAGS, _ATTRIBUTES, _VALUES, _TEXTS)
    chosen = [st.sampled_from(each) for each in parts_of]
    return st.tuples(*chosen, st.lists(children, max_size=4)).map(_spelled)


_TREES = st.recursive(st.sampled_from(_NAMES).map(lambda name: f"<{name}/>"), _node, max_leaves=15)
_PATHS = st.sampled_from(("/carddav/", "/carddav/principal/", "/carddav/books/", BOOK, href(1), href(9)))


@given(
    st.sampled_from(("PROPFIND", "REPORT")),
    _PATHS,
    st.sampled_from(_TAGS),
    st.lists(_TREES, max_size=5),
    st.sampled_from(("0", "1", "", "infinity", "x")),
)
async def test_any_document_is_answered(
    method: str, path: str, root: str, inside: list[str], depth: str
) -> None:
    """Whatever is put together from the protocol's own words is answered, and never with a 5xx."""
    async with client(Memory()) as http:
        answer = await http.request(
            method, path, content=element(root, "".join(inside)), headers={"Depth": depth}
        )
    _check(answer)


@given(st.text(max_size=40), st.sampled_from(("GET", "PROPFIND", "REPORT", "PUT", "OPTIONS")))
async def test_any_path_is_answered(path: str, method: str) -> None:
    """Any path below ours is answered, and never with a 5xx."""
    async with client(Memory()) as http:
        for start in ("/carddav/", BOOK):
            _check(await http.request(method, start + quote(path, safe=""), headers={"Depth": "0"}))


@given(
    st.sampled_from(("accept", "if-match", "if-none-match", "depth", "prefer", "authorization")),
    st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
)
async def test_any_field_is_answered(name: str, value: str) -> None:
    """Any value of a header field is answered, and never with a 5xx."""
    async with client(Memory()) as http:
        for method in ("GET", "PROPFIND"):
            _check(await http.request(method, href(1), headers={name: value}))


def _check(answer: Response) -> None:
    assert answer.status_code < 500 or answer.status_code == 507
    if answer.status_code == 207:
        parts(answer)
    # A tag that does not match has no body; a line break in a path leads past every route.
    elif answer.status_code >= 400 and answer.status_code != 412 and answer.content != b"Not Found":
        assert conditions(answer)
