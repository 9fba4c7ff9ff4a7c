"""Browser sessions: what a secret gives, when it ends, and what a post must carry."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bailment.model.encoding import hash_token
from bailment.model.oauth import Interaction
from bailment.oauth.sessions import (
    LIFE_MS,
    ForgedPost,
    Visit,
    check_post,
    find_visit,
    lasts,
    new_visit,
    sign_in,
    sign_out,
)
from bailment.seal.secret import random_secret
from bailment.store.transaction import Transaction
from tests.support.world import NOW, World, open_world, person

ORIGIN = "https://gateway.example"
HOUR_MS = 3_600_000


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give a platform with two people."""
    async with open_world(tmp_path) as world:
        await world.people(person(1), person(2))
        yield world


async def _interactions(world: World, visit: Visit, key: bytes) -> Interaction | None:
    async with world.store.reading() as transaction:
        return await transaction.interaction(key, visit.key, NOW)


async def _wait_for_answer(world: World, visit: Visit) -> bytes:
    key = hash_token(random_secret(NOW + HOUR_MS))

    async def work(transaction: Transaction) -> None:
        await transaction.add_interaction(
            Interaction(key, visit.key, "a client", None, b"device", NOW + HOUR_MS)
        )

    await world.store.disclose(work)
    return key


async def test_a_new_visitor_is_nobody_and_leaves_no_row(world: World) -> None:
    """Whoever comes without a secret gets one, and nothing is written for them."""
    visit = await find_visit(world.store, "", NOW)
    assert visit.is_new
    assert visit.person_id is None
    again = await find_visit(world.store, visit.secret, NOW)
    assert (again.secret, again.person_id, again.is_new) == (visit.secret, None, False)


@pytest.mark.parametrize(
    "secret",
    ["x", "a" * 52, "é" * 52, random_secret(NOW - 3 * HOUR_MS), random_secret(NOW + 20 * HOUR_MS)],
    ids=["short", "never", "not ASCII", "long ended", "too long"],
)
async def test_an_odd_secret_is_replaced(world: World, secret: str) -> None:
    """What we cannot have given out in the last hours, or would not live that long, is not kept."""
    visit = await find_visit(world.store, secret, NOW)
    assert visit.is_new
    assert visit.secret != secret


async def test_signing_in_changes_the_secret_and_brings_along_what_waits(world: World) -> None:
    """After sign-in a secret that was planted is nobody's; what waited is found under the new one."""
    before = new_visit(NOW)
    waiting = await _wait_for_answer(world, before)
    after = await sign_in(world.store, before, 1, NOW)
    assert after.secret != before.secret
    assert after.csrf != before.csrf
    assert (await find_visit(world.store, before.secret, NOW)).person_id is None
    found = await find_visit(world.store, after.secret, NOW)
    assert (found.person_id, found.signed_in_at) == (1, NOW)
    assert await _interactions(world, before, waiting) is None
    assert await _interactions(world, after, waiting) is not None


async def test_signing_in_again_ends_the_session_before(world: World) -> None:
    """One browser is one person: the session that somebody signed in over is gone."""
    first = await sign_in(world.store, new_visit(NOW), 1, NOW)
    second = await sign_in(world.store, first, 2, NOW)
    assert (await find_visit(world.store, first.secret, NOW)).person_id is None
    assert (await find_visit(world.store, second.secret, NOW)).person_id == 2


async def test_signing_out_ends_it_at_once(world: World) -> None:
    """After sign-out the secret is nobody's, and the browser gets another."""
    visit = await sign_in(world.store, new_visit(NOW), 1, NOW)
    left = await sign_out(world.store, visit, NOW)
    assert (left.is_new, left.person_id) == (True, None)
    assert (await find_visit(world.store, visit.secret, NOW)).person_id is None


async def test_a_session_ends_after_twelve_hours(world: World) -> None:
    """Its end does not move, and for an hour the secret still finds what waits, for nobody."""
    visit = await sign_in(world.store, new_visit(NOW), 1, NOW)
    assert (await find_visit(world.store, visit.secret, NOW + LIFE_MS - 1)).person_id == 1
    late = await find_visit(world.store, visit.secret, NOW + LIFE_MS)
    assert (late.person_id, late.secret) == (None, visit.secret)
    assert (await find_visit(world.store, visit.secret, NOW + LIFE_MS + 2 * HOUR_MS)).is_new


def test_a_secret_near_its_end_does_not_last() -> None:
    """Before something is tied to a secret, one tells whether it outlives that."""
    visit = new_visit(NOW)
    assert lasts(visit, NOW)
    assert not lasts(visit, NOW + LIFE_MS)


def test_the_token_says_nothing_of_the_secret() -> None:
    """The token of a form is another for another session, and is not the secret nor its key."""
    one, other = new_visit(NOW), new_visit(NOW)
    assert one.csrf != other.csrf
    assert one.secret not in one.csrf
    assert one.csrf.encode() not in one.key
    assert one.derive(b"a use") != one.derive(b"another") != other.derive(b"another")


@pytest.mark.parametrize(
    ("sent_from", "fetch_site"), [(ORIGIN, "same-origin"), ("", ""), (ORIGIN, ""), ("", "none")]
)
def test_our_own_form_is_accepted(sent_from: str, fetch_site: str) -> None:
    """A post with the token passes, from our origin or where the browser does not say."""
    visit = new_visit(NOW)
    check_post(visit, visit.csrf, origin=ORIGIN, sent_from=sent_from, fetch_site=fetch_site)


@pytest.mark.parametrize(
    ("token", "sent_from", "fetch_site"),
    [
        ("", "", ""),
        ("wrong", ORIGIN, "same-origin"),
        ("é", ORIGIN, "same-origin"),
        (None, "https://evil.example", ""),
        (None, "null", ""),
        (None, "http://gateway.example", ""),
        (None, "https://gateway.example:8443", ""),
        (None, "", "cross-site"),
        (None, "", "same-site"),
    ],
)
def test_a_forged_post_is_refused(token: str | None, sent_from: str, fetch_site: str) -> None:
    """No token, another's, another origin, or a browser that says it came from elsewhere."""
    visit = new_visit(NOW)
    given = visit.csrf if token is None else token
    with pytest.raises(ForgedPost):
        check_post(visit, given, origin=ORIGIN, sent_from=sent_from, fetch_site=fetch_site)
