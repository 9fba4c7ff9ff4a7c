"""Whatever an authenticator answers, random or nearly right, is accepted or PasskeyRefused."""

import asyncio
import contextlib
import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailment.model.encoding import base64url
from bailment.oauth.ceremonies import PasskeyRefused
from bailment.oauth.passkeys import Passkeys
from bailment.oauth.sessions import new_visit
from tests.support.authenticator import Authenticator
from tests.support.world import NOW, open_world, person

ORIGIN, RP_ID = "https://gateway.example", "gateway.example"
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.binary(max_size=70),
    st.text(max_size=10),
    st.sampled_from([-7, -8, -257, -48, 1, 2, 3, 7, b"", bytes(32), "EC2", "none", "packed", "tpm"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(-4, 4), inner, max_size=5),
    max_leaves=8,
)
# A key with any member changed, any CBOR instead of one, and any bytes instead of CBOR.
GOOD_KEY = {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)}
COSE_KEYS = st.one_of(
    st.dictionaries(st.sampled_from(list(GOOD_KEY)), VALUES).map(lambda odd: cbor2.dumps(GOOD_KEY | odd)),
    VALUES.map(cbor2.dumps),
    st.binary(max_size=80),
)
STATEMENTS = st.dictionaries(
    st.sampled_from(["sig", "x5c", "response", "alg", "ver", "certInfo", "pubArea", "x"]), VALUES, max_size=3
)
FORMATS = st.one_of(
    st.sampled_from(["none", "packed", "tpm", "apple", "fido-u2f", "android-key", "android-safetynet"]),
    VALUES,
)
ODD_JSON = st.recursive(
    SCALARS.filter(lambda value: not isinstance(value, bytes)) | st.binary(max_size=60).map(base64url),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)
PARTS = ["authenticatorData", "signature", "userHandle", "transports"]
MEMBERS = st.dictionaries(
    st.sampled_from(
        ["id", "rawId", "type", "authenticatorAttachment", "clientDataJSON", "attestationObject", *PARTS]
    ),
    ODD_JSON,
    min_size=1,
    max_size=3,
)


@dataclass
class Ceremony:
    """The ceremonies over one store, with a passkey of person 1."""

    loop: asyncio.AbstractEventLoop
    passkeys: Passkeys
    known: Authenticator

    def register(self, made: Authenticator, odd: dict[str, object] | None = None) -> bool:
        """Register a passkey with these members of the answer changed; tell whether it was accepted."""
        visit = new_visit(NOW)
        options = self.loop.run_until_complete(self.passkeys.register_options(visit, 1, "Ada", NOW))
        answer = _changed(made.create(options), odd or {})
        with contextlib.suppress(PasskeyRefused):
            self.loop.run_until_complete(self.passkeys.register(visit, 1, answer, "x", NOW))
            self.loop.run_until_complete(self.passkeys.remove(1, made.credential_id))
            return True
        return False

    def sign_in(self, held: Authenticator, odd: dict[str, object] | None = None) -> bool:
        """Likewise, sign in."""
        visit = new_visit(NOW)
        answer = _changed(held.get(self.passkeys.sign_in_options(visit, NOW)), odd or {})
        with contextlib.suppress(PasskeyRefused):
            return self.loop.run_until_complete(self.passkeys.sign_in(visit, answer, NOW)) == 1
        return False


def _changed(answer: str, odd: dict[str, object]) -> str:
    whole = json.loads(answer)
    for name, value in odd.items():
        (whole if name in ("id", "rawId", "type", "authenticatorAttachment") else whole["response"])[name] = (
            value
        )
    return json.dumps(whole)


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ceremony]:
    """Give the ceremonies."""
    loop = asyncio.new_event_loop()
    opened = open_world(tmp_path_factory.mktemp("passkeys"))
    world = loop.run_until_complete(opened.__aenter__())
    try:
        loop.run_until_complete(world.people(person(1)))
        passkeys, known = Passkeys(world.store, ORIGIN, RP_ID), Authenticator(RP_ID, ORIGIN)
        visit = new_visit(NOW)
        options = loop.run_until_complete(passkeys.register_options(visit, 1, "Ada", NOW))
        loop.run_until_complete(passkeys.register(visit, 1, known.create(options), "x", NOW))
        yield Ceremony(loop, passkeys, known)
    finally:
        loop.run_until_complete(opened.__aexit__(None, None, None))
        loop.close()


def test_the_answers_to_begin_with_are_good(ceremony: Ceremony) -> None:
    """So that a change is all that can be wrong with them."""
    assert ceremony.register(Authenticator(RP_ID, ORIGIN))
    assert ceremony.sign_in(ceremony.known)


@pytest.mark.parametrize("key", [[], [1, 2], "", "text", 7, None, {}, {1: 2}, {1: [], 3: {}}, GOOD_KEY])
def test_a_cose_key_that_is_none_is_refused(ceremony: Ceremony, key: object) -> None:
    """The package takes a list or a text for a mapping."""
    made = Authenticator(RP_ID, ORIGIN, cose_key=cbor2.dumps(key))
    assert ceremony.register(made) == (key == GOOD_KEY)


@given(key=COSE_KEYS)
@settings(max_examples=300, suppress_health_check=SHARED)
def test_any_cose_key(ceremony: Ceremony, key: bytes) -> None:
    """One that is accepted may still be of no use: then nobody signs in with it."""
    visit = new_visit(NOW)
    made = Authenticator(RP_ID, ORIGIN, cose_key=key)
    options = ceremony.loop.run_until_complete(ceremony.passkeys.register_options(visit, 1, "Ada", NOW))
    answer = made.create(options)
    with contextlib.suppress(PasskeyRefused):
        ceremony.loop.run_until_complete(ceremony.passkeys.register(visit, 1, answer, "x", NOW))
        assert not ceremony.sign_in(made)
        assert ceremony.loop.run_until_complete(ceremony.passkeys.remove(1, made.credential_id))


@given(kind=FORMATS, statement=st.one_of(STATEMENTS, VALUES), data=st.one_of(st.none(), VALUES))
@settings(max_examples=300, suppress_health_check=SHARED)
def test_any_attestation(ceremony: Ceremony, kind: object, statement: object, data: object) -> None:
    """Of every format that the package knows, and of none."""
    made = Authenticator(RP_ID, ORIGIN)
    good = json.loads(made.create('{"challenge": ""}'))["response"]["attestationObject"]
    whole = cbor2.loads(_bytes(good))
    odd = {"fmt": kind, "attStmt": statement, "authData": whole["authData"] if data is None else data}
    ceremony.register(made, {"attestationObject": base64url(cbor2.dumps(odd))})


@given(odd=MEMBERS)
@settings(max_examples=300, suppress_health_check=SHARED)
def test_any_member(ceremony: Ceremony, odd: dict[str, object]) -> None:
    """Of an answer to either ceremony."""
    ceremony.register(Authenticator(RP_ID, ORIGIN), odd)
    ceremony.sign_in(ceremony.known, odd)


@given(data=st.binary(max_size=120), flags=st.integers(0, 255), extra=VALUES)
@settings(max_examples=200, suppress_health_check=SHARED)
def test_any_authenticator_data(ceremony: Ceremony, data: bytes, flags: int, extra: object) -> None:
    """Any bytes, and good ones with any flags and anything behind them."""
    good = json.loads(ceremony.known.get('{"challenge": ""}'))["response"]["authenticatorData"]
    whole = bytearray(_bytes(good))
    whole[32] = flags
    for odd in (data, bytes(whole) + data, bytes(whole) + cbor2.dumps(extra)):
        assert not ceremony.sign_in(ceremony.known, {"authenticatorData": base64url(odd)}) or odd == whole


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "===")
