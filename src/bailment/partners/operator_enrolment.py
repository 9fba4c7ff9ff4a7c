"""A new operator's first key: they mint it themselves, with both halves of their enrolment code.

The halves are in two privacy officers' hands (`appointments`); neither of them alone can enrol. Both are used
up by the first who shows them: a human who finds their code used knows that somebody else acts in their name,
and the entry tells an auditor when.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.model.encoding import hash_token
from bailment.model.programme import check_slug
from bailment.partners.dossiers import Filed
from bailment.partners.entries import confidential_record
from bailment.partners.office import Office
from bailment.partners.operators import (
    ENROLMENTS,
    KEY_LIFE_DAYS,
    KEYS,
    OPERATORS,
    Enrolment,
    NewKey,
    Unidentified,
    key_id_of,
    new_key,
)
from bailment.partners.ports import ProgrammeTransaction

REFUSED = (
    "these halves enrol nobody: one is wrong, the code was used, or it has lapsed; ask those who added you"
)


@dataclass(frozen=True, slots=True)
class Enrol:
    """What a new operator shows: their short name, and both halves in either order."""

    operator: Annotated[str, msgspec.Meta(description="Your short name.")]
    halves: Annotated[list[str], msgspec.Meta(description="Both halves.", min_length=2, max_length=2)]


async def enrol_operator(office: Office, shown: Enrol, now: int) -> NewKey:
    """Mint a new operator's first key, which is shown this once.

    Raises:
        Malformed: the short name is none.
        Unidentified: these are not both halves of a code of this operator that is still good.
    """
    check_slug(shown.operator, "operator")
    # What is no ASCII has no hash; it is wrong like any other text.
    hashes = {hash_token(each).hex() for each in shown.halves if each.isascii()}
    async with office.store.reading() as transaction:
        # Read beforehand, so that whoever has no code makes the gateway write nothing and wait for nobody.
        _check_code(await ENROLMENTS.get(transaction, shown.operator), hashes, now)
    key, entry = new_key(shown.operator, "first key", now, KEY_LIFE_DAYS)
    stored = hash_token(key).hex()
    details: dict[str, Value] = {
        "operator": shown.operator,
        "key": key_id_of(stored),
        "until": entry.expires_at,
        "by": shown.operator,
        "enrolled": 1,
    }
    record = await confidential_record("operator.changed", office.keys, now, details)

    async def work(transaction: ProgrammeTransaction) -> None:
        # The operator first, so that a removal at the same time sees the key, or this the removal: who is
        # removed has no code.
        await OPERATORS.lock(transaction, shown.operator)
        _check_code(await ENROLMENTS.lock(transaction, shown.operator), hashes, now)
        await ENROLMENTS.drop(transaction, shown.operator)
        await KEYS.put(transaction, stored, entry)
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=False)
    return NewKey(shown.operator, key)


def _check_code(code: Filed[Enrolment] | None, hashes: set[str], now: int) -> None:
    if code is None or hashes != set(code.value.halves) or now >= code.value.expires_at:
        raise Unidentified(REFUSED)
