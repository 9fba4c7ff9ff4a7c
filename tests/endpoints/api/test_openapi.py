"""The OpenAPI document is valid, complete, and true of the server."""

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import create_autospec

import jsonschema_rs
import pytest
import schemathesis
from httpx import Client, Response

from bailment.clock import now_ms
from bailment.disclosure.pictures import Pictures
from bailment.endpoints.api.endpoint import Endpoint
from bailment.endpoints.api.media_routes import MediaApi, media_routes
from bailment.endpoints.api.openapi import openapi_document
from bailment.endpoints.api.post_routes import PostApi, post_routes
from bailment.endpoints.api.problems import PROBLEMS
from bailment.endpoints.api.routes import Api, api_routes
from bailment.model.fields import FIELDS
from tests.endpoints.api.test_problems import PROVOKE
from tests.support.server import EnrolledDevice, GatewayServer
from tests.support.small_world import OPEN

DOCUMENT: dict[str, Any] = json.loads(openapi_document("https://gateway.example"))
_VERBS = {"get", "post", "put", "delete", "patch"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (path, verb, operation)."""
    for path, item in DOCUMENT["paths"].items():
        for verb in _VERBS & set(item):
            yield path, verb, item[verb]


def resolve(node: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Follow a reference."""
    while isinstance(node, dict) and "$ref" in node:
        target = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def validate(response: Response, path: str, verb: str) -> None:
    """Check a real response against the document: status, type, schema, headers; no unknown member."""
    documented = DOCUMENT["paths"][path][verb]["responses"][str(response.status_code)]
    for name, header in documented.get("headers", {}).items():
        value = response.headers.get(name)
        if value is not None:
            schema = {**resolve(header)["schema"]}
            jsonschema_rs.validate(schema, value)
    if response.status_code == 304:
        assert "content" not in documented
        return
    content = documented["content"][response.headers["content-type"]]
    jsonschema_rs.validate(
        {**_closed(content["schema"]), "components": _closed(DOCUMENT["components"])}, response.json()
    )


def _closed(node: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Close the objects that stay open in the document, so that a misspelt member is found."""
    if isinstance(node, list):
        return [_closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    closed = {name: _closed(each) for name, each in node.items()}
    if node.get("type") == "object" and "properties" in node:
        closed["additionalProperties"] = False
    return closed


def test_it_is_valid() -> None:
    """The document is valid OpenAPI 3.1, and every reference in it leads somewhere."""
    schemathesis.openapi.from_dict(DOCUMENT).validate()
    assert DOCUMENT["openapi"] == "3.1.0"

    def walk(node: Any) -> None:  # noqa: ANN401 - any JSON value
        if isinstance(node, dict):
            resolve(node)
        for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            walk(each)

    walk(DOCUMENT)
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema_rs.validator_for({**schema, "components": DOCUMENT["components"]})


def test_every_route_is_in_it_and_nothing_else() -> None:
    """The document has the server's paths and methods, except for what catches unknown paths."""
    nothing = create_autospec(lambda *_: None)
    posts = PostApi(nothing, nothing, "http://x", now_ms)
    routes = api_routes(
        Api(
            create_autospec(lambda _: None),
            create_autospec(lambda *_: None),
            create_autospec(lambda *_: None),
            "http://x",
            now_ms,
            create_autospec(lambda *_: None),
            create_autospec(lambda *_: None),
        )
    )
    more = [*post_routes(posts), *media_routes(MediaApi(create_autospec(Pictures), posts))]
    served = {route.path for route in (*routes, *more)}
    assert served - {"/v1", "/v1/{rest:path}"} == set(DOCUMENT["paths"])
    assert len({operation["operationId"] for _, _, operation in operations()}) == len(list(operations()))
    for route in more:
        assert isinstance(route.app, Endpoint)
        documented = {verb.upper() for path, verb, _ in operations() if path == route.path}
        assert route.app.methods == documented


def test_every_problem_is_in_it() -> None:
    """Every problem is an example of some operation's response, under its status."""
    found = {
        (kind, status)
        for _, _, operation in operations()
        for status, response in operation["responses"].items()
        for kind in resolve(response)
        .get("content", {})
        .get("application/problem+json", {})
        .get("examples", {})
    }
    assert found == {(kind, str(problem.status)) for kind, problem in PROBLEMS.items()}


def test_every_field_is_in_it() -> None:
    """Person and friend have every field of the table, with its category, and no other."""
    schemas = DOCUMENT["components"]["schemas"]
    names = [field.name for field in FIELDS]
    assert list(schemas["Person"]["properties"]) == ["id", *names]
    assert list(schemas["Friend"]["properties"]) == ["id", "since", *names]
    for field in FIELDS:
        assert field.category.value in schemas["Person"]["properties"][field.name]["description"]
    assert "\\Z" not in json.dumps(DOCUMENT)


def test_it_is_served(shared_server: GatewayServer, http: Client) -> None:
    """Anyone can read the document, and it names the configured origin whatever the Host header says."""
    response = http.get(f"{shared_server.url}/v1/openapi.json", headers={"Host": "evil.example"})
    assert response.json()["servers"] == [{"url": shared_server.url}]
    assert response.json()["components"] == DOCUMENT["components"]
    validate(response, "/v1/openapi.json", "get")


@pytest.mark.parametrize("kind", PROBLEMS)
def test_real_problems_are_as_documented(shared_server: GatewayServer, http: Client, kind: str) -> None:
    """Every problem that the real server sends validates where the document says it may come."""
    response = PROVOKE[kind](shared_server, http, shared_server.enrol())
    path, verb = response.request.url.path, response.request.method.lower()
    path = "/v1/friends/{friend_id}" if path.startswith("/v1/friends/") else path
    path = "/v1/media/{id}" if path.startswith("/v1/media/") else path
    validate(response, path, verb if verb in DOCUMENT["paths"][path] else "get")


def test_real_answers_are_as_documented(server: GatewayServer, http: Client) -> None:
    """Profile, list, changes, one friend, and not modified validate, with every field filled."""
    device = server.enrol()

    def read(path: str, template: str = "", **headers: str) -> Response:
        response = server.get(http, device, path, **headers)
        validate(response, template or path, "get")
        return response

    me = read("/v1/me")
    assert read("/v1/me", If_None_Match=me.headers["etag"]).status_code == 304
    assert read(f"/v1/friends/{OPEN}", "/v1/friends/{friend_id}").status_code == 200
    sync = read("/v1/friends").json()["sync"]
    server.set_setting(OPEN, 0)
    changes = _since(server, http, device, sync)
    validate(changes, "/v1/friends", "get")
    assert changes.json()["retracted"] == [str(OPEN)]


def _since(server: GatewayServer, http: Client, device: EnrolledDevice, sync: str) -> Response:
    return http.get(f"{server.url}/v1/friends?since={sync}", headers=server.headers(device, "/v1/friends"))
