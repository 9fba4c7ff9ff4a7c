"""Languages of the pages: message catalogues, plurals, dates, names of countries, and which one to take.

A catalogue is a JSON file in `messages/`: `key: text`, with `{name}` where a value goes and no markup, so
that a translator can break nothing but words. A key of which the text depends on a count has one text for
each plural category of the language, `key.one`, `key.other` and so on (Unicode CLDR). A further language is
a further file, and a line in `_PLURALS` where its plurals are not those of English.

A value keeps its own direction: within right-to-left text, or where it is right-to-left itself, it stands
between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE, so that a name never turns a sentence round.
"""

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files

DEFAULT = "en"
_ISOLATE, _END = "\u2068", "\u2069"
_MOST_RANGES = 32


def _english(count: int) -> str:
    return "one" if count == 1 else "other"


def _arabic(count: int) -> str:
    if count <= 2:
        return ("zero", "one", "two")[count]
    if 3 <= count % 100 <= 10:
        return "few"
    return "many" if count % 100 >= 11 else "other"


# Source: Unicode CLDR, cardinal plural rules, for whole numbers.
_PLURALS: Mapping[str, Callable[[int], str]] = {"ar": _arabic}


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its tag (BCP 47), its direction, its own name, and its texts."""

    tag: str
    direction: str
    name: str
    texts: Mapping[str, str]
    countries: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """Return the text of a key with its values in it; `count` chooses among plural forms."""
        text = self.texts.get(key)
        if text is None:
            count = values["count"]
            if not isinstance(count, int):
                raise AssertionError(f"the count of {key} is not a number")
            text = self.texts[f"{key}.{_PLURALS.get(self.tag, _english)(count)}"]
        return text.format_map({name: self._isolated(str(value)) for name, value in values.items()})

    def knows(self, key: str) -> bool:
        """Tell whether there is a text of this key."""
        return key in self.texts

    def country(self, code: str) -> str:
        """Return a country's name, or its code where there is none."""
        return self.countries.get(code, code)

    def date(self, unix_ms: int) -> str:
        """Return the day of an instant, UTC."""
        moment = datetime.fromtimestamp(unix_ms // 1000, UTC)
        return self.say("date", day=moment.day, month=self.texts[f"month.{moment.month}"], year=moment.year)

    def time(self, unix_ms: int) -> str:
        """Return day, hour, minute and second of an instant, UTC."""
        moment = datetime.fromtimestamp(unix_ms // 1000, UTC)
        return self.say("date.time", date=self.date(unix_ms), time=f"{moment:%H:%M:%S}")

    def minute(self, unix_ms: int) -> str:
        """Return day, hour and minute of an instant, UTC."""
        moment = datetime.fromtimestamp(unix_ms // 1000, UTC)
        return self.say("date.time", date=self.date(unix_ms), time=f"{moment:%H:%M}")

    def list_of(self, items: list[str]) -> str:
        """Return items as one enumeration."""
        return self.texts["list.comma"].join(items)

    def _isolated(self, value: str) -> str:
        foreign = ("L",) if self.direction == "rtl" else ("R", "AL")
        turns = any(unicodedata.bidirectional(each) in foreign for each in value)
        return f"{_ISOLATE}{value}{_END}" if turns else value


def load_languages() -> Mapping[str, Language]:
    """Return the languages that are shipped, by tag."""
    found = {}
    for file in sorted((files(__package__) / "messages").iterdir(), key=lambda each: each.name):
        if file.name.endswith(".json"):
            document = json.loads(file.read_text("utf-8"))
            tag = file.name.removesuffix(".json")
            texts, countries = document["texts"], document["countries"]
            found[tag] = Language(tag, document["direction"], document["name"], texts, countries)
    return found


def choose_language(languages: Mapping[str, Language], chosen: str, accepted: str) -> Language:
    """Return the language that somebody chose before, or the best of those that their browser accepts."""
    if chosen in languages:
        return languages[chosen]
    ranked = []
    for place, part in enumerate(accepted.split(",")[:_MOST_RANGES]):
        tag, _, weight = part.partition(";")
        main = tag.strip().lower().partition("-")[0]
        if main in languages and (quality := _quality(weight)) > 0:
            ranked.append((-quality, place, main))
    return languages[min(ranked)[2]] if ranked else languages[DEFAULT]


def _quality(weight: str) -> float:
    """Source: RFC 9110 section 12.4.2."""
    name, _, value = weight.strip().partition("=")
    if not name:
        return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if name.strip().lower() == "q" and 0 <= quality <= 1 else 0.0
