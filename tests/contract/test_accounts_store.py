"""People who sign in: sessions end, logins and passkeys are of one person, attempts are counted exactly."""

import asyncio
from functools import partial
from operator import methodcaller

import pytest

from bailment.model.encoding import expiry_hour, hash_token
from bailment.model.errors import Conflict
from bailment.model.fields import DEFAULT_SETTING
from bailment.model.oauth import Account, Passkey, Session
from bailment.partners import consent
from bailment.seal.secret import random_secret
from bailment.store.transaction import Transaction
from tests.support.world import NOW, World, person

SOON = NOW + 600_000
PASSKEY = Passkey(b"credential", 1, b"public key", 0, "Anna’s key", NOW)


def session(person_id: int | None) -> Session:
    """Return a fresh session."""
    key = hash_token(random_secret(SOON))
    return Session(key, person_id, None if person_id is None else NOW, SOON)


async def test_a_session_lasts_until_it_ends_or_is_ended(world: World) -> None:
    """It is read whole before sign-in and after, not at its end, and is ended once."""
    run = world.store.disclose
    for each in (session(None), session(1)):
        await run(methodcaller("add_session", each))
        assert await run(methodcaller("session", each.key, SOON - 1)) == each
        assert await run(methodcaller("session", each.key, SOON)) is None
        assert await run(methodcaller("end_session", each.key))
        assert not await run(methodcaller("end_session", each.key))
        assert await run(methodcaller("session", each.key, NOW)) is None


async def test_all_other_sessions_of_a_person_end(world: World) -> None:
    """The one that is named stays, and so do other persons' and those before sign-in."""
    run = world.store.disclose
    mine, other, theirs, nobody = session(1), session(1), session(2), session(None)
    for each in (mine, other, theirs, nobody):
        await run(methodcaller("add_session", each))
    await run(lambda transaction: transaction.end_sessions_of(1, mine.key))
    left = [await run(methodcaller("session", each.key, NOW)) for each in (mine, other, theirs, nobody)]
    assert left == [mine, None, theirs, nobody]
    await run(lambda transaction: transaction.end_sessions_of(1, b""))
    assert await run(methodcaller("session", mine.key, NOW)) is None


async def test_an_account_is_found_by_login_and_by_person(world: World) -> None:
    """A person has one account, whose login and password change; an unknown one is None."""
    run = world.store.disclose
    for account in (Account("anna", 1, ""), Account("anna", 1, "$argon2id$"), Account("anna.b", 1, "")):
        await run(methodcaller("put_account", account))
        assert await run(methodcaller("account", account.login)) == account
        assert await run(lambda transaction: transaction.account_of(1)) == account
    assert await run(lambda transaction: transaction.account("anna")) is None
    assert await run(lambda transaction: transaction.account_of(2)) is None


async def test_a_session_begins_before_a_new_password_or_not_at_all(world: World) -> None:
    """Whoever changes the password waits for who holds the account, and so finds the session to end."""
    run = world.store.disclose
    old, new, mine = Account("anna", 1, "old"), Account("anna", 1, "new"), session(1)
    await run(lambda transaction: transaction.put_account(old))
    held = asyncio.Event()

    async def begin(transaction: Transaction) -> None:
        assert await transaction.renew_account(old, old.phc)
        held.set()
        await asyncio.sleep(0.1)
        await transaction.add_session(mine)

    async def change(transaction: Transaction) -> None:
        await transaction.put_account(new)
        await transaction.end_sessions_of(1, b"")

    beginning = asyncio.create_task(run(begin))
    await held.wait()
    await run(change)
    await beginning
    assert await run(lambda transaction: transaction.session(mine.key, NOW)) is None
    for other in (old, new._replace(login="bert"), new._replace(person_id=2)):
        assert not await run(methodcaller("renew_account", other, "x"))
    assert await run(lambda transaction: transaction.account("anna")) == new


async def test_a_login_is_of_one_person(world: World) -> None:
    """Nobody takes another person's login, neither with a new account nor by changing one."""
    run = world.store.disclose
    await run(lambda transaction: transaction.put_account(Account("anna", 1, "a")))
    await run(lambda transaction: transaction.put_account(Account("bert", 2, "b")))
    for person_id in (2, 3):
        with pytest.raises(Conflict):
            await run(methodcaller("put_account", Account("anna", person_id, "")))
    assert await run(lambda transaction: transaction.account("anna")) == Account("anna", 1, "a")
    assert await run(lambda transaction: transaction.account_of(2)) == Account("bert", 2, "b")


async def test_a_passkey_is_of_one_person(world: World) -> None:
    """A credential is registered once, is listed oldest first, and is removed by its person."""
    run, other = world.store.disclose, PASSKEY._replace(credential_id=b"older", added_at=NOW - 1)
    assert await run(lambda transaction: transaction.add_passkey(PASSKEY))
    assert await run(lambda transaction: transaction.add_passkey(other))
    assert not await run(lambda transaction: transaction.add_passkey(PASSKEY._replace(person_id=2)))
    assert await run(lambda transaction: transaction.passkey(b"credential")) == PASSKEY
    assert await run(lambda transaction: transaction.passkey(b"unknown")) is None
    assert await run(lambda transaction: transaction.passkeys_of(1)) == [other, PASSKEY]
    assert await run(lambda transaction: transaction.passkeys_of(2)) == []
    assert not await run(lambda transaction: transaction.remove_passkey(b"credential", 2))
    assert await run(lambda transaction: transaction.remove_passkey(b"credential", 1))
    assert await run(lambda transaction: transaction.passkeys_of(1)) == [other]


async def test_a_passkeys_counter_moves_from_where_it_was_read(world: World) -> None:
    """Of uses that read the same counter one moves it; an authenticator that never counts stays at 0."""
    run = world.store.disclose
    assert await run(lambda transaction: transaction.add_passkey(PASSKEY))
    assert await run(lambda transaction: transaction.use_passkey(b"credential", 0, 0))
    used = await asyncio.gather(*(run(methodcaller("use_passkey", b"credential", 0, 7)) for _ in range(4)))
    assert sorted(used) == [False] * 3 + [True]
    assert await run(lambda transaction: transaction.passkey(b"credential")) == PASSKEY._replace(sign_count=7)


async def test_attempts_are_counted_exactly(world: World) -> None:
    """Attempts at the same moment get a number each; forgetting begins again; keys do not share a count."""
    run, key, other = world.store.disclose, expiry_hour(SOON) + b"one", expiry_hour(SOON) + b"other"
    assert await run(lambda transaction: transaction.attempts(key)) == 0
    count = partial(methodcaller, "count_attempt")
    assert sorted(await asyncio.gather(*(run(count(key, SOON)) for _ in range(8)))) == list(range(1, 9))
    assert await run(count(other, SOON)) == 1
    assert await run(lambda transaction: transaction.attempts(key)) == 8
    await run(lambda transaction: transaction.forget_attempts(key))
    assert await run(count(key, SOON)) == 1
    assert await run(lambda transaction: transaction.attempts(other)) == 1


async def test_an_attempt_that_would_not_be_swept_in_time_is_not_counted(world: World) -> None:
    """A key that does not begin with the hour of its end is a broken invariant."""
    with pytest.raises(AssertionError, match="begins with the hour"):
        await world.store.disclose(methodcaller("count_attempt", b"\0\0\0\0key", SOON))


async def test_what_a_person_lets_through(world: World) -> None:
    """The general setting and those by partner; None where there is no visible person."""
    await world.people(person(1), person(2))
    await world.partner()
    run = world.store.disclose
    assert await run(lambda transaction: transaction.setting_of(1)) == (DEFAULT_SETTING, {})
    await consent.change_setting(world.store, world.keys, 1, 3, NOW)
    await consent.change_setting(world.store, world.keys, 1, 0, NOW, partner_id="lumen")
    assert await run(lambda transaction: transaction.setting_of(1)) == (3, {"lumen": 0})
    assert await run(lambda transaction: transaction.setting_of(2)) == (DEFAULT_SETTING, {})
    assert await run(lambda transaction: transaction.setting_of(9)) is None
    import_id = await run(lambda transaction: transaction.begin_import())
    await run(lambda transaction: transaction.add_persons(import_id, [(9, 3, b"{}", None)]))
    assert await run(lambda transaction: transaction.setting_of(9)) is None


async def test_which_partners_friends_have_devices_with(world: World) -> None:
    """Counted are friends' devices that still work; not one's own, strangers', removed or withdrawn ones."""
    await world.people(*(person(each) for each in range(1, 7)), friendships=[(1, 2), (3, 1), (1, 4), (2, 5)])
    await world.partner()
    await world.partner("alto", build=bytes(32))
    run = world.store.disclose
    for person_id in (1, 2, 3):
        await world.device(person_id)
    await world.device(3, integration_id="alto-hub", until=NOW + 1)
    removed, withdrawn = await world.device(4), await world.device(4)
    await world.device(5)
    await run(lambda transaction: transaction.remove_device(removed.device_id, removed.grant_id, NOW))
    await run(lambda transaction: transaction.withdraw_grant(withdrawn.grant_id, NOW))
    assert await run(lambda transaction: transaction.partners_of_friends(1)) == [
        ("alto", "Alto Mobile", 1),
        ("lumen", "Lumen Mobile", 2),
    ]
    assert await run(lambda transaction: transaction.partners_of_friends(6)) == []


async def test_a_friendship_that_is_not_visible_counts_no_device(world: World) -> None:
    """What an import has loaded and not published shows nobody's devices."""
    await world.people(person(1), person(2))
    await world.partner()
    await world.device(2)
    run = world.store.disclose
    import_id = await run(lambda transaction: transaction.begin_import())
    rows = [(1, 2, "2015"), (2, 1, "2015")]
    await run(lambda transaction: transaction.add_friendships(import_id, 1, rows))
    assert await run(lambda transaction: transaction.partners_of_friends(1)) == []
    await run(lambda transaction: transaction.publish_import(import_id))
    assert await run(lambda transaction: transaction.partners_of_friends(1)) == [("lumen", "Lumen Mobile", 1)]
