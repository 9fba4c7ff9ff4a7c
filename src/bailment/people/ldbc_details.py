"""What LDBC's tables beside `person` say about each person: gathered before persons are given.

What each field is made of, and its bound:

- `work`: organisation and year from `person_workAt_organisation`, the newest first;
- `education`: organisation and class year (as `to`) from `person_studyAt_organisation`;
- `likes`: the names of the tags of the newest 20 posts that the person likes, each with the
  instant of its newest like, at most 50. Comments liked are left out;
- `statuses`: the newest 20 posts by the person that have content;
- `interests`, `languages`, `email`: as they stand.

DBpedia writes names with underscores for spaces; spaces are put back. Memory grows with persons,
not with posts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from operator import itemgetter
from typing import Any

from bailment.model.errors import Malformed
from bailment.model.people import JsonValue
from bailment.people.ldbc_cells import instant, known_person, whole_number
from bailment.people.text import clean

MAX_POSTS = 20
MAX_LIKES = 50

# (table, columns, convert) -> rows. `Any`, because one reader serves rows of every type.
Rows = Callable[[str, tuple[str, ...], Callable[[list[str]], Any]], Iterator[Any]]
Newest = dict[int, list[tuple[str, int, str]]]


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one static table by id; `there` is whether the directory holds it."""

    there: bool
    by_id: dict[int, str]

    def of(self, entity_id: int) -> str:
        """Return a name, "" if the directory has no such table.

        Raises:
            Malformed: the table is there and has no such entity.
        """
        if self.there and entity_id not in self.by_id:
            raise Malformed("a row refers to an entity that its table does not have")
        return self.by_id.get(entity_id, "")


@dataclass(slots=True)
class Details:
    """The gathered values by person, and the names of places."""

    places: Names
    lists: dict[int, dict[str, list[JsonValue]]] = field(default_factory=dict)

    def add(self, person_id: int, name: str, value: JsonValue) -> None:
        """Append to one of a person's lists."""
        self.lists.setdefault(person_id, {}).setdefault(name, []).append(value)

    def of(self, person_id: int) -> dict[str, JsonValue]:
        """Return a person's gathered values."""
        return dict(self.lists.get(person_id, {}))

    def place(self, cell: str) -> dict[str, JsonValue]:
        """Return the place of a cell, empty if its name is not known."""
        place_id = whole_number(cell) if cell else 0
        name = self.places.of(place_id) if cell else ""
        return {"name": name, "id": place_id} if name else {}


class _Gatherer:
    """Reads the tables, one method each; every reference to a person is checked."""

    def __init__(self, rows: Rows, has: Callable[[str], bool], persons: frozenset[int]) -> None:
        self._rows = rows
        self._has = has
        self._persons = persons
        self.details = Details(self._names("place"))

    def _names(self, table: str) -> Names:
        """Read the names of a static table."""

        def convert(cells: list[str]) -> tuple[int, str]:
            return whole_number(cells[0]), clean(cells[1].replace("_", " "))

        return Names(self._has(table), dict(self._rows(table, ("id", "name"), convert)))

    def _each(self, table: str, columns: tuple[str, ...], take: Callable[[int, list[str]], None]) -> None:
        """Call `take(person id, other cells)` for each row; the first column is the person."""

        def convert(cells: list[str]) -> None:
            take(known_person(self._persons, cells[0]), cells[1:])

        for _ in self._rows(table, columns, convert):
            pass

    def plain(self, table: str, column: str, name: str) -> None:
        """Gather texts as they stand."""

        def take(person_id: int, cells: list[str]) -> None:
            if text := clean(cells[0]):
                self.details.add(person_id, name, text)

        self._each(table, ("Person.id", column), take)

    def interests(self, tags: Names) -> None:
        """Gather the names of tags that a person is interested in."""

        def take(person_id: int, cells: list[str]) -> None:
            if tag := tags.of(whole_number(cells[0])):
                self.details.add(person_id, "interests", tag)

        self._each("person_hasInterest_tag", ("Person.id", "Tag.id"), take)

    def careers(self) -> None:
        """Gather work and education."""
        organisations = self._names("organisation")
        self._career("work", ("person_workAt_organisation", "workFrom"), ("employer", "from"), organisations)
        self._career(
            "education", ("person_studyAt_organisation", "classYear"), ("school", "to"), organisations
        )

    def _career(
        self, name: str, source: tuple[str, str], keys: tuple[str, str], organisations: Names
    ) -> None:
        """Gather organisations with a year each, the newest first."""
        rows: dict[int, list[tuple[str, str]]] = defaultdict(list)

        def take(person_id: int, cells: list[str]) -> None:
            if organisation := organisations.of(whole_number(cells[0])):
                rows[person_id].append((f"{whole_number(cells[1]):04d}", organisation))

        table, column = source
        self._each(table, ("Person.id", "Organisation.id", column), take)
        for person_id, career in rows.items():
            for year, organisation in sorted(career, key=itemgetter(0), reverse=True):
                self.details.add(person_id, name, {keys[0]: organisation, keys[1]: year})

    def statuses(self) -> None:
        """Gather the newest posts that have content."""
        newest: Newest = {}

        def take(person_id: int, cells: list[str]) -> None:
            if text := clean(cells[2]):
                _keep(newest, person_id, (instant(cells[1]), whole_number(cells[0]), text))

        def convert(cells: list[str]) -> None:
            if cells[0]:  # no creator: a layout that keeps it in a table of its own
                take(known_person(self._persons, cells[0]), cells[1:])

        for _ in self._rows("post", ("creator?", "id", "creationDate", "content"), convert):
            pass
        for person_id, posts in newest.items():
            for at, _, text in sorted(posts, reverse=True):
                self.details.add(person_id, "statuses", {"text": text, "at": at})

    def likes(self, tags: Names) -> None:
        """Gather the names of the tags of the newest posts liked."""
        newest: Newest = {}

        def take(person_id: int, cells: list[str]) -> None:
            _keep(newest, person_id, (instant(cells[1]), whole_number(cells[0]), ""))

        self._each("person_likes_post", ("Person.id", "Post.id", "creationDate"), take)
        tags_of = self._tags_of({post for posts in newest.values() for _, post, _ in posts}, tags)
        for person_id, posts in newest.items():
            liked: dict[str, str] = {}
            for at, post, _ in sorted(posts, reverse=True):
                for tag in tags_of.get(post, ()):
                    liked.setdefault(tag, at)
            for tag, at in list(liked.items())[:MAX_LIKES]:
                self.details.add(person_id, "likes", {"name": tag, "at": at})

    def _tags_of(self, posts: set[int], tags: Names) -> dict[int, list[str]]:
        """Return the names of the tags of these posts."""
        found: dict[int, list[str]] = defaultdict(list)

        def convert(cells: list[str]) -> None:
            post, tag = whole_number(cells[0]), tags.of(whole_number(cells[1]))
            if post in posts and tag:
                found[post].append(tag)

        for _ in self._rows("post_hasTag_tag", ("Post.id", "Tag.id"), convert):
            pass
        return found

    def tags(self) -> Names:
        """Read the names of tags."""
        return self._names("tag")


def _keep(newest: Newest, person_id: int, item: tuple[str, int, str]) -> None:
    """Keep the newest items of each person in a heap."""
    heap = newest.setdefault(person_id, [])
    if len(heap) < MAX_POSTS:
        heappush(heap, item)
    else:
        heappushpop(heap, item)


def read_details(rows: Rows, has: Callable[[str], bool], persons: frozenset[int]) -> Details:
    """Read every optional table.

    Raises:
        Malformed: with `where="file:line"`, a row cannot be understood or refers to nobody.
    """
    gatherer = _Gatherer(rows, has, persons)
    tags = gatherer.tags()
    gatherer.plain("person_email_emailaddress", "email", "email")
    gatherer.plain("person_speaks_language", "language", "languages")
    gatherer.interests(tags)
    gatherer.careers()
    gatherer.statuses()
    gatherer.likes(tags)
    return gatherer.details
