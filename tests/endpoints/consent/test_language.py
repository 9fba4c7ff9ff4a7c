"""Languages: catalogues that are whole, plurals, directions, and which language is taken."""

import json
import re
import string
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from bailment.endpoints.consent import codec
from bailment.endpoints.consent.language import Language, choose_language, load_languages
from bailment.model.fields import FIELDS
from bailment.model.programme import CUSTODIES

LANGUAGES = load_languages()
ENGLISH, ARABIC = LANGUAGES["en"], LANGUAGES["ar"]
_PLURAL = re.compile(r"\.(zero|one|two|few|many|other)$")
PACKAGE = Path(str(files("bailment.endpoints.consent")))


def _keys(language: Language) -> set[str]:
    return {_PLURAL.sub("", key) for key in language.texts}


def _places(language: Language) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key, text in language.texts.items():
        places = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        found.setdefault(_PLURAL.sub("", key), set()).update(places)
    return found


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_catalogue_is_whole(language: Language) -> None:
    """Each language has every text, with the same places for values, and no markup."""
    assert _keys(language) == _keys(ENGLISH)
    for key, places in _places(language).items():
        assert places - {"count"} == _places(ENGLISH)[key] - {"count"}, key
    assert not [key for key, text in language.texts.items() if "<" in text or not text.strip()]
    assert language.countries.keys() == ENGLISH.countries.keys()
    assert len(language.countries) == 249


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_number_has_its_plural(language: Language) -> None:
    """No count is without a text."""
    for key in ("friends.devices", "friends.maker.devices", "preview.devices"):
        for count in range(250):
            assert language.say(key, count=count)


def _used_keys() -> Iterator[str]:
    for file in (PACKAGE / "templates").iterdir():
        yield from re.findall(r"""\bt\(["']([a-z0-9.-]+)["'][,)]""", file.read_text("utf-8"))


def test_every_text_that_a_page_names_is_there() -> None:
    """And every text that is there is named by some page, or made up of a value of the model."""
    used = set(_used_keys())
    assert used <= _keys(ENGLISH)
    for field in FIELDS:
        assert ENGLISH.knows(f"field.{field.name}")
    for custody in (*CUSTODIES, "unknown"):
        assert ENGLISH.knows(f"custody.{custody}")
    for box in codec.boxes_of(codec.SENSITIVE, 0, ENGLISH):
        assert ENGLISH.knows(box.warning)
    composed = re.compile(
        r"(field|write|custody|sensitive|purpose|month|until|state|done|receipt|error|answered|passkeys|device|sign-in)"
        r"\.|date|list\.comma|withheld\."
    )
    assert {key for key in _keys(ENGLISH) - used if not composed.match(key)} == set()


def test_arabic_counts_in_six_ways() -> None:
    """None, one, two, a few, many, and the rest, as CLDR has them."""
    say = ARABIC.say
    words = {say("friends.maker.devices", count=count) for count in (0, 1, 2)}
    assert len(words) == 3
    assert say("friends.maker.devices", count=3) == say("friends.maker.devices", count=103).replace(
        "103", "3"
    )
    assert say("friends.maker.devices", count=11) == say("friends.maker.devices", count=99).replace(
        "99", "11"
    )
    assert say("friends.maker.devices", count=100) != say("friends.maker.devices", count=11).replace(
        "11", "100"
    )


def test_a_name_never_turns_a_sentence_round() -> None:
    """A value of the other direction is isolated; one of the same stands as it is."""
    assert ENGLISH.say("signed-in", name="Ada") == "Signed in as Ada"
    assert ENGLISH.say("signed-in", name="ليلى") == "Signed in as \u2068ليلى\u2069"
    assert "\u2068Ada\u2069" in ARABIC.say("signed-in", name="Ada")
    assert "\u2068" not in ARABIC.say("signed-in", name="ليلى")


def test_a_value_is_no_format() -> None:
    """Braces in a name are a name."""
    assert ENGLISH.say("signed-in", name="{0} {name}") == "Signed in as {0} {name}"


def test_dates_are_words() -> None:
    """A day, a second and a minute, in UTC."""
    assert ENGLISH.date(1_790_000_000_000) == "21 September 2026"
    assert ENGLISH.time(1_790_000_000_000) == "21 September 2026, 14:13:20 UTC"
    assert ENGLISH.minute(1_790_000_000_000) == "21 September 2026, 14:13 UTC"
    assert ARABIC.date(1_790_000_000_000) == "21 سبتمبر 2026"


def test_countries_have_names() -> None:
    """Of every ISO 3166-1 code; what is none stays as it is."""
    assert (ENGLISH.country("DE"), ARABIC.country("DE"), ENGLISH.country("ZZ")) == (
        "Germany",
        "ألمانيا",
        "ZZ",
    )


@pytest.mark.parametrize(
    ("chosen", "accepted", "tag"),
    [
        ("", "", "en"),
        ("", "ar", "ar"),
        ("", "ar-EG, en;q=0.5", "ar"),
        ("", "en;q=0.5, ar;q=0.9", "ar"),
        ("", "de, fr", "en"),
        ("", "ar;q=0, en", "en"),
        ("", "ar;q=nan, en;q=0.1", "en"),
        ("", "ar;x=1", "en"),
        ("", "ar;q=x, en;q=0.1", "en"),
        ("", "ar;q=1.5", "en"),
        ("", "*", "en"),
        ("", "," * 1000 + "ar", "en"),
        ("en", "ar", "en"),
        ("ar", "en", "ar"),
        ("tlh", "ar", "ar"),
        ("../en", "", "en"),
    ],
)
def test_the_language_is_the_chosen_or_the_best_that_is_accepted(
    chosen: str, accepted: str, tag: str
) -> None:
    """The choice first, then the browser's order of quality, then English."""
    assert choose_language(LANGUAGES, chosen, accepted).tag == tag


def test_catalogues_are_files_that_a_translator_can_read() -> None:
    """One text a line, in the order of the keys."""
    for file in (PACKAGE / "messages").iterdir():
        document = json.loads(file.read_text("utf-8"))
        assert list(document["texts"]) == sorted(document["texts"])
        assert json.dumps(document, ensure_ascii=False, indent=1) + "\n" == file.read_text("utf-8")
