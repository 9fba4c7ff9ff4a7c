"""The world of `bench.screening_sweep`: a list of 30,000 names that changes daily, and 100,000 partners.

The list is made of the names of OFAC's SDN list (about 18,500 names) where the data is there, with made-up
names up to 30,000. Each partner has an admission file with two owners. Of the 200 names that change in a day,
100 are new (20 of them a partner's name, 10 more a partner's number), 60 have a new alias, 40 are gone.

The first 1,000 partners are screened in full. To screen all 100,000 takes long and is not what is measured,
so every further partner gets the outcome of one that is like nothing, under its own id and digest, with the
leaf and the words that its own names and numbers give.
"""

import csv
import hashlib
import os
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from bailment.model.admission import Address, AdmissionFile, Owner, profile_of
from bailment.model.dossier import Dossier
from bailment.model.programme import Partner
from bailment.model.screening import Kind
from bailment.partners.filing import FILES
from bailment.partners.leaves import Leaf, read_leaves
from bailment.partners.office import Office
from bailment.partners.outcomes import NEWEST, NEWEST_SWEEP, OUTCOMES, SCREENING, Outcome
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.profiles import ADMISSION
from bailment.partners.word_index import keep_words
from bailment.partners.words import party_keys
from bailment.screening.lists.importing import read_list

LISTS = Path(os.environ.get("BAILMENT_TEST_DATA", "../shared/data")) / "screening"
LIST = "us-ofac-sdn"
NAMES, CHANGED, FIRST, DAYS = 30_000, 200, 1_000, 3
_ENCODER = msgspec.json.Encoder()
# 240 syllables, so that made-up words are about as far apart as rare words of real names.
_ONSETS = (
    "b", "br", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kl", "kr", "l",
    "m", "n", "p", "pl", "pr", "r", "s", "sh", "st", "t", "tr", "v", "w", "z", "zh",
)  # fmt: skip
_SYLLABLES = [onset + vowel for onset in _ONSETS for vowel in ["a", "e", "i", "o", "u", "ai", "ei", "ou"]]


class _Written(NamedTuple):
    """A partner as a sweep would have left it."""

    partner: Partner
    dossiers: list[Dossier]
    leaf: Leaf
    words: str


async def enrol_first(transaction: ProgrammeTransaction) -> None:
    """Write partners with their files straight into the store; admitting them is not what is measured."""
    for number in range(FIRST):
        partner = Partner(f"p{number:06}", partner_name(number), "DE")
        await transaction.add_partner(partner)
        await FILES.put(transaction, partner.partner_id, file_of(number))


async def enrol_others(office: Office, partners: int) -> None:
    """Write the other partners as the first sweep would have left them, see the module's words."""
    async with office.store.reading() as transaction:
        found = await OUTCOMES.all(transaction)
        like = next(each.value for each in found if not each.value.hits and not each.value.unasked)
        leaves = await read_leaves(transaction)
        await leaves.load(transaction)
    leaf = leaves.get(like.partner_id)
    assert leaf is not None
    with ProcessPoolExecutor() as pool:
        for some in pool.map(partial(_written, like, leaf, partners), range(FIRST, partners, 1_000)):
            await office.store.disclose(partial(_write, some))
            for each in some:
                leaves.put(each.leaf)

    async def cover(transaction: ProgrammeTransaction) -> None:
        """Let the newest sweep cover everyone."""
        newest = await NEWEST_SWEEP.get(transaction, NEWEST)
        assert newest is not None
        settled = await leaves.settle(transaction, newest.value.number)
        await settled.write(transaction)
        mark = await transaction.dossier_mark(ADMISSION)
        root = settled.head.root.hex()
        sweep = replace(newest.value, partners=partners, files=mark, root=root)
        await NEWEST_SWEEP.put(transaction, NEWEST, sweep, over=newest)

    await office.store.disclose(cover)


def _written(like: Outcome, leaf: Leaf, partners: int, start: int) -> list[_Written]:
    """Return a thousand partners with what is kept of each."""
    written = []
    for number in range(start, min(start + 1_000, partners)):
        key, file = f"p{number:06}", file_of(number)
        digest = hashlib.sha256(key.encode()).hexdigest()
        profile = profile_of(key, file)
        outcome = replace(like, partner_id=key, profile_fingerprint=profile.fingerprint, digest=digest)
        kept = [(ADMISSION, file), (SCREENING, outcome)]
        dossiers = [Dossier(kind, key, 0, None, _ENCODER.encode(value).decode()) for kind, value in kept]
        own = msgspec.structs.replace(leaf, partner_id=key, digest=digest)
        partner = Partner(key, partner_name(number), "DE")
        written.append(_Written(partner, dossiers, own, party_keys(profile.parties)))
    return written


async def _write(written: Sequence[_Written], transaction: ProgrammeTransaction) -> None:
    for each in written:
        await transaction.add_partner(each.partner)
        for dossier in each.dossiers:
            await transaction.put_dossier(dossier)
    await keep_words(transaction, {each.leaf.partner_id: each.words for each in written}, {})


def file_of(number: int) -> AdmissionFile:
    """Return the admission file of a partner, with invented names."""
    rng = random.Random(number)
    owners = (
        Owner(
            "holding", f"{_word(rng)} {_word(rng)} Holding AG", Kind.ENTITY, "60", "register", country="CH"
        ),
        Owner("founder", f"{_word(rng)} {_word(rng)}", Kind.PERSON, "40", "register", country="DE"),
        Owner(
            "family",
            f"{_word(rng)} {_word(rng)}",
            Kind.PERSON,
            "100",
            "register",
            country="CH",
            owns="holding",
        ),
    )
    return AdmissionFile(
        legal_name=partner_name(number),
        registry_number=f"HRB {100_000 + number}",
        addresses=(Address("1 Main Street", "DE"),),
        organised_in="DE",
        business_in="DE",
        owners=owners,
    )


def partner_name(number: int) -> str:
    """Return the invented name of a partner."""
    rng = random.Random(1_000_000 + number)
    kind = rng.choice(["Mobile", "Devices", "Systems", "Technology", "Electronics"])
    return f"{_word(rng)} {_word(rng)} {kind} {rng.choice(['GmbH', 'Ltd', 'SAS', 'Oy'])}"


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(_SYLLABLES) for _ in range(3)).title() + rng.choice("nrsxkt")


def write_lists(folder: Path, partners: int) -> None:
    """Write the list as a plain CSV for each day; each has 200 other names than the one before."""
    rows = [{"id": str(at), "name": name, "aliases": also, "identifiers": ""} for at, name, also in _base()]
    for day in range(DAYS + 1):
        if day:
            rows = _change(rows, day, partners)
        with (folder / f"{day}.csv").open("w", newline="") as file:
            table = csv.DictWriter(file, ["id", "name", "aliases", "identifiers", "kind"])
            table.writeheader()
            table.writerows({**row, "kind": "entity"} for row in rows)


def _change(rows: list[dict[str, str]], step: int, partners: int) -> list[dict[str, str]]:
    rng = random.Random(step)
    rows = rows[40:]
    for at in rng.sample(range(len(rows)), 60):
        also = ";".join([*filter(None, [rows[at]["aliases"]]), f"{_word(rng)} {_word(rng)}"])
        rows[at] = {**rows[at], "aliases": also}
    for number in range(100):
        name, identifiers = f"{_word(rng)} {_word(rng)} Trading", ""
        target = (step * 1_000 + number * 7) % partners
        if number < 20:
            name = partner_name(target)
        elif number < 30:
            identifiers = f"registration:HRB {100_000 + target}:DE"
        rows.append({"id": f"n{step}-{number}", "name": name, "aliases": "", "identifiers": identifiers})
    return rows


def _base() -> list[tuple[int, str, str]]:
    """Return (number, name, aliases): OFAC's own where they are, then made-up ones up to 30,000 names."""
    rows: list[tuple[int, str, str]] = []
    if LISTS.is_dir():
        names = ("sdn.csv", "alt.csv", "add.csv")
        sdn = read_list(LIST, "ofac-sdn", {name: (LISTS / name).read_bytes() for name in names}, "2026-09-20")
        for record in sdn.records:
            first, *others = (name.text.replace(";", " ") for name in record.names)
            if record.kind is Kind.ENTITY:
                rows.append((len(rows), first, ";".join(others)))
    rng = random.Random(7)
    count = sum(1 + also.count(";") + bool(also) for _, _, also in rows)
    while count < NAMES:
        rows.append((len(rows), f"{_word(rng)} {_word(rng)} Company", ""))
        count += 1
    return rows
