"""The admin API: one path an operation, keys of operators, errors as problem details."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient, Response

from bailment.app import build_asgi, office_of, open_platform
from bailment.clock import now_ms
from bailment.config import Config
from bailment.model.operators import Role
from bailment.partners.operations import OPERATIONS
from bailment.partners.operators import add_first_operator

ORIGIN = "https://gateway.example"


@dataclass(frozen=True)
class Desk:
    """An HTTP client at the admin API, and the first two operators' keys."""

    http: AsyncClient
    key: str
    second_key: str

    async def post(self, path: str, document: object = None, *, key: str | None = None) -> Response:
        """Run an operation."""
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"}
        return await self.http.post(f"/admin/v1/{path}", json=document or {}, headers=headers)

    async def key_of(self, operator: str, *roles: Role) -> str:
        """Let two add an operator, and the operator enrol; return their key."""
        document = {"operator": operator, "name": operator.title(), "role": [role.value for role in roles]}
        added = [await self.post("operator/add", document, key=key) for key in (self.key, self.second_key)]
        assert [answer.status_code for answer in added] == [200, 200], added[-1].text
        answer = await self.enrol({"operator": operator, "halves": [each.json()["half"] for each in added]})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["key"])

    async def enrol(self, document: object) -> Response:
        """Enrol, as nobody who is known."""
        return await self.http.post("/admin/v1/operator/enrol", json=document)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Give the admin API of an empty platform."""
    async with open_platform(Config(tmp_path, ORIGIN, "gateway.example/ledger")) as platform:
        office, now = office_of(platform), now_ms()
        keys = [await add_first_operator(office, name, name.title(), now) for name in ("alice", "zoe")]
        transport = ASGITransport(build_asgi(platform))
        async with AsyncClient(transport=transport, base_url=ORIGIN) as http:
            yield Desk(http, *keys)


async def test_every_operation_has_its_path_and_says_what_it_takes(desk: Desk) -> None:
    """The list names each operation once, with roles and a JSON Schema of its body."""
    answer = await desk.http.get("/admin/v1", headers={"Authorization": f"Bearer {desk.key}"})
    listed = answer.json()["operations"]
    assert [each["name"] for each in listed] == [each.name for each in OPERATIONS]
    assert len({each["path"] for each in listed}) == len(OPERATIONS)
    assert all(each["roles"] and each["summary"].endswith(".") for each in listed)
    body = next(each["body"] for each in listed if each["name"] == "operator add")
    assert {"operator", "name", "role"} <= set(str(body).replace("'", " ").split())


async def test_an_operation_runs_for_who_has_the_role(desk: Desk) -> None:
    """Two privacy officers add an operator, who enrols, and the list shows all three."""
    bob = await desk.key_of("bob", Role.REVIEWER)
    listed = (await desk.post("operator/list", key=bob)).json()["operators"]
    assert [each["operator_id"] for each in listed] == ["alice", "bob", "zoe"]


async def test_enrolling_takes_no_key_and_both_halves(desk: Desk) -> None:
    """Wrong halves are a 401, other shapes a 400, what is too long a 413; GET is not allowed."""
    document = {"operator": "bob", "name": "Bob", "role": ["reviewer"]}
    half = (await desk.post("operator/add", document)).json()["half"]
    for halves in ([half, half], ["x", half], ["", ""]):
        answer = await desk.enrol({"operator": "bob", "halves": halves})
        assert (answer.status_code, answer.json()["type"]) == (401, "urn:bailment:problem:invalid-key")
    for wrong in (
        {},
        {"operator": "bob"},
        {"operator": "bob", "halves": [half]},
        {"operator": 1, "halves": []},
    ):
        assert (await desk.enrol(wrong)).status_code == 400, wrong
    assert (
        await desk.enrol({"operator": "bob", "halves": ["a", "b"], "role": ["auditor"]})
    ).status_code == 400
    assert (await desk.enrol({"operator": "b\0b", "halves": ["a", "b"]})).status_code == 400
    assert (await desk.enrol({"operator": "bob", "halves": ["x" * 5_000, "y"]})).status_code == 413
    assert (await desk.http.get("/admin/v1/operator/enrol")).status_code == 405


async def test_a_key_is_needed_and_must_be_good(desk: Desk) -> None:
    """Without a key, with a wrong one and with one of a removed operator: 401 and nothing else."""
    bob = await desk.key_of("bob", Role.AUDITOR)
    assert (await desk.post("operator/remove", {"operator": "bob"})).status_code == 200
    off_by_one = desk.key[:-1] + ("y" if desk.key[-1] == "x" else "x")
    for key in ("", "nonsense", off_by_one, bob):
        answer = await desk.post("operator/list", key=key)
        assert (answer.status_code, answer.json()["type"]) == (401, "urn:bailment:problem:invalid-key")
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_roles_bind(desk: Desk) -> None:
    """An auditor reads and changes nothing; nobody gives roles to themselves, nor removes themselves."""
    auditor = await desk.key_of("audrey", Role.AUDITOR)
    assert (await desk.post("operator/list", key=auditor)).status_code == 200
    document = {"operator": "eve", "name": "Eve", "role": ["auditor"]}
    refused = await desk.post("operator/add", document, key=auditor)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:bailment:problem:forbidden")
    assert "privacy-officer" in refused.json()["detail"]
    own = {"operator": "alice", "name": "Alice", "role": ["auditor"]}
    assert (await desk.post("operator/add", own)).status_code == 403
    assert (await desk.post("operator/remove", {"operator": "alice"})).status_code == 403


async def test_bad_requests_are_problems(desk: Desk) -> None:
    """What is no JSON, no object, of a wrong type, unknown or missing is a 400 that says where."""
    headers = {"Authorization": f"Bearer {desk.key}"}
    for content in (b"{", b"[]", b"\xff", b"[" * 100_000):
        answer = await desk.http.post("/admin/v1/operator/list", content=content, headers=headers)
        assert answer.status_code == 400, content[:9]
    for document in (
        {"operator": "bob"},
        {"operator": 7, "name": "Bob", "role": ["reviewer"]},
        {"operator": "bob", "name": "Bob", "role": []},
        {"operator": "bob", "name": "Bob", "role": ["king"]},
        {"operator": "bob", "name": "Bob", "role": ["reviewer"], "admin": True},
        {"operator": "Bob!", "name": "Bob", "role": ["reviewer"]},
    ):
        answer = await desk.post("operator/add", document)
        assert answer.status_code == 400, document
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await desk.http.get("/admin/v1/operator/add", headers=headers)).status_code == 405
    assert (await desk.post("operator/nonsense")).status_code == 404


async def test_a_conflict_is_told(desk: Desk) -> None:
    """A name that is taken is a 409 with a sentence."""
    await desk.key_of("bob", Role.REVIEWER)
    again = await desk.post("operator/add", {"operator": "bob", "name": "Bob", "role": ["reviewer"]})
    assert (again.status_code, "already" in again.json()["detail"]) == (409, True)
