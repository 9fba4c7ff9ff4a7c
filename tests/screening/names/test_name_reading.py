"""How names are read in each script."""

import pytest

from bailment.screening.names import arabic, arabic_words, cyrillic, cyrillic_words, han
from bailment.screening.names.glosses import CONCEPTS, PHRASES
from bailment.screening.names.han_words import GENERIC
from bailment.screening.names.legal_forms import split_forms
from bailment.screening.names.numbers import compound_number, number_of
from bailment.screening.names.places import PLACES, contradict
from bailment.screening.names.reading import MOST_TOKENS, read, readings, tokenise
from bailment.screening.names.tokens import Role


def _parts(name: str) -> list[tuple[Role, str]]:
    return [(token.role, token.value) for token in tokenise(name)]


def test_a_han_name_is_split_into_place_name_trade_and_form() -> None:
    """What no table knows is the distinctive part, read as pinyin."""
    reading = read("深圳市腾飞电子有限公司")
    assert _parts("深圳市腾飞电子有限公司") == [
        (Role.PLACE, "shenzhen"),
        (Role.FILLER, "region"),
        (Role.NAME, "tengfei"),
        (Role.GENERIC, "electronics"),
    ]
    assert reading.forms == ("有限公司",)


def test_a_brand_is_read_by_its_latin_name_and_its_pinyin() -> None:
    """中兴 files as ZTE and was Zhongxing."""
    (piece, *_) = han.pieces("中兴通讯")
    assert {"zte", "zhongxing"} <= set(piece.readings)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("长远", "zhangyuan"),
        ("重华", "zhonghua"),
        ("行远", "hangyuan"),
        ("乐活", "yuehuo"),
        ("腾飞", "tengfei"),
        ("永安", "wingon"),
        ("华兴", "hwahsing"),
    ],
)
def test_every_reading_of_a_character_counts(text: str, reading: str) -> None:
    """Pinyin with several readings, Wade-Giles and Cantonese spellings stand side by side."""
    (piece,) = han.pieces(text)
    assert reading in piece.readings


def test_traditional_characters_are_read_as_simplified() -> None:
    """華為 is 华为."""
    assert han.simplify("華為技術") == "华为技术"


def test_a_district_that_no_table_has_is_a_place() -> None:
    """It is told by the word for its kind."""
    assert _parts("上虞区恒盛化纤")[0] == (Role.PLACE, "shangyu")


def test_cyrillic_words_mean_what_their_stems_mean() -> None:
    """Endings are taken off; a short stem is a whole word."""
    assert cyrillic.meaning("машиностроительный") == "machine-building/engineering/machinery"
    assert cyrillic.meaning("банка") == "bank"
    assert cyrillic.meaning("имкор") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("khabarovsk", "habarovsk"),
        ("chaika", "chayka"),
        ("yunost", "iunost"),
        ("tsvet", "tzvet"),
        ("almaz antey", "almaz antei"),
        ("qaida", "qaeda"),
        ("yandeks", "yandex"),
    ],
)
def test_spellings_of_different_systems_fold_to_one(one: str, other: str) -> None:
    """BGN, ISO 9, GOST and the lists' own spellings agree."""
    assert cyrillic.fold(one) == cyrillic.fold(other)


def test_chinese_in_russian_letters_is_pinyin() -> None:
    """Palladius's system; a Russian word is none."""
    assert cyrillic.from_palladius("хуавэй") == "huawei"
    assert cyrillic.from_palladius("чжунсин") == "zhongxing"
    assert cyrillic.from_palladius("ромашка") == ""


@pytest.mark.parametrize(
    ("word", "latin", "fits"),
    [
        ("قاسم", "qasim", True),
        ("قاسم", "kassem", True),
        ("نور", "noor", True),
        ("نور", "nur", True),
        ("نور", "nar", False),
        ("رشيد", "rasheed", True),
        ("رشيد", "rashad", False),
        ("جزيره", "jazeera", True),
        ("فجر", "fath", False),
    ],
)
def test_latin_letters_spell_arabic_ones(word: str, latin: str, fits: bool) -> None:  # noqa: FBT001 - a case's expectation
    """Short vowels are free, long ones are not."""
    assert arabic.spells(word, latin) is fits


def test_articles_and_prefixes_leave_arabic_words() -> None:
    """The rest is what is compared."""
    assert [arabic.bare(word) for word in ("الفجر", "للتجاره", "والنور", "وليد")] == [
        "فجر",
        "تجاره",
        "نور",
        "وليد",
    ]


@pytest.mark.parametrize(
    ("words", "kept", "forms"),
    [
        (["siemens", "ag"], [0], ["ag"]),
        (["ooo", "sokol"], [1], ["ooo"]),
        (["faberlic", "sp", "z", "oo"], [0], ["sp z oo"]),
        (["lumen", "sdn", "bhd"], [0], ["sdn bhd"]),
        (["toshiba", "kabushiki", "kaisha"], [0], ["kabushiki kaisha"]),
        (["sa", "sa", "international"], [0, 1, 2], []),
        (["pt", "lumen", "tbk"], [1], ["pt", "tbk"]),
        (["joint", "stock", "company", "lumen", "corp"], [3], ["joint stock company", "corp"]),
        (["lumen", "compan"], [0], ["compan"]),
        (["co", "ltd"], [], ["co", "ltd"]),
        ([], [], []),
    ],
    ids=str,
)
def test_legal_forms_are_set_aside(words: list[str], kept: list[int], forms: list[str]) -> None:
    """Short ones only at the ends of a name."""
    assert split_forms(words) == (kept, forms)


def test_numbers_are_told_from_words() -> None:
    """Ordinals name, others count; no name begins with a Roman numeral."""
    assert number_of("183ord", first=False) == ("183", True)
    assert number_of("first", first=True) == ("1", True)
    assert number_of("three", first=False) == ("3", False)
    assert number_of("xii", first=False) == ("12", False)
    assert number_of("xii", first=True) is None
    assert number_of("vivo", first=False) is None
    assert compound_number("forty", "four") == "44"
    assert compound_number("forty", "fourth") == "44ord"
    assert compound_number("four", "forty") == ""


def test_abbreviations_and_phrases_are_their_concepts() -> None:
    """Tech, Intl, Comm, Grp, Srvces; Science and Technology; Keji."""
    assert [value for _, value in _parts("Lumen Intl Comm Grp Tech Srvces Mfg Elec Sci Dev Bk")] == [
        "lumen", "international", "communication", "group", "technology", "services", "manufacture",
        "electronics", "science", "development", "bank",
    ]  # fmt: skip
    assert _parts("Lumen Science and Technology") == [(Role.NAME, "lumen"), (Role.GENERIC, "technology")]
    assert _parts("Hong Kong Ke Ji") == [(Role.PLACE, "hongkong"), (Role.GENERIC, "technology")]


def test_acronyms_are_those_of_the_words() -> None:
    """With the letter of a legal form that may have been counted in."""
    assert "smic" in read("Semiconductor Manufacturing International Corporation").acronyms
    assert "cetc" in read("China Electronics Technology Group Corporation").acronyms
    assert "cetc" in read("中国电子科技集团公司").acronyms
    assert not read("Lumen Mobile").acronyms


def test_a_name_may_hold_several() -> None:
    """A second name stands after a stroke, an a.k.a., or in brackets; a place in brackets is no name."""
    assert len(readings("Al-Qa'ida/Islamic Army of Kuno")) == 3
    assert len(readings("Lumen Mobile (Quorix)")) == 3
    assert len(readings("Lumen Mobile f/k/a Quorix Ltd")) == 3
    assert len(readings("Lumen Mobile (Germany) A/S")) == 1


def test_a_long_name_has_a_bounded_number_of_tokens() -> None:
    """Whatever is sent, comparison stays quick."""
    assert len(tokenise("a b " * 1000)) <= MOST_TOKENS


def test_places_contradict_unless_one_lies_in_the_other() -> None:
    """Shenzhen is in China and not in Shanghai."""
    assert contradict("shenzhen", "shanghai")
    assert not contradict("shenzhen", "china")
    assert not contradict("china", "china")


def test_every_table_speaks_of_known_concepts() -> None:
    """A meaning that no Latin word has could never agree with anything."""
    known = set(CONCEPTS.values())
    assert {each for said in GENERIC.values() for each in said.replace("+", "/").split("/")} <= known
    assert set(PHRASES.values()) <= known
    for meaning in (*cyrillic_words.STEMS.values(), *arabic_words.MEANINGS.values()):
        kind, _, rest = meaning.rpartition(":")
        if kind == "place":
            assert rest in set(PLACES.values()), meaning
        elif not kind and rest not in {"stop", "company-word"}:
            assert set(rest.replace("/", "+").split("+")) <= known, meaning
