"""Built-in accounts: who is signed in by a password, and that nothing tells who has an account."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bailment.model.errors import Conflict, Malformed, Unavailable
from bailment.model.oauth import Account
from bailment.oauth import accounts
from bailment.oauth.accounts import (
    MOST_TRIES,
    Cost,
    Passwords,
    Refusal,
    check_password,
    normal_login,
    set_password,
)
from bailment.oauth.ports import OAuthStore
from bailment.oauth.sessions import find_visit, new_visit, sign_in
from bailment.store.transaction import Transaction
from tests.support.world import NOW, World, open_world, person

CHEAP, DEARER = Cost(memory_kib=1024, passes=1), Cost(memory_kib=2048, passes=1)
PASSWORD = "an okapi in the long grass"
HOUR_MS = 3_600_000


class Counting(Passwords):
    """Counts what Argon2 was asked, on which cost."""

    def __init__(self, cost: Cost = CHEAP) -> None:
        super().__init__(cost)
        self.checked: list[str] = []

    def work(self, password: str, phc: str | None) -> str:
        if phc is not None:
            self.checked.append(phc.rpartition("$")[0].rpartition("$")[0])
        return super().work(password, phc)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give a platform with two people, of whom one has a password."""
    async with open_world(tmp_path) as world:
        await world.people(person(1), person(2))
        await set_password(world.store, Passwords(CHEAP), 1, "Ada", PASSWORD)
        yield world


async def _check(
    store: OAuthStore, passwords: Passwords, login: str, password: str, now: int
) -> int | Refusal:
    found = await check_password(store, passwords, login, password, now)
    return found.person_id if isinstance(found, Account) else found


async def _account(world: World, login: str) -> Account | None:
    async with world.store.reading() as transaction:
        return await transaction.account(login)


async def test_the_right_password_signs_in(world: World) -> None:
    """Login name in any case and normal form, password exactly."""
    passwords = Passwords(CHEAP)
    for login in ("ada", " ADA ", "Ada"):
        assert await _check(world.store, passwords, login, PASSWORD, NOW) == 1
    assert await _check(world.store, passwords, "ada", PASSWORD.upper(), NOW) is Refusal.WRONG


async def test_unknown_logins_cost_and_answer_the_same(world: World) -> None:
    """Timing that tells existing users apart: Argon2 runs once either way, at one cost, with one answer."""
    passwords = Counting()
    async with world.store.reading() as transaction:
        assert await transaction.account("nobody") is None
    answers = [
        await _check(world.store, passwords, login, "not the password at all", NOW)
        for login in ("ada", "nobody", "", "x" * 300, "a\nb")
    ]
    assert answers == [Refusal.WRONG] * 5
    assert passwords.checked == [CHEAP.prefix.removesuffix("$")] * 5


async def test_an_account_without_password_costs_the_same(world: World) -> None:
    """Somebody with passkeys alone has no password, and nobody can tell."""

    async def work(transaction: Transaction) -> None:
        await transaction.put_account(Account("bo", 2, ""))

    await world.store.disclose(work)
    passwords = Counting()
    for password in ("", PASSWORD):
        assert await _check(world.store, passwords, "bo", password, NOW) is Refusal.WRONG
    assert len(passwords.checked) == 2


@pytest.mark.parametrize("login", ["ada", "nobody"])
async def test_tries_are_limited_whether_anyone_has_the_login_or_not(world: World, login: str) -> None:
    """After ten tries in an hour not even the right password is looked at; in the next hour it is."""
    passwords = Counting()
    for _ in range(MOST_TRIES):
        assert await _check(world.store, passwords, login, "wrong", NOW) is Refusal.WRONG
    asked = len(passwords.checked)
    for password in ("wrong", PASSWORD):
        assert await _check(world.store, passwords, login, password, NOW) is Refusal.WAIT
    assert len(passwords.checked) == asked
    later = await _check(world.store, passwords, login, PASSWORD, NOW + HOUR_MS)
    assert later == (1 if login == "ada" else Refusal.WRONG)


async def test_signing_in_begins_to_count_from_none(world: World) -> None:
    """Nine slips and then the right one do not lock anyone out."""
    passwords = Passwords(CHEAP)
    for _ in range(3):
        for _ in range(MOST_TRIES - 1):
            await _check(world.store, passwords, "ada", "wrong", NOW)
        assert await _check(world.store, passwords, "ada", PASSWORD, NOW) == 1


async def test_a_hash_is_renewed_when_the_cost_changed(world: World) -> None:
    """The first sign-in after a change of cost makes a new hash, of the same password."""
    before = await _account(world, "ada")
    assert await _check(world.store, Passwords(DEARER), "ada", PASSWORD, NOW) == 1
    after = await _account(world, "ada")
    assert before is not None
    assert after is not None
    assert before.phc.startswith(CHEAP.prefix)
    assert after.phc.startswith(DEARER.prefix)
    assert await _check(world.store, Passwords(DEARER), "ada", PASSWORD, NOW) == 1
    assert await _account(world, "ada") == after


async def test_a_new_password_ends_the_old_one_and_every_session(world: World) -> None:
    """Who changes a password because somebody knows it shuts that somebody out."""
    visit = await sign_in(world.store, new_visit(NOW), 1, NOW)
    await set_password(world.store, Passwords(CHEAP), 1, "ada.o", "another long password")
    assert (await find_visit(world.store, visit.secret, NOW)).person_id is None
    assert await _check(world.store, Passwords(CHEAP), "ada", PASSWORD, NOW) is Refusal.WRONG
    assert await _check(world.store, Passwords(CHEAP), "ada.o", "another long password", NOW) == 1


class Overtaken(Passwords):
    """While it works on a password, something else happens."""

    def __init__(self, meanwhile: Callable[[], Awaitable[None]], cost: Cost = CHEAP) -> None:
        super().__init__(cost)
        self._meanwhile = meanwhile

    async def check(self, password: str, phc: str) -> bool:
        found = await super().check(password, phc)
        await self._meanwhile()
        return found


@pytest.mark.parametrize("cost", [CHEAP, DEARER])
async def test_a_new_password_overtakes_a_sign_in_with_the_old_one(world: World, cost: Cost) -> None:
    """Who was inside Argon2 when all sessions ended gets none afterwards, and the new password stays."""

    async def change() -> None:
        await set_password(world.store, Passwords(CHEAP), 1, "ada", "another long password")

    found = await check_password(world.store, Overtaken(change, cost), "ada", PASSWORD, NOW)
    assert isinstance(found, Account)
    visit = new_visit(NOW)
    with pytest.raises(Conflict):
        await sign_in(world.store, visit, found, NOW)
    assert (await find_visit(world.store, visit.secret, NOW)).person_id is None
    assert await _check(world.store, Passwords(CHEAP), "ada", PASSWORD, NOW) is Refusal.WRONG
    now = await check_password(world.store, Passwords(CHEAP), "ada", "another long password", NOW)
    assert isinstance(now, Account)
    assert (await sign_in(world.store, visit, now, NOW)).person_id == 1


async def test_a_renewed_hash_signs_in(world: World) -> None:
    """What the sign-in itself wrote is no change of the password."""
    found = await check_password(world.store, Passwords(DEARER), "ada", PASSWORD, NOW)
    assert isinstance(found, Account)
    assert (await sign_in(world.store, new_visit(NOW), found, NOW)).person_id == 1


@pytest.mark.parametrize(
    ("person_id", "login", "password", "error"),
    [
        (2, "ada", PASSWORD, Conflict),
        (2, " ÁDA\u0301 ".replace("Á", "A"), PASSWORD, None),
        (9, "nobody", PASSWORD, Conflict),
        (2, "", PASSWORD, Malformed),
        (2, "x" * 255, PASSWORD, Malformed),
        (2, "two\nlines", PASSWORD, Malformed),
        (2, "bo", "short", Malformed),
        (2, "bo", "x" * 1025, Malformed),
    ],
)
async def test_what_cannot_be_set_is_refused(
    world: World, person_id: int, login: str, password: str, error: type[Exception] | None
) -> None:
    """No login of another person, no person who is not there, no odd login, no short or giant password."""
    if error is None:
        await set_password(world.store, Passwords(CHEAP), person_id, login, password)
        return
    with pytest.raises(error):
        await set_password(world.store, Passwords(CHEAP), person_id, login, password)


def test_one_login_has_one_form() -> None:
    """What looks the same is the same: composed or not, capital or not."""
    assert normal_login("Jose\u0301") == normal_login("JOSÉ") == "josé"
    assert normal_login("Straße") == normal_login("STRASSE")


async def test_a_flood_waits_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """When too many wait already, the next is told to come back, and the gateway goes on."""
    monkeypatch.setattr(accounts, "_MOST_WAITING", 0)
    with pytest.raises(Unavailable):
        await Passwords(CHEAP).check("x", "")


def test_the_cost_as_shipped_is_what_owasp_asks_for_or_more() -> None:
    """At least 46 MiB in one pass or 19 MiB in two."""
    cost = Cost()
    assert cost.memory_kib >= 47_104
    assert cost.passes >= 2


async def test_the_real_cost_is_spelled_into_the_hash() -> None:
    """The string that is stored says what it cost, and is good for its password alone."""
    passwords = Passwords()
    phc = await passwords.make(PASSWORD)
    assert passwords.is_current(phc)
    assert await passwords.check(PASSWORD, phc)
    assert not await passwords.check(PASSWORD + " ", phc)


async def test_a_damaged_hash_signs_nobody_in(world: World) -> None:
    """What is not a PHC string in the table is no password's."""

    async def work(transaction: Transaction) -> None:
        await transaction.put_account(Account("ada", 1, "$argon2id$v=19$broken"))

    await world.store.disclose(work)
    assert await _check(world.store, Passwords(CHEAP), "ada", PASSWORD, NOW) is Refusal.WRONG
