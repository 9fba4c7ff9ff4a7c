"""A person's statuses in their rendered content: one more on top, or one less. Pure.

The rows of the store are the truth; what is rendered are the newest of them, so that a read of the field
`statuses` costs what any other field does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

import msgspec

from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.people import JsonValue, PersonRecord
from bailment.model.posts import ID_BITS, StatusRow, first_id_at, instant_of_id
from bailment.model.withholding import Withheld
from bailment.people.card import render_card
from bailment.people.render import render, slice_fields, with_fragment
from bailment.people.times import instant_of_unix_ms, unix_ms_of_instant

# So many are rendered where somebody posts; timelines have them all.
MOST_RENDERED = 100

_ABOVE = 1 << ID_BITS
_STATUSES = mask_of(["statuses"])
_Statuses = list[dict[str, JsonValue]]


def statuses_of(person: PersonRecord, number: Iterator[int]) -> Iterator[tuple[int, int, str]]:
    """Yield (id, person, text) of the statuses among a person's values, which `people.render` has accepted.

    `number` keeps the ids of one instant apart.
    """
    found = person.values.get("statuses", ())
    for each in cast("Sequence[Mapping[str, str]]", found):
        first = first_id_at(unix_ms_of_instant(each["at"]))
        yield first + next(number) % _ABOVE, person.person_id, each["text"]


def with_status(blob: bytes, text: str, at_ms: int) -> tuple[bytes, bytes]:
    """Return content and card with one more status, the newest; the oldest goes where there are too many."""
    new: dict[str, JsonValue] = {"text": text, "at": instant_of_unix_ms(at_ms)}
    return _changed(blob, lambda statuses: [new, *statuses][:MOST_RENDERED])


def without_status(blob: bytes, text: str, at_ms: int) -> tuple[bytes, bytes]:
    """Return content and card without the status of this text and instant."""
    old: dict[str, JsonValue] = {"text": text, "at": instant_of_unix_ms(at_ms)}

    def change(statuses: _Statuses) -> _Statuses:
        # The first alone: another one may look like it, and stays.
        place = statuses.index(old) if old in statuses else len(statuses)
        return statuses[:place] + statuses[place + 1 :]

    return _changed(blob, change)


def with_notices(blob: bytes, withheld: Iterable[tuple[StatusRow, Withheld]]) -> bytes:
    """Return content in which a notice takes the place of each of these statuses, as far as it holds them.

    Content names statuses by text and instant. Two that have both alike look alike, too: then one of them
    gives way for each that is withheld.
    """
    fragment = slice_fields(blob, _STATUSES)
    statuses: _Statuses = msgspec.json.decode(b"{%b}" % fragment).get("statuses", [])
    before = list(statuses)
    for row, notice in withheld:
        for place, each in enumerate(statuses):
            if "withheld" not in each and _is_of(each, row):
                statuses[place] = {"text": "", "at": each["at"], "withheld": _notice(notice)}
                break
    return blob if statuses == before else with_fragment(blob, "statuses", statuses)


def _is_of(status: Mapping[str, JsonValue], row: StatusRow) -> bool:
    # By the id that its instant gives: ids begin at 1970, and what is older has the first of them.
    first = first_id_at(unix_ms_of_instant(str(status["at"])))
    return status["text"] == row.text and instant_of_id(first) == instant_of_id(row.status_id)


def _notice(withheld: Withheld) -> dict[str, JsonValue]:
    said: dict[str, JsonValue] = {
        "order": withheld.order_id,
        "country": withheld.country,
        "issuer": withheld.issuer,
        "basis": withheld.basis,
        "until": instant_of_unix_ms(withheld.until),
    }
    return {**said, "appeal": withheld.appeal} if withheld.appeal else said


def _changed(blob: bytes, change: Callable[[_Statuses], _Statuses]) -> tuple[bytes, bytes]:
    values: dict[str, JsonValue] = msgspec.json.decode(b"{%b}" % slice_fields(blob, ALL_FIELDS))
    found = values.pop("statuses", [])
    statuses = change(found if isinstance(found, list) else [])
    if statuses:
        values["statuses"] = statuses
    return render(values), render_card(values)
