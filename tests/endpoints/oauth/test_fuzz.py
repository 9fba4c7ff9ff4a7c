"""Malformed input in every parameter of the back channel gives the RFC's error: no 5xx, no exception."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailment.endpoints.oauth.codec import FORM
from tests.support.oauth import App
from tests.support.oauth_fuzz import (
    METADATA,
    REQUEST,
    Answer,
    Headers,
    Target,
    calls_of,
    compact,
    fuzz_target,
    json_of,
)
from tests.support.oauth_fuzz_inputs import BYTES, CALLS, CHANGES, JSON_TEXTS, PARAMETERS, PROOFS
from tests.support.world import Free

# One target serves all examples, as one server serves all requests.
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

ERROR = re.compile(r"[a-z_]+")
DESCRIPTION = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]+")


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Give an application over SQLite."""
    with fuzz_target(tmp_path_factory.mktemp("fuzz")) as opened:
        yield opened


def check(answer: Answer) -> Answer:
    """Check that an answer is a success, or an error in the form that its RFC gives it."""
    assert answer.status < 500, answer
    if answer.status < 400:
        assert answer.status in (200, 201, 204)
        return answer
    document = json.loads(answer.body)
    assert sorted(document) == ["error", "error_description"]
    assert ERROR.fullmatch(document["error"])
    assert DESCRIPTION.fullmatch(document["error_description"]), document
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert all("\r" not in value and "\n" not in value for value in answer.headers.values())
    return answer


PATHS = st.sampled_from(
    [
        "/oauth/par",
        "/oauth/token",
        "/oauth/device_authorization",
        "/oauth/revoke",
        "/oauth/introspect",
        "/oauth/register",
    ]
)
NAMES = st.text(st.characters(exclude_characters="/"), min_size=1, max_size=20)


def app_of(target: Target, who: str) -> App:
    """Return the client that calls."""
    return target.party.public if who == "phone" else target.party.confidential


def changed(params: dict[str, str], changes: list[tuple[str, str, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return parameters with something dropped, replaced, doubled, added or renamed."""
    pairs = [(name.encode(), value.encode()) for name, value in params.items()]
    for how, name, value in changes:
        key = name.encode()
        if how in ("drop", "replace", "rename"):
            old = [each for each in pairs if each[0] == key]
            pairs = [each for each in pairs if each[0] != key]
            pairs += [(value, each[1]) for each in old] if how == "rename" else []
        if how in ("replace", "add", "double"):
            pairs.append((key, value))
    return pairs


def form_of(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """Encode parameters of any bytes."""
    return "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs).encode()


def post(target: Target, name: str, pairs: list[tuple[bytes, bytes]], proof: bytes | None = None) -> Answer:
    """Send a call of this name with other parameters."""
    who, path, _ = calls_of(target)[name]
    raw = target.proof(app_of(target, who), "POST", path).encode() if proof is None else proof
    headers: Headers = [(b"content-type", FORM.encode()), *([(b"dpop", raw)] if raw else [])]
    return check(target.send("POST", path, form_of(pairs), headers))


# Good calls, so that what follows starts from something


@pytest.mark.parametrize("name", CALLS)
def test_the_calls_to_begin_with_are_good(target: Target, name: str) -> None:
    """Each is answered, so that a change is all that can be wrong with it."""
    who, _, params = calls_of(target)[name]
    answer = post(target, name, changed(target.form(app_of(target, who), **params), []))
    if name == "device":
        assert json.loads(answer.body)["error"] in ("authorization_pending", "slow_down")
    else:
        assert answer.status in (200, 201), answer


# Parameters


@given(name=st.sampled_from(CALLS), changes=CHANGES, proof=PROOFS)
@settings(max_examples=300, suppress_health_check=SHARED)
def test_any_parameter(
    target: Target, name: str, changes: list[tuple[str, str, bytes]], proof: bytes | None
) -> None:
    """Parameters that are missing, twice, of another type or any bytes."""
    who, _, params = calls_of(target)[name]
    post(target, name, changed(target.form(app_of(target, who), **params), changes), proof)


@given(name=st.sampled_from(CALLS), parameter=st.sampled_from(PARAMETERS), value=BYTES)
@settings(max_examples=300, suppress_health_check=SHARED)
def test_each_parameter_alone(target: Target, name: str, parameter: str, value: bytes) -> None:
    """One at a time, so that all others let it come as far as it may."""
    who, _, params = calls_of(target)[name]
    pairs = changed(target.form(app_of(target, who), **params), [("replace", parameter, value)])
    post(target, name, pairs)


# Proofs and assertions


@given(
    name=st.sampled_from([name for name in CALLS if name not in ("revoke", "introspect")]),
    claim=st.sampled_from(["jti", "htm", "htu", "iat", "nonce", "ath", "exp"]),
    value=st.one_of(st.none(), JSON_TEXTS),
)
@settings(max_examples=200, suppress_health_check=SHARED)
def test_each_claim_of_a_proof(target: Target, name: str, claim: str, value: str | None) -> None:
    """Signed well, whatever it says."""
    who, path, params = calls_of(target)[name]
    app = app_of(target, who)
    proof = target.proof(app, "POST", path, raw={claim: value}).encode()
    post(target, name, changed(target.form(app, **params), []), proof)


@given(
    name=st.sampled_from(
        [name for name in CALLS if "confidential" in name or name in ("client", "introspect")]
    ),
    claim=st.sampled_from(["iss", "sub", "aud", "jti", "exp", "iat", "nbf"]),
    value=st.one_of(st.none(), JSON_TEXTS),
)
@settings(max_examples=200, suppress_health_check=SHARED)
def test_each_claim_of_an_assertion(target: Target, name: str, claim: str, value: str | None) -> None:
    """Likewise."""
    who, _, params = calls_of(target)[name]
    app = app_of(target, who)
    form = {**target.form(app, **params), "client_assertion": target.assertion(app, {claim: value})}
    post(target, name, changed(form, []))


@given(
    header=st.dictionaries(
        st.sampled_from(["typ", "alg", "jwk", "kid", "crit", "b64", "jku", "x5u", "x5c", "zip", "cty", "x"]),
        JSON_TEXTS,
        max_size=3,
    ),
    jwk=st.dictionaries(
        st.sampled_from(["kty", "crv", "x", "y", "d", "k", "n", "e", "alg", "use", "key_ops", "kid"]),
        JSON_TEXTS,
        max_size=2,
    ),
)
@settings(max_examples=200, suppress_health_check=SHARED)
def test_each_member_of_a_jose_header(target: Target, header: dict[str, str], jwk: dict[str, str]) -> None:
    """Of the proof, key and all, and of the assertion."""
    app = target.party.confidential
    assert app.identity is not None
    key = {name: json.dumps(value) for name, value in app.device.jwk.items()}
    usual = {"typ": '"dpop+jwt"', "alg": '"ES256"', "jwk": json_of({**key, **jwk}).decode()}
    claims = {"jti": '"x"', "htm": '"POST"', "htu": '"https://gateway.example/oauth/par"', "iat": "0"}
    form = target.form(app, **REQUEST)
    proof = compact({**usual, **header}, claims, app.device).encode()
    post(target, "par, confidential", changed(form, []), proof)
    client_id = json.dumps(app.client.client_id)
    forged = compact({"alg": '"ES256"', **header}, {"sub": client_id}, app.identity)
    post(target, "par, confidential", changed({**form, "client_assertion": forged}, []))


@given(
    what=st.sampled_from(["proof", "assertion"]),
    at=st.floats(0, 1),
    how=st.sampled_from(["cut", "insert", "replace"]),
    value=BYTES,
)
@settings(max_examples=150, suppress_health_check=SHARED)
def test_broken_jwts(target: Target, what: str, at: float, how: str, value: bytes) -> None:
    """Cut off, with something inserted, or with something else in their midst."""
    app = target.party.confidential
    whole = target.proof(app, "POST", "/oauth/par") if what == "proof" else target.assertion(app)
    place = int(at * len(whole))
    rest = {
        "cut": b"",
        "insert": value + whole[place:].encode(),
        "replace": value + whole[place + 1 :].encode(),
    }
    broken = whole[:place].encode() + rest[how]
    form = changed(target.form(app, **REQUEST), [])
    if what == "proof":
        post(target, "par, confidential", form, broken)
    else:
        pairs = [each for each in form if each[0] != b"client_assertion"]
        post(target, "par, confidential", [*pairs, (b"client_assertion", broken)])


# Documents


@given(
    members=st.dictionaries(
        st.sampled_from(["type", "purpose", "self", "friends", "country", "device_name", "build", "x"]),
        JSON_TEXTS,
        max_size=3,
    ),
    call=st.sampled_from(["par", "device authorization"]),
)
@settings(max_examples=150, suppress_health_check=SHARED)
def test_authorization_details(target: Target, members: dict[str, str], call: str) -> None:
    """Any JSON in any member."""
    good = json.loads(REQUEST["authorization_details"])[0]
    detail = json_of({**{name: json.dumps(value) for name, value in good.items()}, **members})
    who, _, params = calls_of(target)[call]
    form = target.form(app_of(target, who), **{**params, "authorization_details": f"[{detail.decode()}]"})
    post(target, call, changed(form, []))


@given(
    members=st.dictionaries(
        st.sampled_from([*METADATA, "jwks_uri", "client_id", "scope", "x"]), JSON_TEXTS, max_size=3
    ),
    jwk=st.dictionaries(
        st.sampled_from(["kty", "crv", "x", "y", "d", "n", "e", "use", "kid", "alg", "key_ops", "x5c"]),
        JSON_TEXTS,
        max_size=2,
    ),
    method=st.sampled_from(["POST", "PUT"]),
)
@settings(max_examples=200, suppress_health_check=SHARED)
def test_registrations(target: Target, members: dict[str, str], jwk: dict[str, str], method: str) -> None:
    """Any JSON in any member of the metadata, and of a key."""
    key = {name: json.dumps(value) for name, value in METADATA["jwks"]["keys"][0].items()}
    usual = {name: json.dumps(value) for name, value in METADATA.items()}
    usual["jwks"] = f'{{"keys":[{json_of({**key, **jwk}).decode()}]}}'
    path = "/oauth/register" if method == "POST" else f"/oauth/register/{target.known['client']}"
    token = target.known["ticket" if method == "POST" else "management"]
    headers = [(b"content-type", b"application/json"), (b"authorization", f"Bearer {token}".encode())]
    check(target.send(method, path, json_of({**usual, **members}), headers))


@given(
    method=st.sampled_from(["POST", "PUT", "GET", "DELETE", "HEAD", "X"]),
    path=st.one_of(PATHS, NAMES.map("/oauth/grants/{}".format), NAMES.map("/oauth/register/{}".format)),
    body=BYTES,
    kind=st.one_of(st.sampled_from([FORM.encode(), b"application/json", b"text/plain", b""]), BYTES),
    fields=st.lists(st.tuples(st.sampled_from([b"dpop", b"authorization", b"x"]), BYTES), max_size=3),
    query=st.one_of(st.just(b""), BYTES),
)
@settings(max_examples=200, suppress_health_check=SHARED)
def test_any_bytes(target: Target, method: str, path: str, body: bytes, **rest: Free) -> None:
    """Any body of any type, any fields, any query, any name in a path."""
    headers = [(b"content-type", rest["kind"]), *rest["fields"]]
    answer = target.send(method, path, body, headers, rest["query"])
    # Starlette's own 404 is for a path that no route matches, such as one with a line break.
    if method != "HEAD" and answer.headers["content-type"].startswith("application/json"):
        check(answer)
    assert answer.status < 500


@given(subject=NAMES, odd=BYTES)
@settings(max_examples=100, suppress_health_check=SHARED)
def test_any_name_of_a_grant_or_client(target: Target, subject: str, odd: bytes) -> None:
    """With a good token, so that the name is looked up, and with any other."""
    app = target.party.confidential
    path = f"/oauth/grants/{subject}"
    proof = target.proof(app, "GET", path, token=target.known["own"]).encode()
    for token in (target.known["own"].encode(), odd):
        fields = [(b"authorization", b"DPoP " + token), (b"dpop", proof)]
        assert target.send("GET", path, b"", fields).status in (401, 404)
    for token in (target.known["management"].encode(), odd):
        fields = [(b"authorization", b"Bearer " + token)]
        assert target.send("GET", f"/oauth/register/{subject}", b"", fields).status in (401, 404)


def test_a_nul_stops_at_the_door(tmp_path: Path, postgres_url: str) -> None:
    """PostgreSQL holds no NUL in a text: in every parameter and claim of every call it is refused before."""
    with fuzz_target(tmp_path, postgres_url) as target:
        for name in CALLS:
            who, _, params = calls_of(target)[name]
            app = app_of(target, who)
            for parameter in PARAMETERS:
                pairs = changed(target.form(app, **params), [("replace", parameter, b"a\x00b")])
                post(target, name, pairs)
            for claim in ("iss", "sub", "jti") if app.identity else ():
                forged = target.assertion(app, {claim: '"a\\u0000b"'})
                post(target, name, changed({**target.form(app, **params), "client_assertion": forged}, []))
        token = target.known["management"].encode()
        path = "/oauth/register/a\x00b"
        assert check(target.send("GET", path, b"", [(b"authorization", b"Bearer " + token)])).status == 401
