"""The back channel's wire form over real HTTP: methods, bodies, header fields, and every error."""

import json
import re
import socket
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from httpx import Client, Response

from bailment.endpoints.oauth.codec import FORM, MOST_BODY, MOST_PARAMETERS
from tests.support.oauth_http import HttpApp, authorize, register, ticket
from tests.support.server import GatewayServer

POSTS = [
    "/oauth/par",
    "/oauth/token",
    "/oauth/device_authorization",
    "/oauth/revoke",
    "/oauth/introspect",
    "/oauth/register",
]
METHODS = {
    **{path: {"POST"} for path in POSTS},
    "/oauth/register/x": {"GET", "PUT", "DELETE"},
    "/oauth/grants/x": {"GET", "DELETE"},
}
PUBLISHED = [
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource",
    "/oauth/jwks",
    "/oauth/authorization-details/bailment.json",
]
ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X")
DESCRIPTION = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]+")


def is_error(answer: Response, status: int, error: str) -> bool:
    """Check that an answer is this error in RFC 6749's form, and return True."""
    assert answer.headers["content-type"] == "application/json", answer.text
    document = answer.json()
    assert (answer.status_code, document["error"]) == (status, error), answer.text
    assert sorted(document) == ["error", "error_description"]
    assert DESCRIPTION.fullmatch(document["error_description"])
    assert answer.headers["cache-control"] == "no-store"
    assert re.fullmatch(r"[A-Za-z0-9_-]{24}", answer.headers["dpop-nonce"])
    assert ("www-authenticate" in answer.headers) == (status == 401 or error == "insufficient_scope")
    return True


def post(app: HttpApp, path: str, **sent: Any) -> Response:  # noqa: ANN401 - httpx's own arguments
    """Post something by hand."""
    return app.http.post(f"{app.server.url}{path}", **sent)


# Methods


@pytest.mark.parametrize("path", METHODS)
def test_a_path_has_its_methods_and_no_others(shared_server: GatewayServer, http: Client, path: str) -> None:
    """Every other method is answered with 405, and which there are."""
    for method in ALL_METHODS:
        answer = http.request(method, f"{shared_server.url}{path}")
        if method in METHODS[path]:
            assert answer.status_code in (400, 401)
            continue
        assert answer.status_code == 405
        assert set(answer.headers["allow"].split(", ")) == METHODS[path]
        assert method == "HEAD" or is_error(answer, 405, "invalid_request")
        assert method != "HEAD" or answer.content == b""


@pytest.mark.parametrize("path", PUBLISHED)
def test_a_document_is_there_for_everyone(shared_server: GatewayServer, http: Client, path: str) -> None:
    """By GET, its size by HEAD, and by nothing else; it may be kept for a while."""
    url = f"{shared_server.url}{path}"
    answer, head = http.get(url), http.head(url)
    assert (answer.status_code, head.status_code, head.content) == (200, 200, b"")
    assert head.headers["content-length"] == answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["content-type"].endswith("json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        refusal = http.request(method, url)
        assert (refusal.status_code, refusal.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path", ["/oauth/token/", "/oauth//token", "/oauth/TOKEN", "/oauth", "/oauth/grants", "/oauth/grants/a/b"]
)
def test_another_path_is_not_there(shared_server: GatewayServer, http: Client, path: str) -> None:
    """Not by another spelling either, and no redirect goes anywhere."""
    for method in ("GET", "POST"):
        assert http.request(method, f"{shared_server.url}{path}").status_code == 404


# Bodies


@pytest.mark.parametrize("path", POSTS)
def test_a_body_has_a_limit(service: HttpApp, path: str) -> None:
    """One that is too long is refused, whether its length is told or not."""
    form = urlencode({**service.form(), "x": "x" * MOST_BODY}).encode()

    def chunks() -> Any:  # noqa: ANN401 - a generator of bytes
        yield form[:1000]
        yield form[1000:]

    for content in (form, chunks()):
        answer = post(service, path, content=content, headers={"Content-Type": FORM})
        assert is_error(answer, 413, "invalid_request")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", b"grant_type=refresh_token"),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("", b"grant_type=refresh_token"),
        ("application/json", b'{"grant_type":'),
        ("application/json", b"[]"),
        ("application/json", b"null"),
        ("application/json", b"\xff"),
        ("application/json", b'{"a":"\\ud800"}x'),
        ("application/json", b"[" * 60_000),
        ("application/json", b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
        (FORM, b"grant_type"),
        (FORM, b"=&=&="),
        (FORM, b"a=1&&b=2"),
        (FORM, b"a=\xff"),
        (FORM, b"a=%ff"),
        (FORM, b"a=%ed%a0%80"),
        (FORM, "a=é".encode()),
        (FORM, b"a=1&a=1"),
        (FORM, b"a=1&%61=2"),
        (FORM, b"a=&a=1"),
        (FORM, b"grant_type=refresh_token&grant_type=authorization_code"),
        (FORM, "&".join(f"p{n}=x" for n in range(MOST_PARAMETERS + 1)).encode()),
    ],
)
def test_a_body_of_another_form_is_refused(service: HttpApp, path: str, kind: str, body: bytes) -> None:
    """Another type, no JSON, no UTF-8, a parameter twice, however it is spelled."""
    headers = {"Content-Type": kind} if kind else {}
    if path == "/oauth/register":
        headers["Authorization"] = f"Bearer {service.management}"
    assert is_error(post(service, path, content=body, headers=headers), 400, "invalid_request")


@pytest.mark.parametrize("kind", [FORM.upper(), f"{FORM};charset=UTF-8", f"{FORM} ; x=y"])
def test_a_type_may_have_parameters(service: HttpApp, kind: str) -> None:
    """Spelled in any case, with a charset or without."""
    content = urlencode(service.form(token="x")).encode()
    answer = post(service, "/oauth/introspect", content=content, headers={"Content-Type": kind})
    assert answer.json() == {"active": False}


def test_a_parameter_without_a_value_is_not_there(service: HttpApp) -> None:
    """It is treated as omitted (RFC 6749 section 3.2), whatever it is called."""
    empty = dict.fromkeys(("client_secret", "scope", "resource", "grant_management_action", "dpop_jkt"), "")
    assert service.push(**empty).status_code == 201
    assert is_error(service.push(code_challenge_method=""), 400, "invalid_request")
    bare = post(service, "/oauth/introspect", data={"client_assertion": "", "token": "x"})
    assert is_error(bare, 400, "invalid_request")


@pytest.mark.parametrize("path", POSTS)
def test_a_body_may_be_missing(service: HttpApp, path: str) -> None:
    """Then what is needed is missing."""
    answer = post(service, path)
    assert is_error(
        answer, *((401, "invalid_token") if path == "/oauth/register" else (400, "invalid_request"))
    )


def test_a_body_that_breaks_off_does_nothing(service: HttpApp) -> None:
    """Half a request is no request: the token that it began to revoke is still good."""
    tokens = authorize(service)
    form = urlencode(service.form(token=tokens["refresh_token"])).encode()
    where = urlsplit(service.server.url)
    head = f"POST /oauth/revoke HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: {FORM}\r\n"
    with socket.create_connection((where.hostname, where.port)) as raw:
        raw.sendall(f"{head}Content-Length: {len(form) + 10}\r\n\r\n".encode() + form)
        raw.shutdown(socket.SHUT_WR)
        raw.settimeout(5)
        while raw.recv(4096):
            pass
    told = service.post("/oauth/introspect", token=tokens["refresh_token"])
    assert told.json()["active"] is True


# Header fields


@pytest.mark.parametrize("name", ["DPoP", "Authorization", "Content-Type"])
def test_a_field_must_not_come_twice(service: HttpApp, name: str) -> None:
    """Two readers could disagree on which one counts (RFC 9449 section 4.3)."""
    values = {"DPoP": service.proof("POST", "/oauth/par"), "Authorization": "DPoP x", "Content-Type": FORM}
    headers = [("Content-Type", FORM)] * (name != "Content-Type") + [(name, values[name])] * 2
    answer = post(service, "/oauth/par", content=urlencode(service.form()), headers=headers)
    assert is_error(answer, 400, "invalid_request")
    assert name.lower() in answer.json()["error_description"]


@pytest.mark.parametrize("proof", ["x", "a.b.c", "é", "x" * 10_000, "eyJ.eyJ.eyJ", "a b", ","])
def test_a_field_that_is_no_proof_is_refused(service: HttpApp, proof: str) -> None:
    """As the proof that it is not."""
    answer = post(service, "/oauth/par", data=service.form(), headers=[(b"DPoP", proof.encode())])
    assert is_error(answer, 400, "invalid_dpop_proof")


def test_whose_server_it_is_no_request_says(phone: HttpApp) -> None:
    """The issuer is the configured one: Host and forwarded fields change neither links nor proofs."""
    fields = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    metadata = phone.http.get(f"{phone.server.url}/.well-known/oauth-authorization-server", headers=fields)
    assert "evil" not in metadata.text
    phone.push()
    bad = phone.device.proof(
        "POST", "http://evil.example/oauth/par", phone.server.now_ms(), nonce=phone.nonce
    )
    answer = post(phone, "/oauth/par", data=phone.form(), headers={**fields, "DPoP": bad})
    assert is_error(answer, 400, "invalid_dpop_proof")


def test_a_nonce_comes_with_every_answer(service: HttpApp) -> None:
    """Of success and of error, so that a client is challenged once at most."""
    first = service.post("/oauth/par", again=False)
    assert is_error(first, 400, "use_dpop_nonce")
    assert first.headers["dpop-nonce"] == service.nonce
    pushed = service.push(again=False)
    assert (pushed.status_code, pushed.headers["cache-control"]) == (201, "no-store")
    assert pushed.headers["dpop-nonce"]
    revoked = service.post("/oauth/revoke", token="x")
    assert (revoked.status_code, revoked.content) == (200, b"")
    assert revoked.headers["dpop-nonce"]


def test_a_challenge_may_be_answered_with_the_same_assertion(service: HttpApp) -> None:
    """Nothing of the request was spent: it may come again as it was, with another proof."""
    form = service.form(grant_type="client_credentials", scope="ssf.read")
    for status in (400, 200):
        proof = {"DPoP": service.proof("POST", "/oauth/token")}
        answer = post(service, "/oauth/token", data=form, headers=proof)
        assert answer.status_code == status, answer.text
        service.nonce = answer.headers["dpop-nonce"]


# Errors, one of each


def test_clients_that_are_nobody_are_refused(service: HttpApp, http: Client) -> None:
    """With 400, for no field was asked for, and with 401 where one was tried (RFC 6749 section 5.2)."""
    form: dict[str, Any] = {"token": "x", "grant_type": "refresh_token", "refresh_token": "x"}
    other = register(service.server, http)
    thief = HttpApp(service.server, http, service.client_id, "", other.identity)
    for path in POSTS[:-1]:
        assert is_error(thief.post(path, **form), 400, "invalid_client")
        for user in (("x", "y"), (service.client_id, "")):
            answer = post(service, path, data=form, auth=user)
            assert is_error(answer, 401, "invalid_client")
            assert answer.headers["www-authenticate"].startswith("Basic ")


def test_a_protected_resource_says_how_to_come(service: HttpApp) -> None:
    """A 401 names DPoP, its algorithms, the error, and where the resource's metadata are (RFC 9728)."""
    service.push()
    path = "/oauth/grants/x"
    for answer in (
        service.http.get(f"{service.server.url}{path}"),
        service.resource("GET", path, "x"),
        service.resource("GET", path, "x", scheme="Bearer"),
    ):
        assert is_error(answer, 401, "invalid_token")
        challenge = answer.headers["www-authenticate"]
        assert challenge.startswith('DPoP error="invalid_token", algs="ES256 EdDSA Ed25519"')
        pointer = re.search(r'resource_metadata="([^"]+)"', challenge)
        assert pointer is not None
        assert service.http.get(pointer[1]).json()["resource"] == service.server.url


def test_a_challenge_at_a_resource_is_a_401(service: HttpApp) -> None:
    """With the nonce beside it (RFC 9449 section 9)."""
    token = service.post("/oauth/token", grant_type="client_credentials", scope="ssf.read").json()[
        "access_token"
    ]
    service.nonce = ""
    answer = service.resource("GET", "/oauth/grants/x", token, again=False)
    assert is_error(answer, 401, "use_dpop_nonce")
    assert 'error="use_dpop_nonce"' in answer.headers["www-authenticate"]
    answer = service.resource("GET", "/oauth/grants/x", token, again=False)
    assert is_error(answer, 403, "insufficient_scope")


def test_a_registration_needs_a_ticket(shared_server: GatewayServer, http: Client) -> None:
    """Without one it is a 401 for Bearer, and with one that is spelled in another case it is good."""
    url = f"{shared_server.url}/oauth/register"
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
        answer = http.post(url, json={"client_name": "x"}, headers=headers)
        assert is_error(answer, 401, "invalid_token")
        assert answer.headers["www-authenticate"].startswith("Bearer ")
    good = {"Authorization": f"bEARER {ticket(shared_server)}"}
    assert is_error(http.post(url, json={"client_name": "x"}, headers=good), 400, "invalid_client_metadata")
    assert is_error(http.post(url, data={"client_name": "x"}, headers=good), 400, "invalid_client_metadata")


@pytest.mark.parametrize("subject", ["x", "%00", "%ff", "..%2f..", "%20", "x" * 5000, "'", "%", "é"])
def test_a_name_in_a_path_is_a_name(service: HttpApp, subject: str) -> None:
    """Whatever stands there, nothing has that name."""
    token = service.post("/oauth/token", grant_type="client_credentials", scope="grant_management_query")
    answer = service.resource("GET", f"/oauth/grants/{subject}", token.json()["access_token"])
    assert answer.status_code in (400, 401, 404), answer.text
    headers = {"Authorization": f"Bearer {service.management}"}
    answer = service.http.get(f"{service.server.url}/oauth/register/{subject}", headers=headers)
    assert answer.status_code in (400, 401, 404), answer.text


def test_each_error_has_its_status(phone: HttpApp, service: HttpApp) -> None:
    """One of each kind, as its RFC wants it."""
    cases: list[tuple[Response, int, str]] = [
        (phone.push(response_type="token"), 400, "unsupported_response_type"),
        (phone.push(request="x"), 400, "request_not_supported"),
        (phone.push(scope="openid"), 400, "invalid_scope"),
        (phone.push(resource="https://evil.example"), 400, "invalid_target"),
        (phone.push(authorization_details="[]"), 400, "invalid_authorization_details"),
        (phone.push(grant_management_action="merge", grant_id="x"), 400, "invalid_grant_id"),
        (phone.push(redirect_uri="https://evil.example/cb"), 400, "invalid_request"),
        (phone.post("/oauth/token", grant_type="password"), 400, "unsupported_grant_type"),
        (phone.exchange("x"), 400, "invalid_grant"),
        (phone.post("/oauth/token", grant_type="client_credentials"), 400, "unauthorized_client"),
        (service.post("/oauth/token", grant_type="client_credentials"), 400, "invalid_scope"),
        (phone.post("/oauth/introspect", token="x"), 400, "unauthorized_client"),
        (phone.post("/oauth/revoke"), 400, "invalid_request"),
    ]
    for answer, status, error in cases:
        assert is_error(answer, status, error)
    assert json.loads(cases[0][0].content)["error_description"] == "response_type must be code"
