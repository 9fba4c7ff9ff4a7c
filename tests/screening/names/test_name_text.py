# ruff: noqa: RUF001 - names in other scripts hold letters that look alike; that is what is tested
"""From text to words."""

import pytest

from bailment.screening.names.text import MAX_CHARS, Script, normalise, words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("A.B.C. Company", ["abc", "company"]),
        ("L.X.C Aviation", ["lxc", "aviation"]),
        ("J.P. Morgan", ["jp", "morgan"]),
        ("Oboronnye o.O.O.", ["oboronnye", "ooo"]),
        ("Xi'an Qa’ida", ["xian", "qaida"]),
        ("Straße Ørsted Łódź", ["strasse", "orsted", "lodz"]),
        ("SiemensAG", ["siemens", "ag"]),
        ("Ｈｕａｗｅｉ", ["huawei"]),
        ("AT&T", ["at", "and", "t"]),
        ("No. 5, № 6, 7th, 第五十四, 第七二五, رقم ٨", ["5ord", "6ord", "7ord", "54ord", "725ord", "8ord"]),
        ("co-operation E-Commerce", ["cooperation", "ecommerce"]),
        ("Ash-Shams an-Noor", ["al", "shams", "al", "noor"]),
    ],
)
def test_words_are_plain(name: str, expected: list[str]) -> None:
    """Initials are joined, marks and apostrophes leave, numbers that name are marked."""
    assert [word.text for word in words(name)] == expected


def test_a_change_of_script_ends_a_word() -> None:
    """Each run is read in its own script."""
    assert [(word.text, word.script) for word in words("SZ大疆ООО شركة")] == [
        ("sz", Script.LATIN),
        ("大疆", Script.HAN),
        ("ооо", Script.CYRILLIC),
        ("شركه", Script.ARABIC),
    ]


def test_a_name_without_letters_is_what_it_holds() -> None:
    """Marks alone are still a name; blanks are none."""
    assert [word.text for word in words(" !? ")] == ["!?"]
    assert words(" \t\x00") == []


def test_a_long_text_is_read_up_to_a_limit() -> None:
    """Also where one character becomes eighteen."""
    assert len(normalise("\ufdfa" * 10_000)) < 3 * MAX_CHARS
