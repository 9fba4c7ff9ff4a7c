"""The end of a partner, over both databases: planned, taken step by step, certified, hunted."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bailment.disclosure.pipeline import Pipeline
from bailment.model.answers import Answer, Disclosed, Refused, Unauthorized
from bailment.model.disclosure import Route
from bailment.model.encoding import hash_token
from bailment.model.errors import Conflict, Unavailable
from bailment.model.winddown import StageClosed
from bailment.partners import consent, holds, programme, wipes
from bailment.partners.certificate import Certified, CertifyWinddown, certify, show_certificate
from bailment.partners.plans import WIPE_MS
from bailment.partners.served import count_entries, last_entry
from bailment.partners.steps import take_due_steps
from bailment.partners.winddown import ConfirmWinddown, OnePartner, PlanWinddown, confirm, plan, show
from bailment.store.transaction import Transaction
from tests.support.office import actor
from tests.support.overlap import Grace
from tests.support.survivors import plant
from tests.support.winddown import MANAGER, STEPS, certified, instant, office_that_publishes, propose, signed
from tests.support.world import DAY_MS, JKT, NOW, World, person, terms

CLOSE = NOW + 3 * DAY_MS
HELD = "holdings without a wipe order"


@pytest.fixture
async def lumen(world: World) -> World:
    """Give two friends and a partner that one of them has a device of."""
    await world.people(person(1), person(2), friendships=[(1, 2)])
    await world.partner()
    return world


async def _steps(world: World) -> list[object]:
    return [entry.fields["step"] for entry in await world.entries() if entry.kind == "winddown.step"]


async def test_the_certificate_names_the_last_entry(lumen: World) -> None:
    """On Friday evening the manager holds a certificate that names the last disclosure, provably."""
    office, device = office_that_publishes(lumen), await lumen.device(1)
    await lumen.shown(device)
    await signed(office, NOW, closes_at=CLOSE)
    lumen.now = CLOSE - 1
    await lumen.shown(device, Route.ME)
    lumen.now = CLOSE
    assert isinstance(await lumen.read(device, Route.ME), Refused)
    found, said = await certified(office, CLOSE)
    kinds = await lumen.kinds()
    last = len(kinds) - 1 - kinds[::-1].index("disclosure")
    assert said["last_disclosure"]["index"] == last
    assert said["last_disclosure"]["minute"] == (CLOSE - 1) // 60_000
    assert (said["partner"], said["agreement"], said["disclosures"]) == ("lumen", 1, 2)
    assert said["ended"]["access tokens"] == said["ended"]["grants"] == 1
    assert not any(said["alive"].values())
    assert said["wipes"]["ordered"] == said["wipes"]["unreachable_until_they_ask"] == 1
    assert said["persons_noticed"] == 2
    assert kinds.count("winddown.certified") == kinds.count("agreement.ended") == 1
    assert found.digest in {
        entry.fields["certificate"].hex()  # type: ignore[union-attr] # the kind's table says bytes
        for entry in await lumen.entries()
        if entry.kind == "winddown.certified"
    }
    assert await lumen.flaws() == []
    assert await lumen.verified() == []


async def test_certified_twice_is_one_certificate(lumen: World) -> None:
    """Asked again, much later and by another operator, the same bytes are given and nothing is recorded."""
    office = office_that_publishes(lumen)
    await signed(office, NOW, closes_at=CLOSE)
    first, said = await certified(office, CLOSE)
    entries = await lumen.raw_entries()
    again = await certify(office, actor("carol"), CertifyWinddown("lumen"), CLOSE + DAY_MS)
    shown = await show_certificate(office, actor("carol"), CertifyWinddown("lumen"), CLOSE + DAY_MS)
    assert first == again
    assert (shown.digest, shown.certificate) == (first.digest, first.certificate)
    assert "\n".join(shown.lines()) + "\n" == first.certificate
    assert first.digest in first.lines()[0]
    assert said["last_disclosure"] is None
    assert await lumen.raw_entries() == entries


async def test_nothing_is_certified_before_the_close(lumen: World) -> None:
    """Without a plan, with one signature, and up to the last millisecond it is refused."""
    office = office_that_publishes(lumen)
    with pytest.raises(Conflict, match="plan one"):
        await certify(office, MANAGER, CertifyWinddown("lumen"), NOW)
    await propose(office, NOW, closes_at=CLOSE)
    with pytest.raises(Conflict, match="second signature"):
        await certify(office, MANAGER, CertifyWinddown("lumen"), CLOSE)
    await signed(office, NOW, closes_at=CLOSE)
    with pytest.raises(Conflict, match="closes at"):
        await certify(office, MANAGER, CertifyWinddown("lumen"), CLOSE - 1)
    with pytest.raises(Conflict, match="no certificate yet"):
        await show_certificate(office, MANAGER, CertifyWinddown("lumen"), CLOSE)
    assert "agreement.ended" not in await lumen.kinds()


@dataclass
class HeldStore:
    """A store whose disclosures stop before they commit."""

    world: World
    has_read: asyncio.Event = field(default_factory=asyncio.Event)
    may_commit: asyncio.Event = field(default_factory=asyncio.Event)

    async def disclose(self, work: Callable[[Any], Awaitable[Any]]) -> Answer:
        """Run `work`, and wait with the commit."""

        async def held(transaction: Transaction) -> Answer:
            answer: Answer = await work(transaction)
            self.has_read.set()
            await self.may_commit.wait()
            return answer

        return await self.world.store.disclose(held)


async def test_it_waits_for_an_answer_in_flight(lumen: World, grace: Grace) -> None:
    """A disclosure that read the open agreement and commits late is the last entry of the certificate."""
    office, device = office_that_publishes(lumen), await lumen.device(1)
    await signed(office, NOW, closes_at=CLOSE)
    for at in (NOW, CLOSE - 1):
        await take_due_steps(office, at)
    store = HeldStore(lumen)
    held = Pipeline(store, lumen.keys)  # type: ignore[arg-type] # all that a pipeline's work gives is an answer
    lumen.now = CLOSE - 1
    answer = asyncio.create_task(held.disclose(lumen.ask(device, Route.ME)))
    await store.has_read.wait()
    ending = asyncio.create_task(certified(office, CLOSE))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(grace.waits.wait(), 0.5)  # On SQLite the change has not even begun.
    assert not ending.done()
    store.may_commit.set()
    assert isinstance(await answer, Disclosed)
    _, said = await ending
    kinds = await lumen.kinds()
    assert said["last_disclosure"]["index"] == kinds.index("disclosure")
    assert said["disclosures"] == 1
    assert await lumen.flaws() == []


async def test_house_keeping_takes_each_step_once(lumen: World) -> None:
    """Each step is recorded when its instant has passed, in order, and never again."""
    office = office_that_publishes(lumen)
    await lumen.device(1)
    await signed(office, NOW, closes_at=CLOSE, no_tokens=NOW + DAY_MS, read_only=NOW + 2 * DAY_MS)
    taken = []
    for at in (NOW, NOW + DAY_MS - 1, NOW + DAY_MS, NOW + 2 * DAY_MS, CLOSE - 1, CLOSE, CLOSE + WIPE_MS):
        taken.append(await take_due_steps(office, at))
        assert await take_due_steps(office, at) == 0
    assert taken == [2, 0, 1, 1, 0, 2, 1]
    assert await _steps(lumen) == STEPS
    kinds = await lumen.kinds()
    assert (kinds.count("notice.sent"), kinds.count("wipe.ordered")) == (1, 1)
    shown = await show(office, MANAGER, OnePartner("lumen"), CLOSE + WIPE_MS)
    assert [step.done_at is not None for step in shown.steps] == [True] * len(STEPS)
    assert "1 never answered" in "\n".join(shown.lines())
    assert await lumen.flaws() == []


async def test_two_house_keepers_take_a_step_once(lumen: World) -> None:
    """Of two processes at the same moment one records a step; the other finds it done or tries again."""
    office = office_that_publishes(lumen)
    await lumen.device(1)
    await signed(office, NOW, closes_at=CLOSE)
    runs = (take_due_steps(office, CLOSE) for _ in range(3))
    await asyncio.gather(*runs, return_exceptions=True)
    await take_due_steps(office, CLOSE)
    assert await _steps(lumen) == STEPS[:-1]


@dataclass
class Breaking:
    """A store that does not answer any more after so many calls."""

    world: World
    left: int

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Unavailable("the process was killed")

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        self._count()
        async with self.world.store.reading() as transaction:
            yield transaction

    async def disclose(self, work: Callable[[Any], Awaitable[Any]]) -> Any:  # noqa: ANN401 - what the work gives
        self._count()
        return await self.world.store.disclose(work)

    async def change(self, work: Callable[[Any], Awaitable[Any]], in_effect: bytes, *, widens: bool) -> Any:  # noqa: ANN401 - likewise
        self._count()
        return await self.world.store.change(work, in_effect, widens=widens)


async def test_it_goes_on_where_a_crash_left_it(lumen: World) -> None:
    """Whatever call it dies before, certifying again ends with each thing recorded once."""
    office = office_that_publishes(lumen)
    await lumen.shown(await lumen.device(1))
    await signed(office, NOW, closes_at=CLOSE)
    said: dict[str, Any] = {}
    deaths = 0
    while not said:
        with contextlib.suppress(Unavailable):
            _, said = await certified(replace(office, store=Breaking(lumen, deaths)), CLOSE)
        deaths += 1
    assert deaths > 10
    kinds = await lumen.kinds()
    assert await _steps(lumen) == STEPS[:-1]
    for kind in ("agreement.ended", "build.withdrawn", "winddown.certified", "notice.sent", "wipe.ordered"):
        assert kinds.count(kind) == 1, kind
    assert said["ended"]["access tokens"] == said["ended"]["builds"] == 1
    assert await lumen.flaws() == []


async def test_what_was_written_beside_the_end_ends_too(lumen: World) -> None:
    """A token that somebody wrote who had read the older facts is found, ended and counted."""
    office, device = office_that_publishes(lumen), await lumen.device(1)
    await signed(office, NOW, closes_at=CLOSE)
    calls = 0
    while "agreement.ended" not in await lumen.kinds():
        with contextlib.suppress(Unavailable):
            await certified(replace(office, store=Breaking(lumen, calls)), CLOSE)
        calls += 1
    await plant(lumen, "access tokens", device, "")
    _, said = await certified(office, CLOSE)
    assert said["ended"]["access tokens"] == 2
    assert not said["alive"]["access tokens"]


async def test_two_operators_certify_at_once(lumen: World) -> None:
    """There is one certificate: whoever is late gets the same one, or is told to look again."""
    office = office_that_publishes(lumen)
    await lumen.shown(await lumen.device(1))
    await signed(office, NOW, closes_at=CLOSE)
    asked = [
        certify(office, actor(name), CertifyWinddown("lumen"), CLOSE) for name in ("alice", "bob", "carol")
    ]
    results = await asyncio.gather(*asked, return_exceptions=True)
    for result in results:
        assert isinstance(result, Certified | Conflict), result
    found, _ = await certified(office, CLOSE)
    assert {each.digest for each in results if isinstance(each, Certified)} <= {found.digest}
    kinds = await lumen.kinds()
    assert kinds.count("winddown.certified") == kinds.count("agreement.ended") == 1
    assert await lumen.flaws() == []


async def test_a_replan_moves_what_has_not_happened(lumen: World) -> None:
    """Put off by two signatures the close moves, and steps that lie ahead again are taken again."""
    office, device = office_that_publishes(lumen), await lumen.device(1)
    await signed(office, NOW, closes_at=CLOSE)
    await take_due_steps(office, CLOSE - 3_600_000)
    later = CLOSE + DAY_MS
    await propose(office, CLOSE - 1, closes_at=later)
    lumen.now = CLOSE
    assert isinstance(await lumen.read(device, Route.ME), Refused)
    lumen.now = CLOSE - 1
    await signed(office, CLOSE - 1, closes_at=later)
    lumen.now = later - 1
    assert isinstance(await lumen.read(device, Route.ME), Disclosed)
    lumen.now = later
    assert isinstance(await lumen.read(device, Route.ME), Refused)
    with pytest.raises(Conflict, match="final"):
        await propose(office, later, closes_at=later + DAY_MS)
    await take_due_steps(office, later)
    assert (await _steps(lumen)).count("no-tokens") == 2
    assert (await lumen.kinds()).count("winddown.planned") == 2
    _, said = await certified(office, later)
    assert said["planned"]["closed"] == later
    assert await lumen.flaws() == []


async def test_a_partner_on_hold_winds_down_all_the_same(lumen: World) -> None:
    """A hold stops answers and not the end; lifting it afterwards opens nothing."""
    office, device = office_that_publishes(lumen), await lumen.device(1)
    await lumen.shown(device)
    await holds.place_hold(lumen.store, "lumen", "screening: under review", NOW)
    await signed(office, NOW, closes_at=CLOSE)
    _, said = await certified(office, CLOSE)
    assert said["disclosures"] == 1
    await holds.lift_hold(lumen.store, "lumen", CLOSE)
    lumen.now = CLOSE
    assert isinstance(await lumen.read(device, Route.ME), Unauthorized)
    assert await lumen.flaws() == []


async def test_a_later_agreement_stops_the_wind_down(lumen: World) -> None:
    """A new version is signed before the close: no further step is taken, and nothing is certified."""
    office, device = office_that_publishes(lumen), await lumen.device(1)
    await signed(office, NOW, closes_at=CLOSE)
    await programme.sign_agreement(lumen.store, "lumen", 2, terms(), NOW)
    assert await take_due_steps(office, CLOSE) == 0
    assert await take_due_steps(office, CLOSE) == 0
    async with lumen.store.reading() as transaction:
        assert (await transaction.wipe_counts("lumen", 1)).ordered == 0
    lumen.now = CLOSE
    assert isinstance(await lumen.read(device, Route.ME), Disclosed)
    with pytest.raises(Conflict, match="plan one"):
        await certify(office, MANAGER, CertifyWinddown("lumen"), CLOSE)


async def test_an_agreement_that_was_ended_by_hand_is_certified_too(lumen: World) -> None:
    """What hangs on it is ended then, and the end stands once in the ledger."""
    office, device = office_that_publishes(lumen), await lumen.device(1)
    await lumen.shown(device)
    await signed(office, NOW, closes_at=CLOSE)
    await programme.end_agreement(lumen.store, "lumen", 1, NOW)
    _, said = await certified(office, CLOSE)
    kinds = await lumen.kinds()
    assert kinds.count("agreement.ended") == 1
    assert "all-ended" in await _steps(lumen)
    assert said["ended"]["access tokens"] == 1
    assert await lumen.flaws() == []


async def test_a_device_hears_of_its_order_and_acknowledges(lumen: World) -> None:
    """Known by its key after its tokens have ended; nobody else's word counts; said twice it stands once."""
    office, device = office_that_publishes(lumen), await lumen.device(1)
    store, keys, token = lumen.store, lumen.keys, hash_token(device.token)
    await lumen.shown(device)
    await signed(office, NOW, closes_at=CLOSE)
    assert await wipes.order_to(store, token, JKT, CLOSE - 1) is None
    _, said = await certified(office, CLOSE)
    assert said["wipes"]["acknowledged"] == 0
    assert await wipes.order_to(store, token, "another key", CLOSE) is None
    assert await wipes.order_to(store, token, "", CLOSE) is None
    order = await wipes.order_to(store, hash_token("swept long ago"), JKT, CLOSE + DAY_MS)
    assert order is not None
    assert order == await wipes.order_to(store, token, JKT, CLOSE + 2 * DAY_MS)
    for other, jkt in ((order, "another key"), (order, ""), ("wipe-1-x", JKT), ("\0", JKT), ("é" * 300, JKT)):
        assert not await wipes.acknowledge(store, keys, other, token, jkt, CLOSE)
    assert await wipes.acknowledge(store, keys, order, token, JKT, CLOSE + DAY_MS)
    assert await wipes.acknowledge(store, keys, order, token, JKT, CLOSE + 2 * DAY_MS)
    assert await wipes.order_to(store, token, JKT, CLOSE + 3 * DAY_MS) is None
    assert (await lumen.kinds()).count("wipe.acknowledged") == 1
    shown = await show(office, MANAGER, OnePartner("lumen"), CLOSE + DAY_MS)
    assert (shown.wipes.ordered, shown.wipes.acknowledged, shown.wipes.silent) == (1, 1, 0)
    assert await lumen.flaws() == []


async def test_a_device_without_a_key_is_known_by_its_token(lumen: World) -> None:
    """Its token names it, and an empty thumbprint is nobody's key."""
    office, bearer = office_that_publishes(lumen), await lumen.device(1)

    async def unbind(transaction: Transaction) -> None:
        connection = transaction._connection  # noqa: SLF001 - no statement takes a device's key away
        await connection.run("UPDATE device SET jkt = '' WHERE id = :id", {"id": bearer.device_id})

    await lumen.store.disclose(unbind)
    await lumen.device(2)
    await signed(office, NOW, closes_at=CLOSE)
    await certified(office, CLOSE)
    assert await wipes.order_to(lumen.store, hash_token("unknown"), "", CLOSE) is None
    order = await wipes.order_to(lumen.store, hash_token(bearer.token), "", CLOSE)
    assert order == f"wipe-1-{bearer.device_id}"
    unknown = hash_token("unknown")
    assert not await wipes.acknowledge(lumen.store, lumen.keys, order, unknown, "", CLOSE)
    assert await wipes.acknowledge(lumen.store, lumen.keys, order, hash_token(bearer.token), "", CLOSE)


async def test_everyone_concerned_is_noticed_once(world: World) -> None:
    """Users, and friends whose data a device holds; nobody else, whichever chunk they come in."""
    await world.people(*(person(each) for each in range(1, 8)), friendships=[(1, 2), (1, 3), (6, 7)])
    await world.partner()
    await world.partner("sol", build=bytes(32))
    office = office_that_publishes(world)
    await world.shown(await world.device(1))
    await world.device(4)
    await world.device(6, integration_id="sol-hub")
    await signed(office, NOW, closes_at=CLOSE)
    await take_due_steps(office, NOW)
    await take_due_steps(office, CLOSE)
    async with world.store.reading() as transaction:
        told = {each: len(await transaction.notices_of(each)) for each in range(1, 8)}
        (notice,) = await transaction.notices_of(2)
    assert told == {1: 1, 2: 1, 3: 1, 4: 1, 5: 0, 6: 0, 7: 0}
    assert (notice.partner_name, notice.closes_at, notice.sent_at) == ("Lumen Mobile", CLOSE, NOW)


async def test_codes_and_grants_end_with_their_stages(lumen: World) -> None:
    """A grant is taken up to the instant, a code enrols up to the next one; both say which rule."""
    office = office_that_publishes(lumen)
    await signed(office, NOW, closes_at=CLOSE, no_grants=NOW + 1000, no_tokens=NOW + 2000)
    give = consent.give_grant
    codes = [await give(lumen.store, lumen.keys, lumen.grant(1), NOW + 999) for _ in range(2)]
    with pytest.raises(StageClosed, match=r"agreement\.no-new-grants: .* sign a new version"):
        await give(lumen.store, lumen.keys, lumen.grant(1), NOW + 1000)
    enrol = consent.enrol_device
    assert await enrol(lumen.store, lumen.keys, codes[0], JKT, (0, bytes(32)), NOW + 1999)
    with pytest.raises(StageClosed, match=r"agreement\.no-new-tokens"):
        await enrol(lumen.store, lumen.keys, codes[1], JKT, (0, bytes([1] * 32)), NOW + 2000)
    assert (await lumen.kinds()).count("device.enrolled") == 1


async def test_the_same_plan_by_another_operator_confirms_it(lumen: World) -> None:
    """The proposer's own repeats do not; another plan replaces the one that waits, and is signed by one."""
    office = office_that_publishes(lumen)
    asked = PlanWinddown("lumen", instant(CLOSE), "the partnership ends")
    for who, binds in ((MANAGER, False), (MANAGER, False), (actor("bob"), True)):
        assert (await plan(office, who, asked, NOW)).binds is binds
    other = PlanWinddown("lumen", instant(CLOSE + 1), "later")
    assert (await plan(office, actor("bob"), other, NOW)).signers == 1
    assert (await lumen.kinds()).count("winddown.planned") == 1


async def test_only_two_who_may_sign(lumen: World) -> None:
    """The same operator is no second pair of eyes, and there is nothing to confirm before a proposal."""
    office = office_that_publishes(lumen)
    with pytest.raises(Conflict, match="no wind-down"):
        await confirm(office, MANAGER, ConfirmWinddown("lumen", instant(CLOSE), "yes"), NOW)
    await propose(office, NOW, closes_at=CLOSE)
    with pytest.raises(Conflict, match="look again"):
        await confirm(office, actor("bob"), ConfirmWinddown("lumen", instant(CLOSE + 1), "yes"), NOW)
    with pytest.raises(Conflict, match="signed this already"):
        await confirm(office, MANAGER, ConfirmWinddown("lumen", instant(CLOSE), "yes"), NOW)
    with pytest.raises(Conflict, match="has passed"):
        await confirm(office, actor("bob"), ConfirmWinddown("lumen", instant(CLOSE), "yes"), CLOSE)
    await confirm(office, actor("bob"), ConfirmWinddown("lumen", instant(CLOSE), "yes"), NOW + 5)
    with pytest.raises(Conflict, match="waits for a signature"):
        await confirm(office, actor("carol"), ConfirmWinddown("lumen", instant(CLOSE), "yes"), NOW + 6)
    planned = [entry for entry in await lumen.entries() if entry.kind == "winddown.planned"]
    assert [entry.fields["no_grants"] for entry in planned] == [NOW + 5]


async def test_the_last_entry_is_that_of_this_partner(lumen: World) -> None:
    """Another partner's disclosures, refusals, and ids that begin alike are not counted."""
    await lumen.partner("lumen-tv", build=bytes(32))
    mine, other = await lumen.device(1), await lumen.device(2, integration_id="lumen-tv-hub", build=bytes(32))
    async with lumen.store.reading() as transaction:
        assert await last_entry(transaction, "lumen") is None
    await lumen.shown(mine)
    await lumen.shown(other)
    await lumen.read(mine, Route.ME, build=None)
    await lumen.integrator.step()
    async with lumen.store.reading() as transaction:
        last = await last_entry(transaction, "lumen")
        counts = [await count_entries(transaction, each) for each in ("lumen", "lumen-tv", "lume")]
    assert last is not None
    assert (last.place, last.raw) == (
        (await lumen.kinds()).index("disclosure"),
        (await lumen.raw_entries())[(await lumen.kinds()).index("disclosure")],
    )
    assert counts == [1, 1, 0]
