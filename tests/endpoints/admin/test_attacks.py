"""Attacks on the admin API: two keys, slow bodies, odd methods and encodings, and what errors give away."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from starlette.types import Message

from bailment.app import office_of
from bailment.clock import now_ms
from bailment.endpoints.admin import routes
from bailment.model.operators import ACTING_ROLES, Actor, Role
from bailment.partners.office import perform
from bailment.partners.operations import operation_of
from tests.support.admin_desk import PREFIX, Desk, open_desk, reading
from tests.support.office import actor, hire

PROBLEM = "application/problem+json"
LIST, ADD = f"{PREFIX}/operator/list", f"{PREFIX}/operator/add"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Give the admin API over SQLite."""
    with open_desk(tmp_path_factory.mktemp("desk")) as opened:
        yield opened


def bearer(key: str) -> tuple[bytes, bytes]:
    """Return the header that carries a key."""
    return (b"authorization", b"Bearer " + key.encode("latin-1"))


def test_who_is_removed_while_their_body_comes_in_does_nothing(desk: Desk) -> None:
    """A key is looked at again when the whole request is there."""
    officers = actor("alice"), actor("bob")
    office, roles = office_of(desk.platform), [Role.PRIVACY_OFFICER]
    key = desk.loop.run_until_complete(hire(office, "slow", roles, now_ms(), by=officers))
    parts = [b'{"operator": "helper", ', b'"name": "Helper", "role": ["auditor"]}']
    rest = reading(parts)
    remove, removed = operation_of("operator remove"), asyncio.Event()
    assert remove is not None

    async def receive() -> Message:
        if len(parts) == 1:
            alice = Actor("alice", ACTING_ROLES)
            await perform(remove, office_of(desk.platform), alice, {"operator": "slow"}, now_ms())
            removed.set()
        return await rest()

    reply = desk.loop.run_until_complete(desk.ask("POST", ADD, receive, [bearer(key)]))
    assert (reply.status, removed.is_set()) == (401, True)
    assert b'"helper"' not in desk.post("operator/list", b"").body


def test_two_keys_are_none(desk: Desk) -> None:
    """Where a proxy might judge one and the gateway another, neither counts."""
    for pair in ((desk.key, desk.key), (desk.key, "x"), ("x", desk.key)):
        reply = desk.send("POST", LIST, [b""], [bearer(key) for key in pair])
        assert reply.status == 400
        assert desk.key.encode() not in reply.body


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Bearer \xff\xfe",
        b"Bearer " + "ключ".encode(),
        b"Basic YWxpY2U6",
        b"bearer\tKEY",
        b"Bearer KEY KEY",
        b"Bearer KEY,",
        b"KEY",
        b"DPoP KEY",
        b"Bearer " + b"A" * 1_000_000,
    ],
    ids=range(12),
)
def test_a_header_that_carries_no_key_is_told_in_one_way(desk: Desk, value: bytes) -> None:
    """Whatever is wrong with it: 401, and nothing of what was sent."""
    sent = value.replace(b"KEY", desk.key.encode())
    reply = desk.send("POST", LIST, [b""], [(b"authorization", sent)])
    assert (reply.status, json.loads(reply.body)["type"]) == (401, "urn:bailment:problem:invalid-key")
    assert desk.key.encode() not in reply.body
    assert len(reply.body) < 400


def test_the_schemes_name_has_no_case(desk: Desk) -> None:
    """`bearer` is Bearer (RFC 9110 section 11.1), with spaces round the key."""
    for value in (f"bearer {desk.key}", f"BEARER  {desk.key} "):
        assert desk.send("POST", LIST, [b""], [(b"authorization", value.encode())]).status == 200


def test_a_key_in_the_address_or_the_body_is_none(desk: Desk) -> None:
    """Addresses end in access traces: a key is taken from its header only."""
    for query in (f"access_token={desk.key}", f"key={desk.key}", f"Authorization=Bearer%20{desk.key}"):
        assert desk.send("POST", LIST, [b""], [], query.encode()).status == 401
    form, kind = f"access_token={desk.key}".encode(), b"application/x-www-form-urlencoded"
    assert desk.send("POST", LIST, [form], [(b"content-type", kind)]).status == 401
    assert desk.send("POST", LIST, [b""], [(b"cookie", f"key={desk.key}".encode())]).status == 401


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "post", "X" * 99])
def test_an_operation_is_run_by_post_only(desk: Desk, method: str) -> None:
    """Every other method is a 405 that says so and runs nothing."""
    body = b'{"operator": "by-method", "name": "X", "role": ["auditor"]}'
    reply = desk.send(method, ADD, [body], [bearer(desk.key)])
    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert reply.body == b"" if method == "HEAD" else b"malformed" in reply.body
    overridden = desk.send("GET", ADD, [body], [bearer(desk.key), (b"x-http-method-override", b"POST")])
    assert overridden.status == 405
    assert b"by-method" not in desk.post("operator/list", b"").body


def test_the_list_of_operations_answers_head_as_get(desk: Desk) -> None:
    """The same header, without the body; without a key neither says anything."""
    get, head = (desk.send(method, PREFIX, [b""], [bearer(desk.key)]) for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (200, b"")
    assert head.headers == get.headers
    assert desk.send("GET", PREFIX, [b""], []).status == 401
    assert desk.send("POST", PREFIX, [b""], [bearer(desk.key)]).status == 405


@pytest.mark.parametrize(
    "path",
    [
        f"{LIST}/",
        f"{PREFIX}//operator/list",
        f"{PREFIX}/operator",
        f"{PREFIX}/operator/list/..",
        f"{PREFIX}/../admin/v1/operator/list",
        f"{PREFIX}/OPERATOR/LIST",
        f"{PREFIX}/operator%2Flist",
        f"{PREFIX}/operator list",
        f"{LIST}\0",
        f"{LIST};x",
        f"//evil.example{LIST}",
        f"{PREFIX}/",
    ],
)
def test_a_path_has_one_spelling(desk: Desk, path: str) -> None:
    """Others are not found, and nobody is sent anywhere else."""
    reply = desk.send("POST", path, [b""], [bearer(desk.key)])
    assert reply.status == 404
    assert "location" not in reply.headers


def test_a_stranger_cannot_make_the_server_read(desk: Desk) -> None:
    """Without a good key not one part of a body is taken."""
    body = [b"x" * 1_000] * 5
    reply = desk.loop.run_until_complete(desk.ask("POST", LIST, reading(body), [bearer("x" * 52)]))
    assert (reply.status, len(body)) == (401, 5)


def test_a_body_above_the_limit_is_given_up_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows the part that passes the limit is not read."""
    monkeypatch.setattr(routes, "MOST_BODY", 2_500)
    body = [b" " * 1_000] * 10
    reply = desk.loop.run_until_complete(desk.ask("POST", LIST, reading(body), [bearer(desk.key)]))
    assert (reply.status, len(body)) == (413, 7)
    exact = desk.send("POST", LIST, [b" " * 2_498, b"{}"], [bearer(desk.key)])
    assert exact.status == 200


def test_a_body_that_breaks_off_changes_nothing(desk: Desk) -> None:
    """Half a document is no document, even where it could be read as one."""
    messages: Iterator[Message] = iter(
        [
            {
                "type": "http.request",
                "body": b'{"operator": "half", "name": "Half", "role": ["auditor"]}',
                "more_body": True,
            },
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> Message:
        return next(messages)

    reply = desk.loop.run_until_complete(desk.ask("POST", ADD, receive, [bearer(desk.key)]))
    assert reply.status == 400
    assert b'"half"' not in desk.post("operator/list", b"").body


@pytest.mark.parametrize(
    "body",
    [
        b'{"operator": "eve", "operator": "mallory", "name": "E", "role": ["auditor"]}',
        b'{"operator": "eve", "name": "E", "role": ["auditor"], "role": ["privacy-officer"]}',
        b'{"operator": "eve", "name": "\\ud800", "role": ["auditor"]}',
        b'{"operator": "eve", "name": "a\\u0000b", "role": ["auditor"]}',
        b'{"operator": "eve", "name": NaN, "role": ["auditor"]}',
        b'{"operator": "eve", "name": "E", "role": "auditor"}',
        b'{"operator": "eve", "name": "E", "role": ["auditor"], "__class__": "x"}',
        b'{"operator": "eve", "name": "E", "role": ["auditor"]}{}',
        '{"operator": "eve", "name": "E", "role": ["auditor"]}'.encode("utf-16"),
        b'\xef\xbb\xbf{"operator": "eve", "name": "E", "role": ["auditor"]}',
        b"operator=eve&name=E&role=auditor",
        b"[" * 200_000,
        b'{"operator":' * 50_000,
        b"null",
        b'"x"',
        b'{"operator": ' + b"9" * 5_000 + b"}",
        b'{"\\ud800": 1}',
    ],
    ids=range(17),
)
def test_a_body_has_one_meaning_or_none(desk: Desk, body: bytes) -> None:
    """Twice the same member, texts that cannot be kept, other encodings, endless depth: no operator."""
    reply = desk.post("operator/add", body)
    assert (reply.status, json.loads(reply.body)["type"]) == (400, "urn:bailment:problem:malformed-request")
    listed = desk.post("operator/list", b"").body
    assert b'"eve"' not in listed
    assert b'"mallory"' not in listed


@pytest.mark.parametrize(
    "number", ["9223372036854775808", "-9223372036854775809", "1e400", "1" * 400, "1.5", "true", '"1"']
)
def test_a_number_is_one_that_the_database_holds(desk: Desk, number: str) -> None:
    """Beyond 64 bits, fractions, and what only looks like a number: 400."""
    reply = desk.post("operator/link", b'{"operator": "bob", "person": %s}' % number.encode())
    assert reply.status == 400, reply


def test_no_answer_carries_the_key(desk: Desk) -> None:
    """Neither do answers: a key is shown to whom it is given, once."""
    for body in (b"{", b'{"x": 1}', b'{"operator": "bob"}', b"[]"):
        assert desk.key.encode() not in desk.post("operator/add", body).body
    assert desk.key.encode() not in desk.post("operator/list", b"").body


def test_an_answer_is_kept_nowhere(desk: Desk) -> None:
    """Answers and problems alike are not to be stored, and say what they are."""
    good, bad, stranger = (
        desk.post("operator/list", b""),
        desk.post("operator/list", b"["),
        desk.post("operator/list", b"", key=""),
    )
    for reply, kind in ((good, "application/json"), (bad, PROBLEM), (stranger, PROBLEM)):
        assert (reply.headers["cache-control"], reply.headers["content-type"]) == ("no-store", kind)
