"""Passkeys: both ceremonies with a passkey in software, and every way in which an answer is no good."""

import importlib.util
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bailment.model.encoding import base64url
from bailment.oauth.ceremonies import PasskeyRefused, open_passkeys
from bailment.oauth.passkeys import CHALLENGE_LIFE_MS, MOST_PASSKEYS, Passkeys
from bailment.oauth.sessions import new_visit
from bailment.seal.secret import random_bytes
from tests.support.authenticator import PRESENT, Authenticator
from tests.support.world import NOW, World, open_world, person

ORIGIN, RP_ID = "https://gateway.example", "gateway.example"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give a platform with two people."""
    async with open_world(tmp_path) as world:
        await world.people(person(1), person(2))
        yield world


@pytest.fixture
def passkeys(world: World) -> Passkeys:
    """Give the ceremonies of that platform."""
    return Passkeys(world.store, ORIGIN, RP_ID)


@pytest.fixture
async def registered(passkeys: Passkeys) -> Authenticator:
    """Give a passkey of person 1."""
    authenticator = Authenticator(RP_ID, ORIGIN)
    await _register(passkeys, authenticator, 1)
    return authenticator


async def _register(passkeys: Passkeys, authenticator: Authenticator, person_id: int) -> None:
    visit = new_visit(NOW)
    options = await passkeys.register_options(visit, person_id, "Ada", NOW)
    await passkeys.register(visit, person_id, authenticator.create(options), "a laptop", NOW)


async def test_a_passkey_that_was_registered_signs_in(passkeys: Passkeys, registered: Authenticator) -> None:
    """Whoever holds it is its person, time after time."""
    for _ in range(2):
        visit = new_visit(NOW)
        answer = registered.get(passkeys.sign_in_options(visit, NOW))
        assert await passkeys.sign_in(visit, answer, NOW) == 1
    (listed,) = await passkeys.list_of(1)
    assert (listed.credential_id, listed.name, listed.added_at) == (registered.credential_id, "a laptop", NOW)


async def test_options_ask_for_the_user_and_name_no_credential(passkeys: Passkeys) -> None:
    """User verification is required, passkeys are discoverable, and signing in tells nobody's credentials."""
    visit = new_visit(NOW)
    signing_in = json.loads(passkeys.sign_in_options(visit, NOW))
    assert signing_in["userVerification"] == "required"
    assert signing_in["allowCredentials"] == []
    registering = json.loads(await passkeys.register_options(visit, 1, "Ada", NOW))
    assert registering["authenticatorSelection"]["userVerification"] == "required"
    assert registering["authenticatorSelection"]["residentKey"] == "required"
    assert (
        registering["user"]["id"]
        == json.loads(await passkeys.register_options(visit, 1, "Ada", NOW))["user"]["id"]
    )
    assert registering["challenge"] != signing_in["challenge"]


async def test_an_answer_is_good_once(passkeys: Passkeys, registered: Authenticator) -> None:
    """The same answer again, from the same browser, is refused."""
    visit = new_visit(NOW)
    answer = registered.get(passkeys.sign_in_options(visit, NOW))
    assert await passkeys.sign_in(visit, answer, NOW) == 1
    with pytest.raises(PasskeyRefused):
        await passkeys.sign_in(visit, answer, NOW)


async def test_an_answer_is_good_in_its_own_browser(passkeys: Passkeys, registered: Authenticator) -> None:
    """A challenge of one session is none of another's."""
    answer = registered.get(passkeys.sign_in_options(new_visit(NOW), NOW))
    with pytest.raises(PasskeyRefused):
        await passkeys.sign_in(new_visit(NOW), answer, NOW)


async def test_an_answer_is_good_for_its_own_ceremony(passkeys: Passkeys, registered: Authenticator) -> None:
    """A challenge for registering signs nobody in, and the reverse."""
    visit = new_visit(NOW)
    registering = await passkeys.register_options(visit, 1, "Ada", NOW)
    with pytest.raises(PasskeyRefused):
        await passkeys.sign_in(visit, registered.get(registering), NOW)
    new = Authenticator(RP_ID, ORIGIN)
    with pytest.raises(PasskeyRefused):
        await passkeys.register(visit, 1, new.create(passkeys.sign_in_options(visit, NOW)), "x", NOW)


async def test_an_answer_is_good_for_ten_minutes(passkeys: Passkeys, registered: Authenticator) -> None:
    """Who comes back later asks again."""
    visit = new_visit(NOW)
    answer = registered.get(passkeys.sign_in_options(visit, NOW))
    with pytest.raises(PasskeyRefused):
        await passkeys.sign_in(visit, answer, NOW + CHALLENGE_LIFE_MS)


async def test_a_made_up_challenge_is_refused(passkeys: Passkeys, registered: Authenticator) -> None:
    """A challenge that somebody chose, of any length."""
    visit = new_visit(NOW)
    for length in (0, 16, 56, 100):
        options = json.dumps({"challenge": base64url(random_bytes(length))})
        with pytest.raises(PasskeyRefused):
            await passkeys.sign_in(visit, registered.get(options), NOW)


@pytest.mark.parametrize(
    "said", [{"origin": "https://evil.example"}, {"origin": ORIGIN + ":8443"}, {"type": "x"}]
)
async def test_another_origin_is_refused(
    passkeys: Passkeys, registered: Authenticator, said: dict[str, str]
) -> None:
    """A look-alike site that passes our challenge on gets an answer for itself, not for us (phishing)."""
    visit = new_visit(NOW)
    answer = registered.get(passkeys.sign_in_options(visit, NOW), **said)
    with pytest.raises(PasskeyRefused):
        await passkeys.sign_in(visit, answer, NOW)


async def test_the_user_must_have_been_verified(passkeys: Passkeys, registered: Authenticator) -> None:
    """A touch alone is one factor: refused, when signing in and when registering."""
    visit = new_visit(NOW)
    registered.flags = PRESENT
    with pytest.raises(PasskeyRefused):
        await passkeys.sign_in(visit, registered.get(passkeys.sign_in_options(visit, NOW)), NOW)
    with pytest.raises(PasskeyRefused):
        await _register(passkeys, Authenticator(RP_ID, ORIGIN, flags=PRESENT), 1)


async def test_a_count_that_does_not_grow_is_refused(passkeys: Passkeys) -> None:
    """A copied key counts on its own: whoever comes second is refused."""
    counting = Authenticator(RP_ID, ORIGIN, count=1)
    await _register(passkeys, counting, 1)
    visit = new_visit(NOW)
    counting.count = 2
    assert await passkeys.sign_in(visit, counting.get(passkeys.sign_in_options(visit, NOW)), NOW) == 1
    with pytest.raises(PasskeyRefused):
        await passkeys.sign_in(visit, counting.get(passkeys.sign_in_options(visit, NOW)), NOW)


async def test_another_key_under_a_known_id_is_refused(passkeys: Passkeys, registered: Authenticator) -> None:
    """The signature must be the registered key's."""
    visit = new_visit(NOW)
    stranger = Authenticator(RP_ID, ORIGIN, credential_id=registered.credential_id)
    with pytest.raises(PasskeyRefused):
        await passkeys.sign_in(visit, stranger.get(passkeys.sign_in_options(visit, NOW)), NOW)


@pytest.mark.parametrize("handle", ["AAAA", "=", "é"])
async def test_a_passkey_filed_under_somebody_else_is_refused(
    passkeys: Passkeys, registered: Authenticator, handle: str
) -> None:
    """WebAuthn section 7.2 step 6: whose it says it is must be its person; it need not say."""
    visit = new_visit(NOW)
    own = registered.user_handle
    theirs = json.loads(await passkeys.register_options(visit, 2, "Bo", NOW))["user"]["id"]
    for odd in (handle, theirs):
        registered.user_handle = odd
        with pytest.raises(PasskeyRefused):
            await passkeys.sign_in(visit, registered.get(passkeys.sign_in_options(visit, NOW)), NOW)
    for good in (own, ""):
        registered.user_handle = good
        assert await passkeys.sign_in(visit, registered.get(passkeys.sign_in_options(visit, NOW)), NOW) == 1


async def test_a_credential_belongs_to_one_person(passkeys: Passkeys, registered: Authenticator) -> None:
    """Nobody registers somebody else's passkey as their own, nor one twice."""
    for person_id in (1, 2):
        with pytest.raises(PasskeyRefused):
            await _register(passkeys, registered, person_id)
    assert await passkeys.list_of(2) == []


async def test_only_its_person_removes_a_passkey(passkeys: Passkeys, registered: Authenticator) -> None:
    """A passkey that was removed signs nobody in."""
    assert not await passkeys.remove(2, registered.credential_id)
    assert await passkeys.remove(1, registered.credential_id)
    visit = new_visit(NOW)
    with pytest.raises(PasskeyRefused):
        await passkeys.sign_in(visit, registered.get(passkeys.sign_in_options(visit, NOW)), NOW)


async def test_there_are_only_so_many(passkeys: Passkeys) -> None:
    """One more than twenty is refused."""
    for _ in range(MOST_PASSKEYS):
        await _register(passkeys, Authenticator(RP_ID, ORIGIN), 1)
    with pytest.raises(PasskeyRefused):
        await _register(passkeys, Authenticator(RP_ID, ORIGIN), 1)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"response": 1}',
        '{"response": {"clientDataJSON": 1}}',
        '{"response": {"clientDataJSON": "é"}}',
        '{"response": {"clientDataJSON": "AA"}}',
        '{"response": {"clientDataJSON": "W10"}}',
        "[" * 100_000,
    ],
)
async def test_an_odd_answer_is_refused(passkeys: Passkeys, answer: str) -> None:
    """Whatever a form brings instead of an answer."""
    visit = new_visit(NOW)
    with pytest.raises(PasskeyRefused):
        await passkeys.sign_in(visit, answer, NOW)
    with pytest.raises(PasskeyRefused):
        await passkeys.register(visit, 1, answer, "x", NOW)


async def test_a_damaged_answer_is_refused(passkeys: Passkeys, registered: Authenticator) -> None:
    """Each part of a good answer, missing or not what it should be."""
    visit = new_visit(NOW)
    good = json.loads(registered.get(passkeys.sign_in_options(visit, NOW)))
    new = json.loads(Authenticator(RP_ID, ORIGIN).create(await passkeys.register_options(visit, 1, "x", NOW)))
    for damaged in _damaged(good):
        with pytest.raises(PasskeyRefused):
            await passkeys.sign_in(visit, json.dumps(damaged), NOW)
    for damaged in _damaged(new):
        with pytest.raises(PasskeyRefused):
            await passkeys.register(visit, 1, json.dumps(damaged), "x", NOW)
    assert await passkeys.sign_in(visit, json.dumps(good), NOW) == 1


def _damaged(good: dict[str, object]) -> list[dict[str, object]]:
    response = good["response"]
    assert isinstance(response, dict)
    found: list[dict[str, object]] = []
    odds: tuple[object, ...] = (None, 1, "", "AAAA", [], {})
    for odd in odds:
        found += [{**good, name: odd} for name in ("id", "rawId", "type", "response")]
        found += [{**good, "response": {**response, name: odd}} for name in response]
    # An authenticator need not say whose passkey it is.
    return [each for each in found if each.get("response") != {**response, "userHandle": None}]


@pytest.mark.parametrize(
    ("origin", "rp_id"),
    [
        ("https://gateway.example", "gateway.example"),
        ("https://gateway.example:8443", "gateway.example"),
        ("http://localhost:8400", "localhost"),
        ("http://127.0.0.1:8400", None),
        ("https://192.0.2.1", None),
        ("https://[2001:db8::1]", None),
        ("http://gateway.example", None),
    ],
)
async def test_passkeys_are_offered_where_browsers_have_them(
    world: World, origin: str, rp_id: str | None
) -> None:
    """Under a name, over https or on this machine; never under an address."""
    found = open_passkeys(world.store, origin)
    assert (found.rp_id if isinstance(found, Passkeys) else None) == rp_id


async def test_without_the_package_there_are_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is not installed the pages offer no passkey, and nothing else changes."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert open_passkeys(world.store, ORIGIN) is None


async def test_the_visit_of_a_person_changes_the_challenge(passkeys: Passkeys) -> None:
    """Challenges derive from the secret alone; who has signed in over it does not matter to them."""
    visit = new_visit(NOW)
    authenticator = Authenticator(RP_ID, ORIGIN)
    options = await passkeys.register_options(visit, 1, "Ada", NOW)
    await passkeys.register(replace(visit, person_id=1), 1, authenticator.create(options), "  ", NOW)
    (listed,) = await passkeys.list_of(1)
    assert listed.name == "—"
