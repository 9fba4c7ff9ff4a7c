"""Attacks on operators: two first ones, keys that come back, a lock-out, and who was removed just now."""

import dataclasses

import pytest

from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import ACTING_ROLES, Actor, Forbidden, Role
from bailment.partners.office import parse_document, perform
from bailment.partners.operations import OPERATIONS, operation_of
from bailment.partners.operator_enrolment import Enrol, enrol_operator
from bailment.partners.operator_people import actor_of_person
from bailment.partners.operators import Unidentified, actor_of_key, add_first_operator
from tests.support.office import ALICE, BOB, actor, office_of
from tests.support.world import NOW, World, person

YEAR_MS = 365 * 86_400_000
# Operators see to their own keys; a view of a person's details is recorded; a hunt closes for two roles only.
VIEWS = {"appeal show", "case show", "report show", "screening show"}
OWN_AFFAIRS = {"operator key", "operator revoke-key", "winddown hunt", "withholding show", *VIEWS}


async def do(world: World, name: str, who: Actor = ALICE, /, **document: object) -> object:
    """Run an operation as the command line and the API do."""
    chosen = operation_of(name)
    assert chosen is not None
    return await perform(chosen, office_of(world), who, document, NOW)


async def hire(
    world: World, operator_id: str, *roles: Role, by: tuple[Actor, Actor] = (ALICE, BOB), name: str = ""
) -> str:
    """Let two add an operator, and the operator enrol; return their key."""
    names = [role.value for role in roles or ACTING_ROLES]
    document = {"operator": operator_id, "name": name or operator_id.title(), "role": names}
    added = [await do(world, "operator add", who, **document) for who in by]
    shown = Enrol(operator_id, [str(getattr(each, "half", "")) for each in added])
    return (await enrol_operator(office_of(world), shown, NOW)).key


@pytest.fixture
async def key(world: World) -> str:
    """Give Alice's key, where Alice and Bob are operators with every acting role."""
    first = await add_first_operator(office_of(world), "alice", "Alice", NOW)
    await add_first_operator(office_of(world), "bob", "Bob", NOW)
    return first


async def test_who_is_added_again_has_none_of_the_older_keys_and_sign_ins(world: World, key: str) -> None:
    """A key that was good before a removal stays dead when its operator comes back."""
    await world.people(person(1))
    further = getattr(await do(world, "operator key", operator="alice", label="a machine"), "key", "")
    for who in (ALICE, BOB):
        await do(world, "operator link", who, operator="alice", person=1)
    await hire(world, "carol")
    await do(world, "operator remove", BOB, operator="alice")
    new = await hire(world, "alice", by=(BOB, actor("carol")))
    for old in (key, further):
        with pytest.raises(Unidentified):
            await actor_of_key(office_of(world), old, NOW)
    assert await actor_of_person(office_of(world), 1) is None
    assert await actor_of_key(office_of(world), new, NOW) == ALICE


async def test_a_short_name_is_one_humans_for_good(world: World, key: str) -> None:
    """What a removed operator signed never becomes somebody else's."""
    assert key
    await do(world, "operator remove", BOB, operator="alice")
    with pytest.raises(Conflict, match="somebody else's"):
        await hire(world, "alice", by=(BOB, BOB), name="Alice Other")


async def test_who_was_removed_or_demoted_meanwhile_changes_no_operator(world: World, key: str) -> None:
    """Two privacy officers who remove each other at once: one of them remains, and can act."""
    assert key
    await hire(world, "carol")
    await do(world, "operator remove", ALICE, operator="bob")
    for name, document in (
        ("operator remove", {"operator": "alice"}),
        ("operator roles", {"operator": "alice", "role": ["auditor"]}),
        ("operator add", {"operator": "eve", "name": "Eve", "role": ["auditor"]}),
        ("operator key", {"operator": "alice", "label": "x"}),
        ("operator key", {"operator": "bob", "label": "x"}),
        ("operator link", {"operator": "alice", "person": 1}),
        ("operator unlink", {"person": 1}),
    ):
        with pytest.raises(Conflict):
            await do(world, name, BOB, **document)
    assert await actor_of_key(office_of(world), key, NOW) == ALICE
    await do(world, "operator roles", ALICE, operator="carol", role=["reviewer"])
    with pytest.raises(Forbidden):
        await do(world, "operator remove", actor("carol"), operator="alice")


async def test_the_last_privacy_officer_cannot_leave_the_rest_alone(world: World, key: str) -> None:
    """They neither remove nor demote themselves, and nobody is left who could."""
    assert key
    await do(world, "operator roles", ALICE, operator="bob", role=["reviewer", "partner-manager"])
    for name, document in (
        ("operator remove", {}),
        ("operator roles", {"role": ["auditor"]}),
        ("operator add", {"name": "Alice", "role": ["auditor"]}),
    ):
        with pytest.raises(Forbidden):
            await do(world, name, ALICE, operator="alice", **document)
        with pytest.raises(Forbidden):
            await do(world, name, actor("bob", Role.REVIEWER), operator="alice", **document)


async def test_who_commands_the_machine_comes_back_in_when_keys_are_not_good(world: World, key: str) -> None:
    """Keys that have expired lock nobody out for good; two good keys of officers keep the way shut."""
    office = office_of(world)
    assert key
    assert await hire(world, "audrey", Role.AUDITOR)
    assert await hire(world, "roger", Role.REVIEWER)
    with pytest.raises(Conflict, match="there are two operators already"):
        await add_first_operator(office, "rescue", "Rescue", NOW + YEAR_MS - 1)
    with pytest.raises(Conflict, match="an operator alice already"):
        await add_first_operator(office, "alice", "Alice", NOW + YEAR_MS)
    for name in ("rescue", "second"):
        rescue = await add_first_operator(office, name, name.title(), NOW + YEAR_MS)
        assert (await actor_of_key(office, rescue, NOW + YEAR_MS)).roles == ACTING_ROLES
    with pytest.raises(Conflict, match="there are two operators already"):
        await add_first_operator(office, "eve", "Eve", NOW + YEAR_MS)


async def test_a_key_of_another_kind_identifies_nobody(world: World, key: str) -> None:
    """Any text is refused in one way, however long and in whatever script; no key is changed by it."""
    office = office_of(world)
    for wrong in (
        "",
        " ",
        key[:-1],
        key + "A",
        key + "\n",
        key.swapcase(),
        "ключ",
        "\udcff" * 52,
        "\0",
        "=" * 52,
        "x" * 1_000_000,
        "%" * 52,
        "' OR 1=1 --",
    ):
        with pytest.raises(Unidentified):
            await actor_of_key(office, wrong, NOW)
    assert await actor_of_key(office, key, NOW) == ALICE
    with pytest.raises(Unidentified):
        await actor_of_key(office, key, NOW + YEAR_MS)
    assert await actor_of_key(office, key, NOW + YEAR_MS - 1) == ALICE


async def test_nobody_gets_a_key_that_signs_as_somebody_else(world: World, key: str) -> None:
    """Not even a privacy officer; each key given or revoked is an entry that opens to who did it."""
    assert key
    with pytest.raises(Forbidden, match="signs as somebody else"):
        await do(world, "operator key", ALICE, operator="bob", label="hand-over")
    before = len(await world.entries())
    given = await do(world, "operator key", BOB, operator="bob", label="hand-over")
    assert getattr(given, "key", "")
    rows = getattr(await do(world, "operator keys", BOB, operator="bob"), "keys", [])
    wanted = next(row.key_id for row in rows if row.label == "hand-over")
    for _ in range(2):
        await do(world, "operator revoke-key", ALICE, operator="bob", key_id=wanted)
    entries = (await world.entries())[before:]
    assert [entry.kind for entry in entries] == ["operator.changed", "in-effect"] * 3
    details = [await world.details(entry.fields["commitment"]) for entry in entries[::2]]  # type: ignore[arg-type] # a hidden entry has one
    assert [(each["operator"], each["by"], each["key"]) for each in details] == [
        ("bob", "bob", wanted),
        *[("bob", "alice", wanted)] * 2,
    ]
    assert await world.flaws() == []


def test_an_auditor_changes_nothing_but_their_own_keys() -> None:
    """Every operation that an auditor may run reads, but for what concerns the auditor alone."""
    writing = {each.name for each in OPERATIONS if Role.AUDITOR in each.roles and not each.reads}
    assert writing <= OWN_AFFAIRS


async def test_an_auditor_gets_no_key_for_somebody_else(world: World, key: str) -> None:
    """Own affairs are one's own."""
    assert key
    await hire(world, "audrey", Role.AUDITOR)
    audrey = actor("audrey", Role.AUDITOR)
    for name, document in (
        ("operator key", {"label": "x"}),
        ("operator keys", {}),
        ("operator revoke-key", {"key_id": "x"}),
    ):
        with pytest.raises(Forbidden):
            await do(world, name, audrey, operator="alice", **document)
    assert getattr(await do(world, "operator key", audrey, operator="audrey", label="mine"), "key", "")


@pytest.mark.parametrize(
    "value",
    ["nul\0", "half \ud800", 2**63, -(2**63) - 1, float("inf"), float("nan"), {"deep": [["\0"]]}, {"\0": 1}],
    ids=["nul", "surrogate", "large", "small", "infinity", "nan", "deep", "member"],
)
async def test_what_no_database_keeps_is_malformed(world: World, value: object) -> None:
    """A NUL, half a surrogate pair, a number beyond 64 bits end before any statement, wherever they stand."""
    for name, document in (
        ("operator add", {"operator": "eve", "name": value, "role": ["auditor"]}),
        ("operator add", {"operator": "eve", "name": "Eve", "role": ["auditor"], "more": value}),
        ("operator link", {"operator": "alice", "person": value}),
    ):
        with pytest.raises(Malformed):
            await do(world, name, **document)


async def test_what_is_told_back_is_short(world: World) -> None:
    """A parameter with a name of a million characters comes back cut off."""
    with pytest.raises(Malformed) as caught:
        await do(world, "operator list", **{"x" * 1_000_000: 1})
    assert len(str(caught.value)) < 200
    with pytest.raises(Malformed) as caught:
        await do(world, "operator add", operator="eve", name="Eve", role=["y" * 1_000_000])
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 1}',
        b'{"b": {"a": 1, "a": 2}}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"NaN",
        b"-Infinity",
        b"1" * 5_000,
        b"\xff",
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b"{} {}",
        b"{'a': 1}",
        b"",
    ],
    ids=range(13),
)
def test_a_document_is_strict_json(raw: bytes) -> None:
    """Members that stand twice, depth without end, numbers that are none, other encodings are malformed."""
    with pytest.raises(Malformed):
        parse_document(raw, "body")


async def test_operators_are_not_told_apart_by_the_case_of_their_names(world: World, key: str) -> None:
    """`Alice` and `alice` cannot be two operators: a short name has one spelling."""
    assert key
    for name in ("Alice", "ALICE", "alice ", "аlice", "alice\u200b", ""):  # noqa: RUF001 - the Cyrillic letter is the attack
        with pytest.raises(Malformed):
            await do(world, "operator add", operator=name, name="Alice", role=["reviewer"])


def test_every_operation_has_a_role_and_its_own_parameters() -> None:
    """No operation is open to nobody, or without a shape that refuses what it does not know."""
    for each in OPERATIONS:
        assert each.roles, each.name
        assert dataclasses.is_dataclass(each.parameters), each.name
        assert not each.first or each.first in {field.name for field in dataclasses.fields(each.parameters)}
