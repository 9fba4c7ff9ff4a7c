"""What a person lets through their friends' phones: from a form to masks, and from masks to a preview. Pure.

A maker has either the general choice or its own. The store keeps its own where there is one, so "as for every
maker" is written as the general mask where a row stands already; see `Choice.changes`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bailment.endpoints.consent.codec import fingerprint
from bailment.endpoints.consent.forms import Form
from bailment.model.errors import Malformed
from bailment.model.fields import ALL_FIELDS, mask_of

EVERY = "every"


@dataclass(frozen=True, slots=True)
class Maker:
    """A partner with devices of this person's friends, or one with a choice of its own."""

    partner_id: str
    name: str
    devices: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What is let through: a mask in general, and one for each maker with a choice of its own."""

    general: int
    own: Mapping[str, int]

    def mask_for(self, partner_id: str) -> int:
        """Return what a maker's devices may receive."""
        return self.own.get(partner_id, self.general)

    @property
    def print(self) -> str:
        """The fingerprint of this choice."""
        parts = [f"{partner_id}={mask}" for partner_id, mask in sorted(self.own.items())]
        return fingerprint(str(self.general), *parts)


def stored_choice(setting: tuple[int | None, Mapping[str, int]]) -> Choice:
    """Return what the store holds; what is unknown lets nothing through."""
    return Choice(setting[0] or 0, dict(setting[1]))


def shown_choice(stored: Choice) -> Choice:
    """Return the choice as a person made it: a row like the general choice is none of its own."""
    return Choice(stored.general, {key: mask for key, mask in stored.own.items() if mask != stored.general})


def makers_of(rows: Sequence[tuple[str, str, int]], stored: Choice) -> list[Maker]:
    """Return the makers that a person can choose for: those of friends' devices, then those chosen before."""
    found = [Maker(*row) for row in rows]
    known = {maker.partner_id for maker in found}
    return found + [Maker(each, each, 0) for each in sorted(stored.own) if each not in known]


def choice_in(form: Form, makers: Sequence[Maker]) -> Choice:
    """Return the choice that a form made.

    Raises:
        Malformed: a maker or box that the page did not show, or no word on a maker.
    """
    own = {}
    for maker in makers:
        how = form.one(f"how-{maker.partner_id}")
        if how not in (EVERY, "own"):
            raise Malformed("say for each maker how it is", where="form")
        if how == "own":
            own[maker.partner_id] = mask_of(form.many(f"maker.{maker.partner_id}"))
    known = {"general.", *(f"maker.{maker.partner_id}" for maker in makers)}
    if not form.lists.keys() <= known:
        raise Malformed("the form has a list that this page does not know", where="form")
    return Choice(mask_of(form.many("general.")), own)


def nothing_for(makers: Sequence[Maker]) -> Choice:
    """Return the choice that lets nothing through, to any maker."""
    return Choice(0, {maker.partner_id: 0 for maker in makers})


def pack_choice(choice: Choice) -> str:
    """Return the spelling in which the confirming form carries a choice."""
    parts = [f"{partner_id}={mask}" for partner_id, mask in sorted(choice.own.items())]
    return " ".join([str(choice.general), *parts])


def parse_choice(text: str, makers: Sequence[Maker]) -> Choice:
    """Return the choice of that spelling.

    Raises:
        Malformed: it is none.
    """
    general, *parts = text.split(" ")
    own = {}
    for part in parts:
        partner_id, _, mask = part.partition("=")
        own[partner_id] = _mask(mask)
    if not own.keys() <= {maker.partner_id for maker in makers}:
        raise Malformed("there is no such maker", where="choice")
    return Choice(_mask(general), own)


def _mask(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) & ~ALL_FIELDS:
        raise Malformed("that is no mask of fields", where="choice")
    return int(text)


def changes(stored: Choice, wanted: Choice) -> list[tuple[str | None, int]]:
    """Return what is to be written, as (partner or None for the general choice, mask).

    A maker without a choice of its own follows the general one by itself, unless it once had one: then its
    row is brought up to the general choice. What closes comes first, so that nothing opens by a change that
    is half done.
    """
    found: list[tuple[str | None, int]] = []
    if wanted.general != stored.general:
        found.append((None, wanted.general))
    for partner_id in sorted({*stored.own, *wanted.own}):
        mask = wanted.mask_for(partner_id)
        follows = partner_id not in stored.own and mask == wanted.general
        if not follows and mask != stored.own.get(partner_id):
            found.append((partner_id, mask))
    return sorted(found, key=lambda each: bool(each[1] & ~stored.mask_for(each[0] or "")))


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes for one maker's devices; "" is every maker that comes later."""

    maker: Maker
    opens: int
    closes: int


def differences(makers: Sequence[Maker], stored: Choice, wanted: Choice) -> list[Difference]:
    """Return what changes for whom, those that nothing changes for left out."""
    later = Maker("", "", 0)
    found = []
    for maker in [*makers, later]:
        before, after = stored.mask_for(maker.partner_id), wanted.mask_for(maker.partner_id)
        if before != after:
            found.append(Difference(maker, after & ~before, before & ~after))
    return found
