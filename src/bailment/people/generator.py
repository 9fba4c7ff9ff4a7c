"""A seeded generator of a social network: invented people, in streams.

The same (persons, seed, friendships) gives the same rows on every platform and every Python from
3.11 on: only `Random.random` and `Random.getrandbits` with integer seeds are used, which Python
promises to keep, and no floating-point function whose last digit a platform may choose. Persons
and friendships draw from streams of their own, so either can be read alone.

Persons have ids 1 to N; settings are a mix: most leave the default (name only), many open more, a
few close everything. It makes no claim to look like any real network beyond its degrees.
"""

from array import array
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from random import Random

from bailment.model.errors import Malformed
from bailment.model.fields import ALL_FIELDS, DEFAULT_SETTING, mask_of
from bailment.model.people import JsonValue, PersonRecord
from bailment.people import tables
from bailment.people.graph import forward_counts, friends_after, weights_of
from bailment.people.tables import CULTURES, Culture

MAX_PERSONS = 10_000_000
MEAN_DEGREE = 40

_FIRST_DAY = date(2004, 2, 4)
_DAYS = 5_000  # to October 2017
_DAY_MS = 86_400_000
_SPAN_MS = _DAYS * _DAY_MS

_WIDER = mask_of(("name", "photo", "city", "work", "education", "likes", "languages"))
_BIRTHDAY = mask_of(("birthday", "hometown", "gender", "interests", "statuses", "photos"))
_CONTACT = mask_of(("email", "phone", "websites"))
# Out of 100 persons: the mix that the docstring states.
_SETTINGS = (
    (55, DEFAULT_SETTING),
    (72, _WIDER),
    (84, _WIDER | _BIRTHDAY),
    (90, _WIDER | _CONTACT),
    (94, _WIDER | _BIRTHDAY | _CONTACT),
    (97, ALL_FIELDS),
    (100, 0),
)


@cache
def _clock() -> tuple[list[str], list[str], list[str]]:
    """Return the texts of every day, second of a day and millisecond: formatting is too slow."""
    days = [f"{_FIRST_DAY + timedelta(days=day)}T" for day in range(_DAYS)]
    seconds = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86_400)]
    return days, seconds, [f".{ms:03d}Z" for ms in range(1000)]


def _instant(ms: int) -> str:
    """Return the instant that lies `ms` milliseconds after the first day."""
    days, seconds, millis = _clock()
    second, ms = divmod(ms, 1000)
    day, second = divmod(second, 86_400)
    return days[day] + seconds[second] + millis[ms]


class GeneratedPeople:
    """The people of a seed: a `PeopleSource`.

    `friendships` is their exact number; by default 20 a person, that is 40 friends each on average,
    or as many as fit.
    """

    def __init__(self, persons: int, seed: int = 1, friendships: int | None = None) -> None:
        """Raise Malformed where a number is out of range."""
        if not 1 <= persons <= MAX_PERSONS:
            raise Malformed(f"persons lie between 1 and {MAX_PERSONS}", where="persons")
        if not 0 <= seed < 2**32:
            raise Malformed("a seed lies between 0 and 2**32 - 1", where="seed")
        room = persons * (persons - 1) // 2
        wanted = min(persons * MEAN_DEGREE // 2, room) if friendships is None else friendships
        if not 0 <= wanted <= room:
            raise Malformed("so many friendships do not fit", where="friendships")
        self._persons = persons
        self._seed = seed
        self._friendships = wanted

    @property
    def name(self) -> str:
        """The generator and its seed."""
        return f"generator seed={self._seed}"

    def persons(self) -> Iterator[PersonRecord]:
        """Give persons 1 to N."""
        random = self._random(1)
        for person_id, joined_ms in enumerate(self._joined(), start=1):
            yield PersonRecord(person_id, _values(random, person_id, joined_ms), _setting(random))

    def friendships(self) -> Iterator[tuple[int, int, str]]:
        """Give the friendships sorted by person and friend, each after both have joined."""
        random = self._random(2)
        weights = weights_of(random, self._persons, 2 * self._friendships // self._persons)
        counts = forward_counts(weights, self._friendships)
        joined = self._joined()
        days, seconds, millis = _clock()
        draw = random.random
        for person, friends in enumerate(friends_after(random, weights, counts)):
            mine = joined[person]
            for friend in friends:
                theirs = joined[friend]
                from_ms = mine if mine > theirs else theirs  # noqa: FURB136 - twice as fast as max()
                # As in `_instant`, without the calls: this loop runs two million times.
                second, ms = divmod(from_ms + int(draw() * (_SPAN_MS - from_ms)), 1000)
                day, second = divmod(second, 86_400)
                yield person + 1, friend + 1, days[day] + seconds[second] + millis[ms]

    def _random(self, stream: int) -> Random:
        """Return the generator of one stream of this seed."""
        return Random(self._seed * 8 + stream)  # noqa: S311 - invented people, no secret

    def _joined(self) -> "array[int]":
        """Return when each person joined, in milliseconds after the first day."""
        draw = self._random(0).random
        return array("q", (int(draw() * _SPAN_MS) for _ in range(self._persons)))


def _setting(random: Random) -> int:
    """Draw a setting from the mix."""
    percent = int(random.random() * 100)
    return next(mask for below, mask in _SETTINGS if percent < below)


class _Draw:
    """Draws for one person; every method moves the stream by a number of draws of its own."""

    __slots__ = ("random",)

    def __init__(self, random: Random) -> None:
        self.random = random.random

    def below(self, bound: int) -> int:
        """Return 0 to bound - 1."""
        return int(self.random() * bound)

    def one(self, words: tuple[str, ...]) -> str:
        """Return one of the words."""
        return words[int(self.random() * len(words))]

    def some(self, words: tuple[str, ...], count: int) -> list[str]:
        """Return up to `count` different words, in table order from a random start."""
        start, step = self.below(len(words)), 1 + self.below(5)
        picked = (words[(start + step * turn) % len(words)] for turn in range(count))
        return list(dict.fromkeys(picked))


def _values(random: Random, person_id: int, joined_ms: int) -> dict[str, JsonValue]:
    """Draw one person's values; about two fields in three are there."""
    draw = _Draw(random)
    culture = CULTURES[draw.below(len(CULTURES))]
    name, latin = _name(draw, culture)
    flags = random.getrandbits(32)
    city = draw.one(culture.cities)
    optional: tuple[dict[str, JsonValue], ...] = (
        {"photo": {"url": f"https://photos.example.org/{person_id}.jpg"}},
        {"email": [f"{latin}.{person_id}@example.org"]},
        {"phone": [f"+999{draw.below(10**9):09d}"]},
        {"birthday": _birthday(draw)},
        {"hometown": {"name": draw.one(culture.cities)}},
        {"work": _work(draw, city)},
        {"education": _education(draw)},
        {"relationship": _relationship(draw)},
        {"likes": _likes(draw, joined_ms)},
        {"statuses": _statuses(draw, culture, joined_ms)},
        {"gender": tables.GENDERS[min(draw.below(50) // 24, 2)]},
        {"interests": draw.some(tables.LIKES, 1 + draw.below(5))},
    )
    values: dict[str, JsonValue] = {
        "name": name,
        "city": {"name": city},
        "languages": [culture.language] if culture.language == "en" else [culture.language, "en"],
        "joined": _instant(joined_ms),
    }
    for position, value in enumerate(optional):
        # Two bits each: a field is there three times in four.
        if flags >> 2 * position & 3:
            values.update(value)
    _rare(draw, values, person_id)
    return values


def _rare(draw: _Draw, values: dict[str, JsonValue], person_id: int) -> None:
    """Add what few persons give: special categories, photos, a website."""
    if draw.below(5) == 0:
        values["religion"] = {"name": draw.one(tables.RELIGIONS)}
    if draw.below(6) == 0:
        values["politics"] = {"name": draw.one(tables.POLITICS)}
    if draw.below(8) == 0:
        values["websites"] = [f"https://{person_id}.example.org/"]
    if draw.below(4) == 0:
        values["photos"] = [
            {"url": f"https://photos.example.org/{person_id}/{number}.jpg"}
            for number in range(1 + draw.below(3))
        ]


def _name(draw: _Draw, culture: Culture) -> tuple[dict[str, str], str]:
    """Draw a name, and a form of it for addresses.

    One in three of those whose script is not Latin goes by a romanised name, with the other in
    `native`.
    """
    given, latin_given = culture.given[draw.below(len(culture.given))]
    family, latin_family = culture.family[draw.below(len(culture.family))]
    parts = (family, given) if culture.family_first else (given, family)
    native = culture.joiner.join(parts)
    romanised = draw.below(3) == 0
    mailbox = "".join(c for c in f"{latin_given}.{latin_family}".lower() if c.isascii())
    if romanised and given != latin_given:
        full = f"{latin_given} {latin_family}"
        return {"full": full, "given": latin_given, "family": latin_family, "native": native}, mailbox
    return {"full": native, "given": given, "family": family}, mailbox


def _birthday(draw: _Draw) -> str:
    """Draw a birthday; one in four leaves the year out."""
    day = date(1940, 1, 1) + timedelta(days=draw.below(22_000))
    return f"--{day:%m-%d}" if draw.below(4) == 0 else day.isoformat()


def _work(draw: _Draw, city: str) -> list[dict[str, str]]:
    """Draw one or two employments, the newest first."""
    year = 1995 + draw.below(20)
    newest = {
        "employer": draw.one(tables.EMPLOYERS),
        "title": draw.one(tables.TITLES),
        "location": city,
        "from": str(year),
    }
    if draw.below(3):
        return [newest]
    older = {"employer": draw.one(tables.EMPLOYERS), "from": str(year - 3), "to": str(year)}
    return [newest, older]


def _education(draw: _Draw) -> list[dict[str, JsonValue]]:
    """Draw one school."""
    return [
        {
            "school": draw.one(tables.SCHOOLS),
            "subjects": [draw.one(tables.SUBJECTS)],
            "to": str(1965 + draw.below(50)),
        }
    ]


def _relationship(draw: _Draw) -> dict[str, str]:
    """Draw a status; half say since when."""
    status = draw.one(tables.RELATIONSHIPS)
    return {"status": status} if draw.below(2) else {"status": status, "since": "2011-05"}


def _likes(draw: _Draw, joined_ms: int) -> list[dict[str, str]]:
    """Draw one to eight likes."""
    names = draw.some(tables.LIKES, 1 + draw.below(8))
    return [{"name": name, "at": _later(draw, joined_ms)} for name in names]


def _statuses(draw: _Draw, culture: Culture, joined_ms: int) -> list[dict[str, str]]:
    """Draw one to four statuses, the newest first."""
    times = sorted((_later(draw, joined_ms) for _ in range(1 + draw.below(4))), reverse=True)
    return [{"text": draw.one(culture.statuses), "at": at} for at in times]


def _later(draw: _Draw, joined_ms: int) -> str:
    """Draw an instant after a person joined."""
    return _instant(joined_ms + draw.below(_SPAN_MS - joined_ms))
