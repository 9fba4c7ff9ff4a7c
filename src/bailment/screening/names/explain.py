"""What a score rests on, in short lines for the person who reviews a hit."""

from collections.abc import Iterator, Sequence

from bailment.screening.names.score import Scored
from bailment.screening.names.tokens import Role, Token

_HOW = {
    "": "are spelled the same",
    "read": "mean the same",
    "joined": "are the same, joined",
    "acronym": "one is the acronym of the other",
    "spelled": "one is a spelling of the other",
    "slip": "differ by a slip of the pen",
    "skeleton": "have the same consonants",
    "initial": "one is the initial of the other",
}


def explain(scored: Scored) -> tuple[str, ...]:
    """Return what agreed, what has no counterpart, what was set aside, and what held the score down."""
    return tuple(_lines(scored))


def _lines(scored: Scored) -> Iterator[str]:
    found, (ours, theirs) = scored.alignment, scored.weights
    left, right = found.left, found.right
    for lefts, rights, _, how in found.pairs:
        weight = max(*(ours[at] for at in lefts), *(theirs[at] for at in rights))
        if weight:
            yield _agreed([left.tokens[at] for at in lefts], [right.tokens[at] for at in rights], how, weight)
    for reading, agreed in ((left, found.lefts), (right, found.rights)):
        for token, likeness in zip(reading.tokens, agreed, strict=True):
            if not likeness and token.role is not Role.STOP:
                yield f"'{token.shown}' ({token.role.value}) has no counterpart"
    # "Ltd" and "LTD" are one form to a reader.
    forms = {form.casefold(): form for form in (*right.forms, *left.forms)}
    for form in forms.values():
        yield f"'{form}' is a legal form: set aside"
    yield from scored.held


def _agreed(lefts: Sequence[Token], rights: Sequence[Token], how: str, weight: float) -> str:
    ours, theirs = (" ".join(token.shown for token in side) for side in (lefts, rights))
    role = min((token.role for token in (*lefts, *rights)), key=lambda each: each is not Role.NAME).value
    if ours.casefold() == theirs.casefold():
        return f"'{ours}' agrees ({role}, weight {weight:.2f})"
    return f"'{ours}' and '{theirs}': {_HOW[how]} ({role}, weight {weight:.2f})"
