"""A small platform for tests: partner Lumen with an agreement and a build, a few people, one database.

    async with open_world(tmp_path) as world:
        await world.people(person(1), person(2), friendships=[(1, 2)])
        await world.partner()
        device = await world.device(1)
        answer = await world.read(device, Route.FRIENDS)

Everything real, nothing faked: the store, the keys, the pipeline, the integrator. Time stands still at `NOW`
unless a test moves it.
"""

import asyncio
import contextlib
import functools
import hashlib
import itertools
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from bailment.disclosure.integrator import Integrator
from bailment.disclosure.pipeline import Pipeline
from bailment.ledger import holding as vector
from bailment.ledger.audit import replay
from bailment.ledger.commitment import check_opening, open_items, parse_opening
from bailment.ledger.entry import Entry, parse_entry
from bailment.ledger.note import ED25519, VerifierKey
from bailment.ledger.policy import parse_policy
from bailment.ledger.verify import Checked, Flaw, verify_ledger
from bailment.model.answers import Answer, Disclosed
from bailment.model.disclosure import Ask, Facts, Route, Slot
from bailment.model.encoding import hash_token
from bailment.model.fields import ALL_FIELDS, DEFAULT_SETTING
from bailment.model.people import JsonValue, PersonRecord
from bailment.model.programme import Build, Consent, Grant, Integration, Partner, Terms
from bailment.model.records import LedgerState
from bailment.oauth.rfc9449 import BUCKET_S
from bailment.partners import consent, programme
from bailment.partners.imports import import_people
from bailment.seal.detail import open_detail
from bailment.seal.ledger_keys import SigningKeys
from bailment.seal.secret import random_bytes
from bailment.store.migrate import migrate
from bailment.store.person_keys import PersonKeyFile
from bailment.store.postgres import PostgresStore
from bailment.store.sqlite import SqliteStore
from bailment.store.tile_folder import TileFolder
from bailment.store.transaction import Transaction

NOW = 1_790_000_000_000
DAY_MS = 86_400_000
SINCE = "2015-06-01T12:00:00.000Z"
BUILD = hashlib.sha256(b"lumen hub 1.0").digest()
ORIGIN = "gateway.example/ledger"
SIGNING = SigningKeys(
    ORIGIN,
    Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32),
    MLDSA44PrivateKey.from_seed_bytes(bytes([8]) * 32),
)
VKEY = VerifierKey(ORIGIN, ED25519, SIGNING.ed25519.public_key().public_bytes_raw())
START = LedgerState(0, "0", 0, b"")
JKT = "lumen-device-key-thumbprint"

AnyStore: TypeAlias = SqliteStore | PostgresStore
# What stands behind a keyword here is a field of some dataclass, which checks it; an answer's JSON is a tree.
Free: TypeAlias = Any


def person(
    person_id: int, name: str = "", *, setting: int = DEFAULT_SETTING, **values: JsonValue
) -> PersonRecord:
    """Return an invented person with a name and an e-mail address, unless told otherwise."""
    own: dict[str, JsonValue] = {
        "name": {"full": name or f"Person {person_id}"},
        "email": [f"p{person_id}@example.org"],
    }
    return PersonRecord(person_id, {**own, **values}, setting)


@dataclass(frozen=True)
class Listed:
    """A `PeopleSource` over lists."""

    records: Sequence[PersonRecord]
    pairs: Sequence[tuple[int, int, str]] = ()

    @property
    def name(self) -> str:
        return "a list in a test"

    def persons(self) -> Iterator[PersonRecord]:
        return iter(self.records)

    def friendships(self) -> Iterator[tuple[int, int, str]]:
        return iter(self.pairs)


def terms(**changed: Free) -> Terms:
    """Return the terms of an agreement that lets everything through, unless changed."""
    usual: dict[str, Any] = {
        "self_mask": ALL_FIELDS,
        "friend_mask": ALL_FIELDS,
        "purposes": ("address-book",),
        "partner_countries": ("DE",),
        "device_countries": ("DE", "FR"),
        "custody": "device",
        "starts_at": NOW - DAY_MS,
        "ends_at": NOW + 30 * DAY_MS,
    }
    return Terms(**{**usual, **changed})


@dataclass(frozen=True)
class Device:
    """An enrolled device: what it needs to ask."""

    person_id: int
    grant_id: str
    device_id: str
    token: str
    jkt: str = JKT
    build: bytes | None = BUILD


@dataclass
class World:
    """One opened platform and how far its counters are."""

    store: AnyStore
    keys: PersonKeyFile
    folder: TileFolder
    pipeline: Pipeline
    integrator: Integrator
    now: int = NOW
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def people(self, *records: PersonRecord, friendships: Collection[tuple[Any, ...]] = ()) -> None:
        """Import persons, and friendships as (person, friend) or (person, friend, since)."""
        pairs = [(row[0], row[1], row[2] if len(row) > 2 else SINCE) for row in friendships]
        await import_people(self.store, self.store, Listed(records, pairs), self.now)

    async def partner(self, partner_id: str = "lumen", country: str = "DE", **changed: Free) -> None:
        """Add a partner with agreement version 1, its integration `<id>-hub`, and the build, approved."""
        owners = changed.pop("owner_countries", ())
        build = Build(changed.pop("build", BUILD), f"{partner_id}-hub", "1.0")
        who = Partner(partner_id, f"{partner_id.title()} Mobile", country, owners)
        await programme.add_partner(self.store, who, self.now)
        await programme.sign_agreement(self.store, partner_id, 1, terms(**changed), self.now)
        hub = Integration(f"{partner_id}-hub", partner_id, f"{partner_id.title()} Hub")
        await programme.add_integration(self.store, hub, self.now)
        await programme.approve_build(self.store, build, self.now)

    def grant(self, person_id: int, **changed: Free) -> Grant:
        """Return a new grant of everything for one purpose, unless changed; `consents` gives several."""
        own, friends = changed.pop("self_mask", ALL_FIELDS), changed.pop("friend_mask", ALL_FIELDS)
        usual: dict[str, Any] = {
            "grant_id": f"g{next(self._numbers)}",
            "person_id": person_id,
            "integration_id": "lumen-hub",
            "country": "DE",
            "consents": (Consent(changed.pop("purpose", "address-book"), own, friends),),
            "until": self.now + 10 * DAY_MS,
        }
        return Grant(**{**usual, **changed})

    async def device(self, person_id: int, *, build: bytes | None = BUILD, **changed: Free) -> Device:
        """Enrol a device of this person under a new grant."""
        grant = self.grant(person_id, **changed)
        code = await consent.give_grant(self.store, self.keys, grant, self.now)
        enrolled = await consent.enrol_device(
            self.store, self.keys, code, JKT, (0, random_bytes(32)), self.now
        )
        assert enrolled is not None
        return Device(person_id, grant.grant_id, enrolled.device_id, enrolled.token, build=build)

    def ask(self, device: Device, route: Route, **changed: Free) -> Ask:
        """Return a request with a fresh replay mark."""
        usual = Ask(
            token_hash=hash_token(device.token),
            jkt=device.jkt,
            mark=random_bytes(32),
            mark_bucket=self.now // 1000 // BUCKET_S,
            build=device.build,
            route=route,
            now=self.now,
        )
        return replace(usual, **changed)

    async def read(self, device: Device, route: Route, **changed: Free) -> Answer:
        """Ask and return the answer."""
        return await self.pipeline.disclose(self.ask(device, route, **changed))

    async def shown(self, device: Device, route: Route = Route.FRIENDS, **changed: Free) -> Free:
        """Ask and return the JSON of an answer that shows something."""
        answer = await self.read(device, route, **changed)
        assert isinstance(answer, Disclosed), answer
        return json.loads(answer.body)

    async def raw_entries(self) -> list[bytes]:
        """Return all entries in the ledger's order."""
        async with self.store.reading() as transaction:
            return [entry.raw for entry in await transaction.ready_entries(START, 100_000)]

    async def entries(self) -> list[Entry]:
        """Return all entries in the ledger's order, parsed."""
        return [parse_entry(raw) for raw in await self.raw_entries()]

    async def kinds(self) -> list[str]:
        """Return the kinds of all entries in the ledger's order."""
        return [entry.kind for entry in await self.entries()]

    async def flaws(self) -> list[str]:
        """Replay the entries as an auditor does and return what is out of place."""
        return [f"{flaw.index}: {flaw.sentence}" for flaw in replay(await self.raw_entries())]

    async def details(self, receipt: bytes) -> Mapping[str, Any]:
        """Open an entry's commitment with the person's key, check it, and return what is behind it."""
        async with self.store.reading() as transaction:
            rows = [row for row in await transaction.newest_entries(100_000) if row.commitment == receipt]
        (row,) = rows
        assert row.person_id is not None
        assert row.sealed is not None
        key = (await self.keys.keys((row.person_id,)))[row.person_id]
        opening = parse_opening(open_detail(key, receipt, row.sealed))
        return check_opening(receipt, open_items(opening, opening.details.keys()))

    async def held(self, device: Device) -> dict[int, int]:
        """Return what the device holds, mask by person; check that the stored root is that of these slots."""
        ask = self.ask(device, Route.ME)

        async def read(transaction: Transaction) -> tuple[Facts, Sequence[Slot]]:
            facts = await transaction.facts(ask)
            assert facts is not None
            if facts.holding_id is None:
                return facts, ()
            return facts, await transaction.slots(facts.holding_id, facts.holding_revision)

        facts, slots = await self.store.disclose(read)
        if facts.holding_id is None:
            return {}
        assert len({slot.slot for slot in slots}) == len({slot.person_id for slot in slots}) == len(slots)
        assert facts.holding_used == len(slots)
        row = [vector.EMPTY_LEAF] * facts.holding_capacity
        for slot in slots:
            row[slot.slot] = slot.leaf
        while len(row) > 1:
            row = [vector.node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
        assert facts.holding_root == vector.root(facts.holding_capacity, row[0])
        return {slot.person_id: slot.mask for slot in slots if slot.mask}

    async def verified(self) -> list[Flaw]:
        """Integrate, verify the published files as an outsider would, and return the flaws."""
        await self.integrator.step()
        policy = parse_policy(f"log {VKEY}\nquorum none\n".encode())
        found = await asyncio.to_thread(
            lambda: list(verify_ledger(_Reader(self.folder.root), policy, entries=True))
        )
        assert any(isinstance(item, Checked) for item in found)
        return [item for item in found if isinstance(item, Flaw)]


@dataclass(frozen=True)
class _Reader:
    """The published folder, as `ledger.verify` reads it."""

    root: Path

    def read(self, path: str) -> bytes:
        return TileFolder(self.root).read(path)

    def partials(self, path: str) -> list[int]:
        folder = self.root / f"{path}.p"
        names = [each.name for each in folder.iterdir()] if folder.is_dir() else []
        return [int(name) for name in names if name.isdigit()]


async def open_store(place: Path, url: str = "") -> AnyStore:
    """Open the store at a PostgreSQL `url`, or else in a SQLite file under `place`."""
    if url:
        await asyncio.to_thread(migrate, url)
        store = PostgresStore(url)
        await store.open()
        return store
    file = place / "bailment.db"
    if not file.exists():
        shutil.copyfile(_empty_database(), file)
    return SqliteStore(file)


@functools.cache
def _empty_database() -> Path:
    """Migrate once a session: a copy of the file costs a hundredth of it."""
    file = Path(tempfile.mkdtemp(prefix="bailment-empty-")) / "empty.db"
    migrate(f"sqlite:///{file}")
    return file


@contextlib.asynccontextmanager
async def open_world(place: Path, url: str = "") -> AsyncIterator[World]:
    """Open a platform whose files lie under `place`, and whose database at `url` if there is one."""
    store = await open_store(place, url)
    keys = PersonKeyFile(place / "persons.db", random_bytes)
    folder = TileFolder(place / "ledger")
    integrator = Integrator(store, folder, SIGNING, (), lambda: NOW)
    try:
        yield World(store, keys, folder, Pipeline(store, keys), integrator)
    finally:
        await store.close()
        await keys.close()
