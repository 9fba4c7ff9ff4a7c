"""Who may ask: DPoP over a real server, with proofs that another library signs, and hostile headers."""

import base64
import hashlib
import json
import socket
from typing import Any
from urllib.parse import quote

import pytest
from httpx import Client, Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey

from bailment.phone.client import PhoneClient
from bailment.phone.key import make_key
from bailment.phone.problems import CodeRejected
from tests.support.server import DAY_MS, EnrolledDevice, GatewayServer

_SHARED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def device(shared_server: GatewayServer) -> EnrolledDevice:
    """Give a device that the module's tests share."""
    return shared_server.enrol()


def sign(server: GatewayServer, device: EnrolledDevice, **changed: object) -> str:
    """Sign a proof for /v1/me with joserfc; `changed` replaces claims, or drops them with None."""
    key = ECKey.import_key({**device.key.private_jwk()})
    ath = base64.urlsafe_b64encode(hashlib.sha256(device.token.encode()).digest()).rstrip(b"=").decode()
    claims: dict[str, Any] = {
        "jti": hashlib.sha256(json.dumps(changed).encode()).hexdigest() + str(server.now_ms()),
        "htm": "GET",
        "htu": f"{server.url}/v1/me",
        "iat": server.now_ms() // 1000,
        "ath": ath,
        **changed,
    }
    payload = json.dumps({name: value for name, value in claims.items() if value is not None})
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": device.key.public_jwk()}
    return jws.serialize_compact(header, payload, key, algorithms=["ES256"])


def send(server: GatewayServer, http: Client, device: EnrolledDevice, proof: str, **headers: str) -> Response:
    """Read /v1/me with a given proof."""
    return server.get(http, device, "/v1/me", DPoP=proof, **headers)


def kind(response: Response) -> str:
    """Return the last part of a problem's type."""
    return str(response.json()["type"]).rpartition(":")[2]


def test_another_librarys_proof_is_good(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice
) -> None:
    """A proof that joserfc signs opens the profile."""
    assert send(shared_server, http, device, sign(shared_server, device)).status_code == 200


def test_the_uri_is_compared_after_normalisation(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice
) -> None:
    """Case of the scheme and host does not matter."""
    htu = shared_server.url.replace("http", "HTTP") + "/v1/me"
    assert send(shared_server, http, device, sign(shared_server, device, htu=htu)).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"htm": "POST"},
        {"htm": "get"},
        {"htu": "http://evil.example/v1/me"},
        {"htu": "http://127.0.0.1/v1/me"},
        {"htu": "http://[/v1/me"},
        {"htu": ""},
        {"iat": 1},
        {"iat": 10**30},
        {"iat": "now"},
        {"ath": None},
        {"ath": "x"},
        {"ath": "é"},
        {"jti": ""},
        {"jti": None},
        {"jti": "x" * 257},
        {"jti": "\ud800"},
    ],
)
def test_a_wrong_claim_is_refused(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice, changed: dict[str, object]
) -> None:
    """A proof for another method, URI, time or token, or without an identity of its own, proves nothing."""
    response = send(shared_server, http, device, sign(shared_server, device, **changed))
    assert (response.status_code, kind(response)) == (401, "invalid-dpop-proof")


def test_the_host_header_counts_for_nothing(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice
) -> None:
    """A proof for another origin is refused even if Host and the forwarding headers name that origin."""
    proof = sign(shared_server, device, htu="http://evil.example/v1/me")
    response = send(shared_server, http, device, proof, Host="evil.example", X_Forwarded_Host="evil.example")
    assert kind(response) == "invalid-dpop-proof"


def test_a_proof_is_good_once(shared_server: GatewayServer, http: Client, device: EnrolledDevice) -> None:
    """A second use of a proof is refused as a bad proof, so that a client keeps its token."""
    proof = sign(shared_server, device)
    assert send(shared_server, http, device, proof).status_code == 200
    again = send(shared_server, http, device, proof)
    assert (again.status_code, kind(again)) == (401, "invalid-dpop-proof")


def test_a_refused_proof_is_spent_too(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice
) -> None:
    """A proof that came with an unapproved build cannot come again with an approved one."""
    proof = sign(shared_server, device)
    assert send(shared_server, http, device, proof, Bailment_Build="0" * 64).status_code == 403
    assert kind(send(shared_server, http, device, proof)) == "invalid-dpop-proof"


def test_a_proof_stays_spent_across_a_restart(server: GatewayServer, http: Client) -> None:
    """A proof that was used before the server was restarted is refused after it."""
    device = server.enrol()
    proof = sign(server, device)
    assert send(server, http, device, proof).status_code == 200
    server.restart()
    assert kind(send(server, http, device, proof)) == "invalid-dpop-proof"
    assert send(server, http, device, sign(server, device)).status_code == 200


def test_a_replayed_enrolment_gives_no_second_token(server: GatewayServer, http: Client) -> None:
    """An enrolment that is sent again as it was gives nothing."""
    url = f"{server.url}/v1/devices"
    device = EnrolledDevice(make_key(), "", "")
    headers = {"DPoP": sign(server, device, htm="POST", htu=url)}
    body = {"code": server.code()}
    assert http.post(url, json=body, headers=headers).status_code == 201
    assert http.post(url, json=body, headers=headers).status_code == 403


def test_an_expired_token(server: GatewayServer, http: Client) -> None:
    """When the grant's time is over the token is not good any more."""
    device = server.enrol()
    server.clock_ahead_ms = 31 * DAY_MS
    response = send(server, http, device, sign(server, device))
    assert (response.status_code, kind(response)) == (401, "invalid-token")
    assert "expired" in response.json()["detail"]


def test_an_expired_code(server: GatewayServer) -> None:
    """A code that was not spent in time is not good."""
    code = server.code()
    server.clock_ahead_ms = 16 * 60_000
    client = PhoneClient(server.url, make_key(), now_s=lambda: server.now_ms() // 1000)
    with client, pytest.raises(CodeRejected):
        client.enrol(code)


@pytest.mark.parametrize("scheme", ["Bearer {}", "{}", "DPoP", "Basic {}", "DPoP {} x", "DPoP \xe9"])
def test_other_schemes_are_refused(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice, scheme: str
) -> None:
    """A bound token is good with the DPoP scheme only, never as a bearer token."""
    value = scheme.format(device.token).encode("latin-1")
    headers = [(b"Authorization", value), (b"DPoP", sign(shared_server, device).encode())]
    response = http.get(f"{shared_server.url}/v1/me", headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("DPoP ")


def test_a_header_is_a_public_key(shared_server: GatewayServer, http: Client, device: EnrolledDevice) -> None:
    """Another type, algorithm or key, a private key, or very deep JSON is a bad proof, never a crash."""
    signed, _, signature = sign(shared_server, device).rpartition(".")
    claims = signed.partition(".")[2]
    jwk = device.key.public_jwk()
    good = {"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}
    headers: list[object] = [
        {**good, "typ": "JWT"},
        {**good, "alg": "none"},
        {**good, "alg": "HS256"},
        {**good, "jwk": device.key.private_jwk()},
        {**good, "jwk": {**jwk, "x": jwk["y"]}},
        {**good, "jwk": {**jwk, "x": 1}},
        {**good, "jwk": {"kty": "oct", "k": "AA"}},
        {**good, "crit": ["exp"]},
        {**good, "jwk": OKPKey.generate_key("Ed25519").as_dict(private=False)},
        [],
    ]
    raws = [json.dumps(each).encode() for each in headers] + [b'{"jwk":{"x":' + b"[" * 2900, b"\xff", b""]
    for raw in raws:
        head = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        response = send(shared_server, http, device, f"{head}.{claims}.{signature}")
        assert (response.status_code, kind(response)) == (401, "invalid-dpop-proof"), raw[:80]


def test_deep_claims_are_a_bad_proof(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice
) -> None:
    """Claims that nest deeper than the parser goes are a bad proof, though they are signed."""
    proof = sign(shared_server, device).split(".")
    claims = base64.urlsafe_b64encode(b'{"x":' + b"[" * 2000).rstrip(b"=")
    signed = f"{proof[0]}.{claims.decode()}"
    signature = base64.urlsafe_b64encode(device.key.sign(signed.encode())).rstrip(b"=").decode()
    assert kind(send(shared_server, http, device, f"{signed}.{signature}")) == "invalid-dpop-proof"


def test_an_escaped_path_is_compared_as_sent(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice
) -> None:
    """A path with escapes is proven in the spelling in which it is sent."""
    path = f"/v1/friends/{quote('x y', safe='')}"
    assert shared_server.get(http, device, path).status_code == 404


header_values = st.binary(max_size=300).map(
    lambda raw: bytes(each for each in raw if each >= 0x20 and each != 0x7F).strip()
)
header_names = st.sampled_from(
    [b"authorization", b"dpop", b"bailment-build", b"if-none-match", b"accept-encoding", b"host", b"x"]
)


def raw_status(server: GatewayServer, headers: list[tuple[bytes, bytes]]) -> int:
    """Send a read with these header fields, byte for byte, past what a client library lets through."""
    fields = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as raw:
        raw.sendall(b"GET /v1/me HTTP/1.1\r\nhost: x\r\nconnection: close\r\n" + fields + b"\r\n")
        answer = b""
        while chunk := raw.recv(65536):
            answer += chunk
    return int(answer.split()[1])


@_SHARED
@given(st.lists(st.tuples(header_names, header_values), max_size=8))
def test_no_header_breaks_the_server(shared_server: GatewayServer, extra: list[tuple[bytes, bytes]]) -> None:
    """Whatever stands in the header fields, the answer is a client's error."""
    assert 400 <= raw_status(shared_server, extra) < 500


@_SHARED
@given(st.dictionaries(header_names, header_values, max_size=4), st.integers(0, 2))
def test_no_header_beside_a_good_proof_breaks_the_server(
    shared_server: GatewayServer,
    http: Client,
    device: EnrolledDevice,
    extra: dict[bytes, bytes],
    which: int,
) -> None:
    """Beside a good token and proof too, no header field makes the server fail."""
    path = ("/v1/me", "/v1/friends", "/v1/friends/3")[which]
    good = {
        name.lower().encode(): value.encode() for name, value in shared_server.headers(device, path).items()
    }
    response = http.get(shared_server.url + path, headers={**good, **extra})
    assert response.status_code < 500


@_SHARED
@given(st.binary(max_size=400), st.sampled_from(["header", "claims", "signature", "all"]))
def test_no_proof_breaks_the_server(
    shared_server: GatewayServer, http: Client, device: EnrolledDevice, raw: bytes, part: str
) -> None:
    """A proof with any bytes in any of its parts is a bad proof."""
    junk = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    parts = sign(shared_server, device, jti=junk[:200] or "j").split(".")
    places = {"header": 0, "claims": 1, "signature": 2}
    if part == "all":
        parts = [junk]
    else:
        parts[places[part]] = junk
    response = send(shared_server, http, device, ".".join(parts))
    assert (response.status_code, kind(response)) == (401, "invalid-dpop-proof")
