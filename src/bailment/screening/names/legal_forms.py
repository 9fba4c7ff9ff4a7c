"""Legal forms of companies, in many countries' words: recognised and set aside before names are compared.

A form says what kind of body a company is, never which one; it has no weight at all. Long words ("limited")
are forms wherever they stand; two-letter ones ("AS", "SA", "Co") only at the end of a name, and a few ("PT",
"OOO") only at its beginning too, because inside a name they may be a syllable of it.
"""

from collections.abc import Sequence

from bailment.screening.names.legal_form_words import (
    ANYWHERE,
    ARABIC,
    AT_THE_BEGINNING,
    AT_THE_END,
    CYRILLIC,
    HANGUL,
)
from bailment.screening.names.text import fold_arabic


def _forms(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(form.split()) for form in text.split(","))


_everywhere = _forms(ANYWHERE) | _forms(CYRILLIC) | _forms(fold_arabic(ARABIC)) | _forms(HANGUL)
_ends = _everywhere | _forms(AT_THE_END)
_starts = _everywhere | _forms(AT_THE_BEGINNING)
# A list's column of fixed width cuts its last word off: "JOINT STOCK COMPAN".
_CUT_OFF = frozenset(
    form[:size]
    for form in ("company", "corporation", "limited", "incorporated")
    for size in range(5, len(form))
)
_LONGEST = max(map(len, _ends))
# Most words neither begin nor end a form, which is told at once.
_FIRSTS = frozenset(form[0] for form in _ends | _starts if form)
_LASTS = frozenset(form[-1] for form in _ends | _starts if form)


def split_forms(words: Sequence[str], shown: Sequence[str] | None = None) -> tuple[list[int], list[str]]:
    """Return the places of the words that are no legal form, and the forms in the words' order.

    The forms are given as `shown` has their words, where it is given.
    """
    kept = list(range(len(words)))
    forms: list[list[int]] = []
    _take_ends(words, kept, forms)
    _take_inside(words, kept, forms)
    return kept, [" ".join((shown or words)[at] for at in form) for form in sorted(forms)]


def _take_ends(words: Sequence[str], kept: list[int], forms: list[list[int]]) -> None:
    """Take forms off the end, then off the beginning, for as long as there are any."""
    if len(kept) > 1 and words[kept[-1]] in _CUT_OFF:
        forms.append([kept.pop()])
    while kept and (size := _form_at(words, kept, _ends, from_end=True)):
        forms.append(kept[-size:])
        del kept[-size:]
    while kept and (size := _form_at(words, kept, _starts, from_end=False)):
        forms.append(kept[:size])
        del kept[:size]


def _form_at(
    words: Sequence[str], kept: Sequence[int], table: frozenset[tuple[str, ...]], *, from_end: bool
) -> int:
    if not kept or words[kept[-1 if from_end else 0]] not in (_LASTS if from_end else _FIRSTS):
        return 0
    for size in range(min(_LONGEST, len(kept)), 0, -1):
        part = kept[-size:] if from_end else kept[:size]
        if tuple(words[at] for at in part) in table:
            return size
    return 0


def _take_inside(words: Sequence[str], kept: list[int], forms: list[list[int]]) -> None:
    at = 0
    while at < len(kept):
        size = _form_at(words, kept[at : at + _LONGEST], _everywhere, from_end=False)
        if size:
            forms.append(kept[at : at + size])
            del kept[at : at + size]
        else:
            at += 1
