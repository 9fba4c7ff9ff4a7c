"""From what is asked or stands to what a page shows, and from ticked boxes back to consents. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bailment.endpoints.consent.forms import Form
from bailment.endpoints.consent.language import Language
from bailment.model.encoding import base64url
from bailment.model.errors import Malformed
from bailment.model.fields import Category, fields_of, mask_of, mask_of_categories
from bailment.model.oauth import GrantRow
from bailment.model.programme import Consent, pack_consents, parse_consents

DAY_MS = 86_400_000
SENSITIVE = mask_of_categories((Category.SPECIAL, Category.BIOMETRIC))
_DAYS = (30, 90, 365)
_END = "end"
# The lists of boxes of a purpose, by the first part of their names: read of oneself, of friends, written.
_LISTS = ("own", "friends", "writes")
Masks = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """One field to tick: its name, how it is called here, and the key of what makes it sensitive."""

    name: str
    label: str
    warning: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class Group:
    """What one purpose asks for, by ring. `number` stands in the names of its boxes."""

    number: int
    purpose: str
    own: tuple[Box, ...]
    friends: tuple[Box, ...]
    writes: tuple[Box, ...]


def boxes_of(mask: int, ticked: int, language: Language, say: str = "field") -> tuple[Box, ...]:
    """Return the fields of a mask as boxes, those of `ticked` ticked; `say` is how they are spoken of."""
    return tuple(
        Box(
            field.name,
            language.say(f"{say}.{field.name}"),
            f"sensitive.{field.category.value}" if field.mask & SENSITIVE else "",
            bool(field.mask & ticked),
        )
        for field in fields_of(mask)
    )


def groups_of(asked: Sequence[Consent], ticked: Mapping[int, Masks], language: Language) -> list[Group]:
    """Return consents as groups of boxes; `ticked` are masks by a consent's number."""
    groups = []
    for number, consent in enumerate(asked):
        own, friends, writes = ticked.get(number, (0, 0, 0))
        groups.append(
            Group(
                number,
                purpose_name(consent.purpose, language),
                boxes_of(consent.self_mask, own, language),
                boxes_of(consent.friend_mask, friends, language),
                boxes_of(consent.write_mask, writes, language, "write"),
            )
        )
    return groups


def purpose_name(purpose: str, language: Language) -> str:
    """Return a purpose in plain words, or as the agreement spells it where the catalogue has none."""
    key = f"purpose.{purpose}"
    return language.say(key) if language.knows(key) else purpose


def field_names(mask: int, language: Language, say: str = "field") -> str:
    """Return the fields of a mask as one enumeration."""
    return language.list_of([language.say(f"{say}.{field.name}") for field in fields_of(mask)])


def ticks_in(form: Form, asked: Sequence[Consent]) -> dict[int, Masks]:
    """Return the masks that a form ticked by a consent's number: never more than was asked for.

    Raises:
        Malformed: a box that the page did not show.
    """
    known = {f"{list_name}.{number}" for number in range(len(asked)) for list_name in _LISTS}
    if not form.lists.keys() <= known:
        raise Malformed("the form has a list that this page does not know", where="form")
    ticks = {}
    for number, consent in enumerate(asked):
        own, friends, writes = (mask_of(form.many(f"{list_name}.{number}")) for list_name in _LISTS)
        ticked = own, friends, writes
        if any(one & ~other for one, other in zip(ticked, consent.masks, strict=True)):
            raise Malformed("a box is ticked that was not asked for", where="form")
        ticks[number] = ticked
    return ticks


def all_but_sensitive(asked: Sequence[Consent]) -> dict[int, Masks]:
    """Return the ticks of everything that is not sensitive."""
    return {
        # What is written is one's own doing, in full view: nothing of it is taken from anybody.
        number: (consent.self_mask & ~SENSITIVE, consent.friend_mask & ~SENSITIVE, consent.write_mask)
        for number, consent in enumerate(asked)
    }


def consents_in(asked: Sequence[Consent], ticks: Mapping[int, Masks]) -> tuple[Consent, ...]:
    """Return the consents that ticks make; none for a purpose of which nothing is ticked."""
    return tuple(
        Consent(consent.purpose, *ticks[number]) for number, consent in enumerate(asked) if any(ticks[number])
    )


def until_options(now: int, latest: int) -> list[tuple[str, int]]:
    """Return (value, end) of the ends that can be chosen, shortest first; none beyond the agreement's."""
    options = [(str(days), now + days * DAY_MS) for days in _DAYS if now + days * DAY_MS <= latest]
    if len(options) < len(_DAYS):
        options.append((_END, latest))
    return options


def until_in(form: Form, now: int, latest: int) -> int:
    """Return the end that a form chose.

    Raises:
        Malformed: it was not offered.
    """
    for value, end in until_options(now, latest):
        if value == form.one("until"):
            return end
    raise Malformed("choose until when", where="until")


def fingerprint(*parts: str) -> str:
    """Return a short text that changes with what a form was made of."""
    return base64url(hashlib.sha256("\0".join(parts).encode()).digest()[:12])


def state_of(grant: GrantRow, now: int) -> str:
    """Return where a grant stands, as the last part of a key in the catalogues."""
    if grant.withdrawn_at is not None:
        return "withdrawn"
    if grant.until <= now:
        return "expired"
    if grant.device_removed_at is not None:
        return "removed"
    return "active" if grant.device_id else "waiting"


def print_of(grant: GrantRow) -> str:
    """Return the fingerprint of what a grant allows."""
    return fingerprint(grant.grant_id, pack_consents(parse_consents(grant.consents)))
