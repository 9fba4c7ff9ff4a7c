"""RFC 9449 section 4.3, step by step: each test fails without its step. joserfc is the other opinion.

What proves is one thing here, and what comes out of a proof that does not is another: `ProofRejected` alone,
whatever bytes somebody sends.
"""

import base64
import hashlib
import json
import warnings
from typing import Any, TypeAlias

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from bailment.model.encoding import base64url
from bailment.model.errors import Malformed
from bailment.oauth.rfc9449 import (
    BUCKET_S,
    FUTURE_S,
    MOST_JTI,
    MOST_PROOF,
    PAST_S,
    Proof,
    ProofRejected,
    check_proof,
    public_key,
)

Json: TypeAlias = Any

NOW_S = 1_790_000_000
URI = "https://gateway.example/v1/me"
TOKEN = "a-made-up-token"
P256 = ec.derive_private_key(0x1234567, ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
ATH = base64url(hashlib.sha256(TOKEN.encode()).digest())


def numbers_of(key: ec.EllipticCurvePrivateKey) -> dict[str, Json]:
    """Return the public JWK of a P-256 key."""
    point = key.public_key().public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": base64url(point.x.to_bytes(32)),
        "y": base64url(point.y.to_bytes(32)),
    }


EC_JWK = numbers_of(P256)
ED_JWK: dict[str, Json] = {"kty": "OKP", "crv": "Ed25519", "x": base64url(ED.public_key().public_bytes_raw())}
HEADER: dict[str, Json] = {"typ": "dpop+jwt", "alg": "ES256", "jwk": EC_JWK}
CLAIMS: dict[str, Json] = {"jti": "one", "htm": "GET", "htu": URI, "iat": NOW_S, "ath": ATH}


def part(value: Json) -> str:
    """Spell a part of a JWS: JSON of a value, or bytes as they are."""
    return base64url(value if isinstance(value, bytes) else json.dumps(value).encode())


def sign_es256(signed: bytes, key: ec.EllipticCurvePrivateKey = P256) -> bytes:
    """Sign as ES256: r and s, 32 bytes each."""
    r, s = utils.decode_dss_signature(key.sign(signed, ec.ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def proof_of(header: Json = HEADER, claims: Json = CLAIMS) -> str:
    """Sign any header and claims with the P-256 key."""
    signed = f"{part(header)}.{part(claims)}"
    return f"{signed}.{base64url(sign_es256(signed.encode()))}"


def check(proof: str, *, method: str = "GET", uri: str = URI, token: str | None = TOKEN) -> Proof:
    """Check a proof for the usual request."""
    return check_proof(proof, method=method, uri=uri, token=token, now_s=NOW_S)


def rejected(proof: str, why: str, *, method: str = "GET", uri: str = URI) -> None:
    """Expect a rejection whose sentence contains `why`."""
    with pytest.raises(ProofRejected) as caught:
        check(proof, method=method, uri=uri)
    assert why in caught.value.message
    assert caught.value.where == "DPoP"


def changed(base: dict[str, Json], **other: Json) -> dict[str, Json]:
    """Return a copy with other members; `...` takes one away."""
    return {name: value for name, value in {**base, **other}.items() if value is not ...}


def test_a_sound_proof_gives_key_and_mark() -> None:
    """A sound proof gives the thumbprint of its key, a mark of 32 bytes and the bucket of its `iat`."""
    proof = check(proof_of())
    canonical = json.dumps(EC_JWK, sort_keys=True, separators=(",", ":"))
    assert proof.jkt == base64url(hashlib.sha256(canonical.encode()).digest())
    assert proof.mark == hashlib.sha256(f"{proof.jkt}\0one".encode()).digest()
    assert proof.bucket == NOW_S // BUCKET_S


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
def test_an_ed25519_key_proves_too(alg: str) -> None:
    """Ed25519 is accepted under its old and its new name (RFC 9864)."""
    signed = f"{part({'typ': 'dpop+jwt', 'alg': alg, 'jwk': ED_JWK})}.{part(CLAIMS)}"
    proof = check(f"{signed}.{base64url(ED.sign(signed.encode()))}")
    assert len(proof.jkt) == 43
    rejected(f"{signed}.{base64url(bytes(64))}", "does not verify")
    rejected(f"{signed}.", "does not verify")


# Step 1 and 2: exactly one proof, a well-formed JWT.


@pytest.mark.parametrize(
    "raw",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "....",
        proof_of() + ".x",
        proof_of().replace(".", "", 1),
        "\ud800.a.b",
    ],
)
def test_what_is_no_compact_jws_is_rejected(raw: str) -> None:
    """Anything but three parts with two dots is not a proof."""
    with pytest.raises(ProofRejected):
        check(raw)


def test_two_proofs_in_one_field_are_none() -> None:
    """Two proofs joined as repeated header fields are, with a comma, do not pass for one."""
    for joint in (", ", ",", " "):
        with pytest.raises(ProofRejected):
            check(proof_of() + joint + proof_of())


@pytest.mark.parametrize("raw", ["{}", "[]", "null", "1", '"x"', "", "{", '{"typ":1}', "\x00", '{"a":NaN}'])
def test_a_part_that_is_not_the_json_we_want_is_rejected(raw: str) -> None:
    """Header and claims must be JSON objects with their members, each of its type."""
    rejected(proof_of(header=raw.encode()), "header")
    rejected(proof_of(claims=raw.encode()), "claims")


@pytest.mark.parametrize(
    "raw", [b"\xff", b'{"jti":"\xed\xa0\x80"}', b'{"jti":"\\ud800"}', b"[" * 2000, b'{"a":' * 500]
)
def test_bytes_that_are_no_json_at_all_are_rejected(raw: bytes) -> None:
    """Broken UTF-8, half surrogates and endless nesting are rejected like any other text."""
    rejected(proof_of(header=raw), "header")
    rejected(proof_of(claims=raw), "claims")


def test_deep_nesting_inside_a_sound_header_is_rejected() -> None:
    """Nesting inside a member that is not read, or inside the key, does not get further either."""
    deep = "[" * 1200 + "]" * 1200
    for text in (f'"more":{deep}', f'"jwk":{{"kty":"EC","x":{deep}}}'):
        rejected(proof_of(header=('{"typ":"dpop+jwt","alg":"ES256",' + text + "}").encode()), "header")


@pytest.mark.parametrize("broken", ["=", "+", "/", "\n", " ", "é", "!", "AAAAA", "-"])
def test_base64url_is_strict(broken: str) -> None:
    """Padding, the other alphabet, blanks and impossible lengths are rejected in every part."""
    for place in range(3):
        parts = proof_of().split(".")
        parts[place] += broken if len(broken) == 1 else broken[: 5 - len(parts[place]) % 4 or None]
        with pytest.raises(ProofRejected):
            check(".".join(parts))


def test_a_proof_that_is_too_long_is_rejected_unread() -> None:
    """The limit counts characters: at it a proof is read, above it it is not."""
    room = MOST_PROOF - len(proof_of(claims=changed(CLAIMS, more="")))
    longest = next(
        proof
        for size in range(room * 3 // 4, 0, -1)
        if len(proof := proof_of(claims=changed(CLAIMS, more="x" * size))) <= MOST_PROOF
    )
    assert check(longest).jkt
    rejected(proof_of(claims=changed(CLAIMS, more="x" * room)), "too long")
    rejected("a" * 10_000_000, "too long")


# Step 3: all required claims; the types are part of it.


@pytest.mark.parametrize("name", ["jti", "htm", "htu", "iat"])
def test_every_required_claim_is_required(name: str) -> None:
    """A proof without one of the claims of section 4.2, or with null or another type there, is rejected."""
    wrong: list[Json] = [..., None, [], {}, True]
    for value in wrong:
        rejected(proof_of(claims=changed(CLAIMS, **{name: value})), "claims")


@pytest.mark.parametrize("iat", [1.5, str(NOW_S), -1.0, 1e300])
def test_an_iat_that_is_no_whole_number_is_rejected(iat: Json) -> None:
    """Our clients send whole seconds, and so the bucket of a proof is beyond doubt."""
    rejected(proof_of(claims=changed(CLAIMS, iat=iat)), "claims")


# Step 4: typ.


@pytest.mark.parametrize(
    "typ", [..., "JWT", "jwt", "DPOP+JWT", "application/dpop+jwt", "", None, 1, ["dpop+jwt"]]
)
def test_another_typ_is_rejected(typ: Json) -> None:
    """A JWT that was signed with the same key for something else is not a proof."""
    with pytest.raises(ProofRejected):
        check(proof_of(header=changed(HEADER, typ=typ)))


@pytest.mark.parametrize("crit", [[], ["b64"], ["exp"]])
def test_a_critical_extension_is_rejected(crit: list[str]) -> None:
    """We understand none (RFC 7515 section 4.1.11)."""
    rejected(proof_of(header=changed(HEADER, crit=crit)), "crit")


# Step 5: alg is an asymmetric algorithm that we accept.


@pytest.mark.parametrize(
    "alg",
    [
        "none",
        "None",
        "",
        "HS256",
        "RS256",
        "PS256",
        "ES384",
        "ES512",
        "ES256K",
        "EdDSA",
        "es256",
        "Ed448",
        None,
    ],
)
def test_another_algorithm_is_rejected(alg: str | None) -> None:
    """Only ES256 goes with a P-256 key: no other name, and above all not `none` or HMAC."""
    with pytest.raises(ProofRejected):
        check(proof_of(header=changed(HEADER, alg=alg)))


def test_an_unsigned_proof_is_rejected() -> None:
    """`none` with an empty signature does not pass."""
    rejected(f"{part(changed(HEADER, alg='none'))}.{part(CLAIMS)}.", "alg and jwk")


def test_a_public_key_as_hmac_secret_is_rejected() -> None:
    """The confusion of algorithms: HS256 over a public key that everybody knows proves nothing."""
    secret: dict[str, Json] = {"kty": "oct", "k": base64url(json.dumps(EC_JWK).encode())}
    for jwk in (secret, EC_JWK):
        token = jws.serialize_compact(
            {"typ": "dpop+jwt", "alg": "HS256", "jwk": jwk}, json.dumps(CLAIMS), OctKey.import_key(secret)
        )
        with pytest.raises(ProofRejected):
            check(token)


def test_an_rsa_key_is_rejected() -> None:
    """RSA is asymmetric, but not among what we accept; its proof is rejected by name."""
    key = RSAKey.import_key(rsa.generate_private_key(65537, 2048))
    header = {"typ": "dpop+jwt", "alg": "RS256", "jwk": key.as_dict(private=False)}
    rejected(jws.serialize_compact(header, json.dumps(CLAIMS), key), "alg and jwk")


# Step 6: the signature verifies under the public key in jwk. Step 7: no private key there.


def test_another_keys_signature_is_rejected() -> None:
    """The signature must be that of the key in the header."""
    other = ec.derive_private_key(99, ec.SECP256R1())
    rejected(proof_of(header=changed(HEADER, jwk=numbers_of(other))), "does not verify")


def test_every_flipped_bit_is_rejected() -> None:
    """No bit of header, claims or signature can be another."""
    parts = [base64.urlsafe_b64decode(each + "==") for each in proof_of().split(".")]
    for place, raw in enumerate(parts):
        for bit in range(8 * len(raw)):
            flipped = bytearray(raw)
            flipped[bit // 8] ^= 1 << bit % 8
            with pytest.raises(ProofRejected):
                check(
                    ".".join(
                        base64url(bytes(flipped) if at == place else each) for at, each in enumerate(parts)
                    )
                )


@pytest.mark.parametrize("length", [0, 1, 63, 65, 70, 72])
def test_a_signature_has_64_bytes(length: int) -> None:
    """Also the DER form, which has another length, is not what JWS wants."""
    signed = f"{part(HEADER)}.{part(CLAIMS)}"
    rejected(f"{signed}.{base64url(bytes(length))}", "64 bytes")
    rejected(f"{signed}.{base64url(P256.sign(signed.encode(), ec.ECDSA(SHA256())))}", "64 bytes")


@pytest.mark.parametrize("raw", [bytes(64), bytes(63) + b"\1", b"\xff" * 64])
def test_numbers_out_of_range_do_not_verify(raw: bytes) -> None:
    """Zero, or more than the group's order, is no signature, whatever the key."""
    rejected(f"{part(HEADER)}.{part(CLAIMS)}.{base64url(raw)}", "does not verify")


@pytest.mark.parametrize("member", ["d", "k"])
def test_a_private_key_is_rejected_by_name(member: str) -> None:
    """A jwk with a private or secret member is told to be one, even when it is null."""
    for value in ("AAAA", None, ""):
        rejected(proof_of(header=changed(HEADER, jwk={**EC_JWK, member: value})), "private key")


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "EC"},
        changed(EC_JWK, y=...),
        changed(EC_JWK, x=...),
        changed(EC_JWK, x=5),
        changed(EC_JWK, x=["a"]),
        changed(EC_JWK, x={}),
        changed(EC_JWK, x=None),
        changed(EC_JWK, x=EC_JWK["x"] + "A"),
        changed(EC_JWK, x="AA" + EC_JWK["x"]),
        changed(EC_JWK, x=EC_JWK["y"], y=EC_JWK["x"]),
        changed(EC_JWK, x=base64url(bytes(32)), y=base64url(bytes(32))),
        changed(EC_JWK, x=base64url(b"\xff" * 32)),
        changed(EC_JWK, crv="P-384"),
        changed(EC_JWK, kty="OKP"),
        changed(ED_JWK, x=base64url(bytes(31))),
        ED_JWK,
    ],
)
def test_a_key_that_is_none_is_rejected(jwk: dict[str, Json]) -> None:
    """Missing members, other types, points off the curve and other curves are no P-256 key."""
    with pytest.raises(ProofRejected):
        check(proof_of(header=changed(HEADER, jwk=jwk)))
    with pytest.raises(ProofRejected):
        public_key(jwk, "ES256")


@pytest.mark.parametrize("x", [base64url(bytes(31)), base64url(bytes(33)), "", 7, None])
def test_an_ed25519_key_has_32_bytes(x: Json) -> None:
    """Any other length or type is no Ed25519 key."""
    with pytest.raises(ProofRejected):
        public_key({"kty": "OKP", "crv": "Ed25519", "x": x}, "EdDSA")


# Step 8: htm.


@pytest.mark.parametrize("htm", ["POST", "get", "Get", "", "GET ", "HEAD"])
def test_another_method_is_rejected(htm: str) -> None:
    """Methods are compared letter by letter (RFC 9110 section 9.1)."""
    rejected(proof_of(claims=changed(CLAIMS, htm=htm)), "htm")
    assert check(proof_of(claims=changed(CLAIMS, htm="POST")), method="POST").jkt


# Step 9: htu, without query and fragment, after normalisation.


@pytest.mark.parametrize(
    "htu",
    [
        URI,
        URI + "?since=4",
        URI + "#top",
        URI + "?a#b",
        "HTTPS://gateway.example/v1/me",
        "https://GATEWAY.Example/v1/me",
        "https://gateway.example:443/v1/me",
        "https://gateway.example:/v1/me",
    ],
)
def test_spellings_of_the_same_uri_are_equal(htu: str) -> None:
    """Query and fragment do not count, nor the case of scheme and host, nor the default port."""
    assert check(proof_of(claims=changed(CLAIMS, htu=htu))).jkt


@pytest.mark.parametrize(
    "htu",
    [
        "http://gateway.example/v1/me",
        "https://gateway.example/v1/friends",
        "https://gateway.example/v1/me/",
        "https://gateway.example/V1/me",
        "https://gateway.example/v1/%6De",
        "https://gateway.example/v1/../v1/me",
        "https://gateway.example:8443/v1/me",
        "https://gateway.example:0/v1/me",
        "https://gateway.example:80/v1/me",
        "https://gateway.example.evil.example/v1/me",
        "https://evil.example/v1/me",
        "https://gateway.example@evil.example/v1/me",
        "https://someone@gateway.example/v1/me",
        "https://:@gateway.example/v1/me",
        "https:///v1/me",
        "https:gateway.example/v1/me",
        "//gateway.example/v1/me",
        "/v1/me",
        "gateway.example/v1/me",
        "",
        "https://gateway.example:x/v1/me",
        "https://gateway.example:99999/v1/me",
        "https://[::1/v1/me",
        "https://gateway.example/v1/m\ne",
        " https://gateway.example/v1/me",
        "https://gateway.example\\@evil.example/v1/me",
        "https://gateway\u3002example/v1/me",
        "https://gateway.\u212bxample/v1/me",
    ],
)
def test_another_uri_is_rejected(htu: str) -> None:
    """Whatever names another resource, or another host, or nothing at all, does not match."""
    rejected(proof_of(claims=changed(CLAIMS, htu=htu)), "htu")


def test_an_origin_with_a_port_is_compared_with_it() -> None:
    """The configured origin may carry a port, and an IPv6 address."""
    for uri in ("http://127.0.0.1:8400/v1/me", "http://[::1]:8400/v1/me"):
        assert check(proof_of(claims=changed(CLAIMS, htu=uri)), uri=uri).jkt
        rejected(proof_of(claims=changed(CLAIMS, htu=uri.replace(":8400", ""))), "htu", uri=uri)
    assert check(proof_of(claims=changed(CLAIMS, htu="http://h:80")), uri="http://h/").jkt


# Step 11: the window of iat.


@pytest.mark.parametrize("age", [-FUTURE_S, -FUTURE_S + 1, 0, PAST_S - 1, PAST_S])
def test_at_the_edges_of_the_window_a_proof_holds(age: int) -> None:
    """The oldest and the most advanced second are still inside; the bucket is that of `iat`."""
    assert check(proof_of(claims=changed(CLAIMS, iat=NOW_S - age))).bucket == (NOW_S - age) // BUCKET_S


@pytest.mark.parametrize("iat", [NOW_S - PAST_S - 1, NOW_S + FUTURE_S + 1, 0, -1, 10**30, -(10**30)])
def test_outside_the_window_a_proof_is_rejected(iat: int) -> None:
    """A second too old or too far ahead, and any absurd number, is rejected."""
    rejected(proof_of(claims=changed(CLAIMS, iat=iat)), "iat")


def test_the_window_spans_at_most_two_buckets() -> None:
    """So a replay table that is two buckets ahead of the clock holds nothing that could still be used."""
    assert PAST_S + FUTURE_S < BUCKET_S


# Step 12: ath.


@pytest.mark.parametrize(
    "ath", [..., None, "", ATH + "=", ATH[:-1], ATH.swapcase(), "é", base64url(bytes(32))]
)
def test_another_tokens_hash_is_rejected(ath: Json) -> None:
    """A proof for another token, or for none, does not go with this one."""
    rejected(proof_of(claims=changed(CLAIMS, ath=ath)), "ath")


def test_without_a_token_there_is_no_hash_to_check() -> None:
    """Enrolment has no token yet: its proof needs no `ath`."""
    assert check(proof_of(claims=changed(CLAIMS, ath=...)), token=None).jkt


# jti, and with the store the last step.


@pytest.mark.parametrize("jti", ["", "x" * (MOST_JTI + 1)])
def test_a_jti_has_a_length(jti: str) -> None:
    """An empty one is none, and an endless one is refused."""
    rejected(proof_of(claims=changed(CLAIMS, jti=jti)), "jti")
    assert check(proof_of(claims=changed(CLAIMS, jti="x" * MOST_JTI))).mark


def test_a_mark_is_of_key_and_jti_alone() -> None:
    """One `jti` under one key is one mark, whatever else is signed; under another key it is another."""
    assert check(proof_of()).mark == check(proof_of(claims=changed(CLAIMS, more=1, iat=NOW_S - 1))).mark
    assert check(proof_of()).mark != check(proof_of(claims=changed(CLAIMS, jti="two"))).mark
    signed = f"{part({'typ': 'dpop+jwt', 'alg': 'EdDSA', 'jwk': ED_JWK})}.{part(CLAIMS)}"
    assert check(proof_of()).mark != check(f"{signed}.{base64url(ED.sign(signed.encode()))}").mark


# Thumbprints and the specifications' own examples.


def test_a_thumbprint_is_that_of_the_required_members_in_order() -> None:
    """Other members of the key, their order and their spelling do not change it (RFC 7638 section 3)."""
    more = {"use": "sig", "kid": "1", "y": EC_JWK["y"], "x": EC_JWK["x"], "crv": "P-256", "kty": "EC"}
    assert public_key(more, "ES256")[1] == public_key(EC_JWK, "ES256")[1]
    assert public_key(EC_JWK, "ES256")[1] == ECKey.import_key(EC_JWK).thumbprint()
    assert public_key(ED_JWK, "EdDSA")[1] == OKPKey.import_key(ED_JWK).thumbprint()


def test_the_thumbprint_of_rfc_8037_is_ours() -> None:
    """RFC 8037 appendix A.3 gives an Ed25519 key and its RFC 7638 thumbprint."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert public_key(jwk, "EdDSA")[1] == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


# RFC 9449 figure 2, with its time of 2019, and figure 7's proof for a protected resource.
EXAMPLE_KEY = {
    "kty": "EC",
    "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
    "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
    "crv": "P-256",
}
EXAMPLE = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0R"
    "scEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMj"
    "U2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rv"
    "a2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nf"
    "bV37xRZT3Lg"
)
EXAMPLE_WITH_TOKEN = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0R"
    "scEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMj"
    "U2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9w"
    "cm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWt"
    "zbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
)
EXAMPLE_TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"


def test_the_examples_of_rfc_9449_hold_at_their_time() -> None:
    """Figures 2 and 7 of the RFC prove what they say, with the thumbprint that section 6 gives."""
    first = check_proof(
        EXAMPLE, method="POST", uri="https://server.example.com/token", token=None, now_s=1_562_262_616
    )
    second = check_proof(
        EXAMPLE_WITH_TOKEN,
        method="GET",
        uri="https://resource.example.org/protectedresource",
        token=EXAMPLE_TOKEN,
        now_s=1_562_262_620,
    )
    assert first.jkt == second.jkt == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
    assert first.jkt == public_key(EXAMPLE_KEY, "ES256")[1]


# The other opinion.


def joserfc_accepts(proof: str) -> bool:
    """Tell whether joserfc verifies the proof's signature under the key in its own header."""
    try:
        header = jws.extract_compact(proof.encode()).headers()
        key = (ECKey if header["jwk"].get("kty") == "EC" else OKPKey).import_key(header["jwk"])
        with warnings.catch_warnings(category=SecurityWarning, action="ignore"):  # It calls EdDSA deprecated.
            verified = jws.deserialize_compact(proof, key, algorithms=["ES256", "EdDSA", "Ed25519"])
        json.loads(verified.payload)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    return True


def we_accept(proof: str) -> bool:
    """Tell whether we do; nothing but ProofRejected may come out."""
    try:
        check(proof)
    except ProofRejected:
        return False
    return True


def test_what_joserfc_signs_we_accept() -> None:
    """Proofs by another implementation hold, with either kind of key."""
    for key, alg in ((ECKey.import_key(P256), "ES256"), (OKPKey.import_key(ED), "EdDSA")):
        header = {"typ": "dpop+jwt", "alg": alg, "jwk": key.as_dict(private=False)}
        with warnings.catch_warnings(category=SecurityWarning, action="ignore"):  # It calls EdDSA deprecated.
            proof = jws.serialize_compact(header, json.dumps(CLAIMS), key, algorithms=[alg])
        assert check(proof).jkt == key.thumbprint()
        assert joserfc_accepts(proof)


ED_SIGNED = f"{part({'typ': 'dpop+jwt', 'alg': 'EdDSA', 'jwk': ED_JWK})}.{part(CLAIMS)}"
ED_PROOF = f"{ED_SIGNED}.{base64url(ED.sign(ED_SIGNED.encode()))}"
SOUND = (proof_of(), EXAMPLE, ED_PROOF)
ALPHABET = 'ABCXYZabcxyz0189-_.=+/ \n\x00é{}"'


@given(
    st.sampled_from(SOUND),
    st.lists(
        st.tuples(
            st.integers(0, 700), st.sampled_from(ALPHABET), st.sampled_from(["set", "cut", "add", "swap"])
        ),
        max_size=4,
    ),
)
def test_whatever_is_changed_in_a_proof_only_a_rejection_comes_out(
    proof: str, edits: list[tuple[int, str, str]]
) -> None:
    """Any edit of a sound proof gives a proof or ProofRejected; what we accept, joserfc accepts too."""
    for at, letter, kind in edits:
        place = at % (len(proof) + 1)
        match kind:
            case "set":
                proof = proof[:place] + letter + proof[place + 1 :]
            case "cut":
                proof = proof[:place] + proof[place + at % 9 :]
            case "add":
                proof = proof[:place] + letter + proof[place:]
            case _:
                proof = proof[place:] + proof[:place]
    if we_accept(proof):
        assert joserfc_accepts(proof)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_no_text_at_all_does_more_than_be_rejected(raw: str) -> None:
    """Text of any kind is rejected and nothing worse."""
    for proof in (
        raw,
        f"{raw}.{raw}.{raw}",
        f"{part(HEADER)}.{raw}.{raw}",
        f"{part(raw.encode('utf-8', 'replace'))}.e30.e30",
    ):
        assert not we_accept(proof)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from([*HEADER, "crit", "kid", "b64"]), JSON, max_size=3),
    st.dictionaries(st.sampled_from([*EC_JWK, "d", "k", "use"]), JSON, max_size=2),
    st.dictionaries(st.sampled_from([*CLAIMS, "nonce", "exp"]), JSON, max_size=3),
)
def test_any_json_in_a_signed_proof_is_accepted_or_rejected(
    header: dict[str, Json], jwk: dict[str, Json], claims: dict[str, Json]
) -> None:
    """Members of any type and value in a rightly signed proof never bring out anything else."""
    full = {**HEADER, "jwk": {**EC_JWK, **jwk}, **header}
    proof = proof_of(header=full, claims={**CLAIMS, **claims})
    # joserfc also checks members that we do not read.
    if we_accept(proof) and not {"kid", "b64", "crit"} & full.keys() and "use" not in full["jwk"]:
        assert joserfc_accepts(proof)


def test_a_rejection_is_a_malformed_request() -> None:
    """The caller is at fault, and the family says so."""
    assert issubclass(ProofRejected, Malformed)
