"""What a fuzz run puts where something else belongs: bytes for parameters, JSON texts for members."""

import json

from hypothesis import strategies as st

from tests.support.oauth_fuzz import REQUEST

CALLS = [
    "par",
    "par, confidential",
    "code",
    "refresh",
    "refresh, confidential",
    "client",
    "device",
    "device authorization",
    "revoke",
    "introspect",
]
PARAMETERS = [
    *REQUEST,
    "client_id",
    "client_assertion",
    "client_assertion_type",
    "client_secret",
    "grant_type",
    "code",
    "code_verifier",
    "refresh_token",
    "device_code",
    "scope",
    "token",
    "token_type_hint",
    "resource",
    "request",
    "request_uri",
    "response_mode",
    "dpop_jkt",
    "grant_management_action",
    "grant_id",
]

ODD_BYTES = [
    b"",
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"%00",
    b"%",
    b"%zz",
    b"\r\nx: y",
    b"' OR 1=1 --",
    b"${7*7}",
    "\u202e\u0000\ufeff\U0010ffff".encode(),
    b"x" * 300,
    b"x" * 20_000,
    b"[" * 5_000,
    b"9" * 400,
    b"-1",
    b"1e400",
    b"null",
    b"https://gateway.example",
    b"S256",
    b"plain",
    b"private_key_jwt",
    b"merge",
    b"urn:ietf:params:oauth:request_uri:x",
]
BYTES = st.one_of(st.sampled_from(ODD_BYTES), st.binary(max_size=30), st.text(max_size=20).map(str.encode))
ODD_JSON = [
    "1e400",
    "-1e400",
    "1e-400",
    "NaN",
    "Infinity",
    "-0",
    "1.5",
    "9" * 400,
    "-" + "9" * 30,
    str(2**63),
    str(2**64),
    "true",
    "null",
    '""',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"\\u202e"',
    '"' + "x" * 3_000 + '"',
    '"x',
    "[]",
    "{}",
    "[" * 900 + "]" * 900,
    "[" * 900,
    '{"a":' * 900 + "1" + "}" * 900,
    "01",
    "'x'",
    '"https://gateway.example"',
    '["https://gateway.example"]',
    '"ES256"',
    '"none"',
]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
JSON_TEXTS = st.one_of(st.sampled_from(ODD_JSON), JSON_VALUES.map(json.dumps))
# A missing proof, one that is none, and else a good one.
PROOFS = st.one_of(st.none(), st.none(), st.just(b""), BYTES)
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["drop", "replace", "double", "add", "rename"]), st.sampled_from(PARAMETERS), BYTES
    ),
    max_size=3,
)
