# ruff: noqa: RUF001 - names in other scripts hold letters that look alike; that is what is tested
"""What holds for any two names."""

import time

from hypothesis import assume, example, given
from hypothesis import strategies as st

from bailment.model.screening import Kind
from bailment.screening.names.pairs import compare
from bailment.screening.names.reading import read
from bailment.screening.names.score import THRESHOLD
from bailment.screening.names.tables import listed
from bailment.screening.names.text import MAX_CHARS, words

_TABLE = """
Huawei Lumen Quorix Shenzhen China Technology Group Bank of the & 5 XII No.7 Da Hua Co SA
华为 腾飞 深圳市 电子 第五 Чайка завод Москва شركة الفجر للتجارة / ( ) «» Mbh A.B. -
"""
_WORDS = listed(_TABLE)
_TEXT = st.text(max_size=60)
_NAMES = st.one_of(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=7).map(" ".join), _TEXT)
_FORMS = st.sampled_from(["Ltd", "LLC", "GmbH", "Inc.", "Limited", "Co., Ltd.", "OOO", "有限公司", "ООО"])
_KINDS = st.sampled_from([Kind.ENTITY, Kind.PERSON])
_ANY = st.text(st.characters(), max_size=400)


@given(_NAMES, _NAMES, _KINDS)
@example("Al Fajr", "الفجر", Kind.ENTITY)
def test_a_score_is_symmetric_and_between_0_and_1(one: str, other: str, kind: Kind) -> None:
    """Which name comes first is no matter, nor which script is which."""
    score = compare(one, other, kind).score
    assert 0.0 <= score <= 1.0
    assert compare(other, one, kind).score == score


@given(_NAMES, _KINDS)
@example("华为技术有限公司", Kind.ENTITY)
@example("!", Kind.ENTITY)
@example("The", Kind.ENTITY)
@example("Ltd", Kind.ENTITY)
@example("有限公司", Kind.ENTITY)
@example("ьъ", Kind.ENTITY)
@example("شركة", Kind.ENTITY)
def test_a_name_matches_itself(name: str, kind: Kind) -> None:
    """With 1, in any script."""
    assume(words(name))
    assert compare(name, name, kind).score == 1.0


@given(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=5).map(" ".join), _NAMES, _FORMS)
def test_a_legal_form_never_changes_a_match(name: str, other: str, form: str) -> None:
    """It is set aside, so its weight is none."""
    # A name that is nothing but legal forms has no other words to compare.
    assume(read(f"{name} GmbH").forms)
    assume(len(name) < MAX_CHARS - 20 and not set(name) & set("/()"))
    assert compare(f"{name} {form}", other).score == compare(name, other).score


@given(_ANY, _ANY, _KINDS)
def test_no_text_raises(one: str, other: str, kind: Kind) -> None:
    """Surrogates, controls and all."""
    assert 0.0 <= compare(one, other, kind).score <= 1.0


def test_the_longest_text_takes_a_bounded_time() -> None:
    """Hostile input is read up to a limit, and compared in well under a second."""
    hostile = (
        "a" * 100_000,
        "a " * 100_000,
        "ا" * 100_000,
        "长" * 100_000,
        "((((" * 50_000,
        "x/" * 50_000,
        "\ufdfa" * 9999,
    )
    began = time.perf_counter()
    for one in hostile:
        for other in hostile:
            compare(one, other)
    assert time.perf_counter() - began < 5


def test_a_script_is_read_and_never_scored() -> None:
    """Two made-up names score by their words: which side is in which script decides nothing."""
    latin, cyrillic, arabic, han = (
        ("Vorkel", "Norsim"),
        ("Воркел", "Норсим"),
        ("وركل", "نرسم"),
        ("腾飞", "海润"),
    )
    for ours in (latin, cyrillic, arabic, han):
        assert compare(f"{ours[0]}", f"{ours[0]}").score == 1.0
        assert compare(f"{ours[0]}", f"{ours[1]}").score < THRESHOLD
    for ours, theirs in (
        (latin, cyrillic),
        (latin, arabic),
        (cyrillic, arabic),
        (han, ("Tengfei", "Hairun")),
    ):
        for at in (0, 1):
            assert compare(ours[at], theirs[at]).score == compare(theirs[at], ours[at]).score >= THRESHOLD
            assert (
                compare(ours[at], theirs[1 - at]).score == compare(theirs[1 - at], ours[at]).score < THRESHOLD
            )
