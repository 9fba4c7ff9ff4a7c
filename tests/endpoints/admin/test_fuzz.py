"""Every operation of the table with documents of roughly its shape: an answer or a problem, never a 5xx."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailment.endpoints.admin.codec import MOST_DETAIL, describe
from bailment.partners.operations import OPERATIONS
from tests.support.admin_desk import Desk, Reply, open_desk
from tests.support.postgres import new_database

# One desk serves all examples, as one server serves all requests.
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
DESCRIBED = {each["name"]: each for each in describe(OPERATIONS)}
# Who the requests come from stays: without their key every further answer would be a 401.
KEPT = {"operator remove", "operator roles", "operator revoke-key"}

KNOWN = ["lumen", "lumen-hub", "alice", "bob", "house", "none", "a1" * 32, "1", "1/1", "name"]
ODD = [
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\udfff x",
    "\r\nSet-Cookie: a=b",
    "' OR 1=1 --",
    "%s%(key)s",
    ":key?",
    "../../etc/passwd",
    "\u202e\ufeff\U0010ffff",
    "2026-13-45",
    "9999-12-31",
    "0001-01-01",
    "2026-11-22T00:00:00Z",
    "NaN",
    "1e999",
    "-1",
    "100.0000000000000000001",
    "DE",
    "zz",
    "=" * 7,
    "e30=",
    "A" * 5_000,
]
TEXTS = st.one_of(st.sampled_from(KNOWN), st.sampled_from(ODD), st.text(max_size=12))
NUMBERS = st.one_of(
    st.integers(-2, 12),
    st.sampled_from([2**31, 2**53, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**30, 10**400]),
    st.floats(allow_nan=True, allow_infinity=True),
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)

PLAIN = {"string": TEXTS, "integer": NUMBERS, "number": NUMBERS, "boolean": st.booleans(), "null": st.none()}


def of_schema(schema: Mapping[str, Any], definitions: Mapping[str, Any], depth: int = 0) -> Any:  # noqa: ANN401 - a strategy of any JSON
    """Return a strategy of what a JSON Schema of ours asks for, its bounds apart: they are to be tried."""
    if "$ref" in schema:
        return of_schema(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions, depth + 1)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of(*(of_schema(each, definitions, depth + 1) for each in schema["anyOf"]))
    if "properties" in schema:
        return of_object(schema, definitions, depth)
    if schema.get("type") in ("array", "object"):
        return of_many(schema, definitions, depth)
    return PLAIN.get(str(schema.get("type")), ANYTHING)


def of_many(schema: Mapping[str, Any], definitions: Mapping[str, Any], depth: int) -> Any:  # noqa: ANN401 - as above
    """Return a strategy of short lists, or of few members of any name."""
    if schema["type"] == "object":
        inner = of_schema(schema.get("additionalProperties") or {}, definitions, depth + 1)
        return st.dictionaries(TEXTS, inner, max_size=3)
    parts = [of_schema(each, definitions, depth + 1) for each in schema.get("prefixItems", ())]
    if parts:
        return st.tuples(*parts).map(list)
    return st.lists(of_schema(schema.get("items") or {}, definitions, depth + 1), max_size=3)


def of_object(schema: Mapping[str, Any], definitions: Mapping[str, Any], depth: int) -> Any:  # noqa: ANN401 - as above
    """Return a strategy of objects that mostly have what is required, and sometimes what is not theirs."""
    members = {name: of_schema(each, definitions, depth + 1) for name, each in schema["properties"].items()}
    required = {name: members[name] for name in schema.get("required", ())}
    optional = {name: each for name, each in members.items() if name not in required}
    good = st.fixed_dictionaries(required, optional=optional)
    return good if depth > 1 else st.one_of(good, good, good, good.flatmap(_spoilt))


def _spoilt(document: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
    """Return the document with one member put, replaced or added at random."""
    return st.tuples(st.one_of(st.sampled_from(sorted(document) or ["x"]), TEXTS), ANYTHING).map(
        lambda pair: {**document, pair[0]: pair[1]}
    )


def spelled(document: object) -> bytes:
    """Return JSON as a careless program spells it: half a surrogate pair escaped, NaN and Infinity too."""
    return json.dumps(document).encode()


def check(reply: Reply, *secrets: str) -> Reply:
    """Check that an answer is JSON, or a problem that carries no secret."""
    assert reply.status < 500, (reply.status, reply.body)
    document = json.loads(reply.body)
    assert reply.headers["cache-control"] == "no-store"
    if reply.status != 200:
        assert reply.status in (400, 401, 403, 405, 409, 413), reply
        assert reply.headers["content-type"] == "application/problem+json"
        assert sorted(document) == ["detail", "status", "title", "type"]
        assert len(document["detail"]) <= MOST_DETAIL + 4
        assert not any(secret in document["detail"] for secret in secrets)
    return reply


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Give the admin API over either database."""
    place = tmp_path_factory.mktemp("desk")
    if request.param == "sqlite":
        with open_desk(place) as opened:
            yield opened
        return
    with new_database(request.getfixturevalue("postgres_server")) as url, open_desk(place, url) as opened:
        yield opened


def body_of(name: str) -> Any:  # noqa: ANN401 - as above
    """Return a strategy of bodies for an operation."""
    schema = DESCRIBED[name]["body"]
    definitions = schema.get("$defs", {})
    return of_schema(schema, definitions).map(lambda document: _sparing(name, document))


def _sparing(name: str, document: Any) -> Any:  # noqa: ANN401 - as above
    """Keep the operator who asks, and theirs, out of what ends operators."""
    if name in KEPT and isinstance(document, dict) and document.get("operator") in ("alice", "bob"):
        return {**document, "operator": "carol"}
    return document


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_any_document_of_roughly_its_shape(desk: Desk, name: str) -> None:
    """Wrong types, numbers beyond 64 bits, NUL and half surrogate pairs, names that are there and are not."""
    path = DESCRIBED[name]["path"].removeprefix("/admin/v1/")

    @given(document=body_of(name))
    @settings(max_examples=25, suppress_health_check=SHARED, deadline=None, database=None)
    def run(document: object) -> None:
        assert check(desk.post(path, spelled(document)), desk.key, desk.second_key).status != 401

    run()


@given(raw=st.one_of(st.binary(max_size=40), ANYTHING.map(spelled)), name=st.sampled_from(sorted(DESCRIBED)))
@settings(max_examples=100, suppress_health_check=SHARED, deadline=None)
def test_any_bytes(desk: Desk, raw: bytes, name: str) -> None:
    """What is no document of this operation is a problem, whatever it is."""
    check(desk.post(DESCRIBED[name]["path"].removeprefix("/admin/v1/"), raw), desk.key)


def test_the_desk_still_works(desk: Desk) -> None:
    """After all that the same key lists the operators, and the partner can be held and shown."""
    assert check(desk.post("operator/list", b"")).status == 200
    assert check(desk.post("partner/hold", b'{"partner": "lumen", "reason": "a test"}')).status in (
        200,
        409,
    )
