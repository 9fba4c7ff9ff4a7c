"""A world small enough to know by heart: one user with every field, friends of every sort, a stranger.

| person | is |
|---|---|
| 1 | the user, every field filled, friend of 2 to 6 |
| 2 | a friend with the setting as shipped: the name and nothing else |
| 3 | a friend who lets everything through |
| 4 | a friend who lets nothing through |
| 5 | a friend with a name that needs escaping, and everything open |
| 6 | a friend with a long list of statuses, everything open |
| 7 | no friend of 1 |
"""

from collections.abc import Iterator, Mapping

from bailment.model.fields import ALL_FIELDS, DEFAULT_SETTING
from bailment.model.people import JsonValue, PersonRecord

USER, DEFAULT, OPEN, CLOSED, ESCAPED, LONG, STRANGER = 1, 2, 3, 4, 5, 6, 7
_AT = "2016-02-29T12:00:00.000Z"

EVERY_FIELD: Mapping[str, JsonValue] = {
    "name": {"full": "Ada Okafor", "given": "Ada", "family": "Okafor", "native": "Ada Ọkafọ"},
    "photo": {"url": "https://photos.example/1.jpg", "at": _AT},
    "email": ["ada@example.org"],
    "phone": ["+49 30 1234567"],
    "birthday": "1988-02-29",
    "hometown": {"name": "Enugu", "id": 17},
    "city": {"name": "Berlin"},
    "work": [{"employer": "Lumen", "title": "Engineer", "location": "Berlin", "from": "2012-05"}],
    "education": [
        {"school": "TU Berlin", "degree": "MSc", "subjects": ["Physics"], "from": "2006", "to": "2012"}
    ],
    "relationship": {"status": "married", "since": "2014"},
    "likes": [{"name": "Chess", "at": _AT}, {"name": "Tea"}],
    "statuses": [{"text": "Hello", "at": _AT}],
    "photos": [{"url": "https://photos.example/1a.jpg"}],
    "religion": {"name": "none"},
    "politics": {"name": "none"},
    "gender": "female",
    "languages": ["en", "de", "ig"],
    "websites": ["https://ada.example/"],
    "interests": ["maps"],
    "joined": _AT,
}


class SmallWorld:
    """A `PeopleSource` of seven persons."""

    name = "small-world"

    def persons(self) -> Iterator[PersonRecord]:
        """Give every person once."""
        yield PersonRecord(USER, EVERY_FIELD)
        yield PersonRecord(DEFAULT, _person("Bo Lind"), DEFAULT_SETTING)
        yield PersonRecord(OPEN, _person("Chidi Eze"), ALL_FIELDS)
        yield PersonRecord(CLOSED, _person("Dana Roth"), 0)
        yield PersonRecord(ESCAPED, _person('E"ve\\ \x1b[31m\u2028\n'), ALL_FIELDS)
        statuses = [{"text": f"Status {number} " * 20, "at": _AT} for number in range(200)]
        yield PersonRecord(LONG, {**_person("Finn Li"), "statuses": statuses}, ALL_FIELDS)
        yield PersonRecord(STRANGER, _person("Gale Ito"), ALL_FIELDS)

    def friendships(self) -> Iterator[tuple[int, int, str]]:
        """Give every friendship once."""
        for friend in (DEFAULT, OPEN, CLOSED, ESCAPED, LONG):
            yield USER, friend, f"201{friend}-01-01T00:00:00.000Z"
        yield OPEN, STRANGER, _AT


def _person(name: str) -> dict[str, JsonValue]:
    return {"name": {"full": name}, "email": ["someone@example.org"], "likes": [{"name": "Tea"}]}
