r"""Importer of the "Download your information" export of Facebook, as a folder or a zip.

An export is one person's: the owner, with a profile, likes and posts, and friends of whom it knows
*a name and a date only*. Friends have no ids, so the importer allocates them: the owner takes
`first_id`, the friends the numbers after it in the export's order. Two friends of the same name
stay two persons, and nothing joins a friend to another export's owner: that would be a guess.

The export writes each UTF-8 byte as one `\\u00XX` escape. That is mended after parsing, on every
text; text that is no such sequence stays as it is.

Other people's data is left out: the partner, relatives, tags, titles of posts (they name others),
contact details of friends, requests pending or rejected.

Bounds: see `bailment.people.archive`; the newest 200 posts with text and 1,000 likes are kept.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path

from bailment.model.errors import Malformed
from bailment.model.people import JsonValue, PersonRecord, check_person_id
from bailment.people import facebook_shapes as shapes
from bailment.people.archive import open_archive
from bailment.people.facebook_files import find_files
from bailment.people.facebook_shapes import decode, decode_posts
from bailment.people.text import checked_record, clean, present, web_address
from bailment.people.times import birthday_of, instant_of_unix_ms

MAX_STATUSES = 200
MAX_LIKES = 1_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CENTURY_S = 4_102_444_800


def unscramble(text: str) -> str:
    """Return the text with the export's encoding fault mended, cleaned; unharmed text as it is."""
    try:
        return clean(text.encode("latin-1").decode("utf-8"))
    except (UnicodeEncodeError, UnicodeDecodeError):
        return clean(text)


class FacebookPeople:
    """The people of one export: a `PeopleSource`."""

    name = "facebook"

    def __init__(self, path: Path, first_id: int) -> None:
        """Find the export's files.

        Raises:
            Malformed: there is no export, or the archive exceeds a bound.
            Unavailable: it cannot be read.
        """
        self._path = path
        self._owner_id = check_person_id(first_id)
        find_files(open_archive(path).names(), path.name)

    def persons(self) -> Iterator[PersonRecord]:
        """Give the owner, then the friends."""
        export = _Export(self._path)
        yield checked_record(self._owner_id, export.owner(), export.files["profile"][0])
        for offset, (where, entry) in enumerate(export.friends(), start=1):
            full = unscramble(entry.name or "")
            values = present({"name": present({"full": full})})
            yield checked_record(self._owner_id + offset, values, where)

    def friendships(self) -> Iterator[tuple[int, int, str]]:
        """Give the owner's friendships."""
        export = _Export(self._path)
        for offset, (where, entry) in enumerate(export.friends(), start=1):
            if entry.timestamp is None:
                raise Malformed("a friend has no timestamp", where=where)
            since = instant_of_unix_ms(entry.timestamp * 1000)
            yield self._owner_id, self._owner_id + offset, since


class _Export:
    """One reading of the archive, with a budget of its own."""

    def __init__(self, path: Path) -> None:
        self._archive = open_archive(path)
        self.files = find_files(self._archive.names(), path.name)

    def friends(self) -> Iterator[tuple[str, shapes.Entry]]:
        """Yield each friend with where it stands ("file:row")."""
        for name in self.files["friends"]:
            file = decode(self._archive.read(name), shapes.FriendsFile, name)
            for row, entry in enumerate(file.friends_v2 or file.friends or (), start=1):
                yield f"{name}:{row}", entry

    def owner(self) -> dict[str, JsonValue]:
        """Return the owner's values."""
        name = self.files["profile"][0]
        file = decode(self._archive.read(name), shapes.ProfileFile, name)
        profile = file.profile_v2 or file.profile
        if profile is None:
            raise Malformed("there is no profile in it", where=name)
        try:
            values = _profile_values(profile)
        except Malformed as error:
            raise Malformed(error.message, where=name) from None
        return present(values | {"likes": self._likes(), "statuses": self._statuses()})

    def _likes(self) -> list[JsonValue]:
        """Return the newest likes."""
        entries: list[tuple[int, str]] = []
        for name in self.files["likes"]:
            file = decode(self._archive.read(name), shapes.LikesFile, name)
            found = file.page_likes_v2 or file.page_likes or ()
            entries += [(entry.timestamp or 0, unscramble(entry.name or "")) for entry in found]
        entries.sort(key=itemgetter(0), reverse=True)
        return [
            present({"name": title, "at": instant_of_unix_ms(at * 1000) if at else ""})
            for at, title in entries[:MAX_LIKES]
            if title
        ]

    def _statuses(self) -> list[JsonValue]:
        """Return the newest posts that have a text and a time."""
        posts: list[tuple[int, str]] = []
        for name in self.files["posts"]:
            for post in decode_posts(self._archive.read(name), name):
                text = unscramble("\n".join(part.post for part in post.data or () if part.post))
                if text and post.timestamp is not None:
                    posts.append((post.timestamp, text))
        posts.sort(key=itemgetter(0), reverse=True)
        return [{"text": text, "at": instant_of_unix_ms(at * 1000)} for at, text in posts[:MAX_STATUSES]]


def _profile_values(profile: shapes.Profile) -> dict[str, JsonValue]:
    """Return the values that the profile file itself holds."""
    emails = profile.emails.emails if isinstance(profile.emails, shapes.Emails) else profile.emails
    joined = profile.registration_timestamp
    day = profile.birthday
    return present(
        {
            "name": _name(profile.name),
            "email": _texts(emails),
            "phone": _texts(
                [p if isinstance(p, str) else p.phone_number for p in profile.phone_numbers or ()]
            ),
            "birthday": birthday_of(day.year, day.month, day.day) if day else "",
            "gender": _gender(profile.gender),
            "city": _named(profile.current_city),
            "hometown": _named(profile.hometown),
            "relationship": _relationship(profile.relationship),
            "work": [job for raw in profile.work_experiences or () if (job := _job(raw))],
            "education": [s for raw in profile.education_experiences or () if (s := _school(raw))],
            "languages": _texts([_label(item) for item in profile.languages or ()]),
            "politics": _view(profile.political_view),
            "religion": _view(profile.religious_view),
            "websites": _websites(profile.websites),
            "joined": instant_of_unix_ms(joined * 1000) if joined else "",
        }
    )


def _name(name: shapes.FullName | str | None) -> dict[str, JsonValue]:
    """Return a name; the export's middle name is part of the full name."""
    if not isinstance(name, shapes.FullName):
        return present({"full": unscramble(name or "")})
    given, family = unscramble(name.first_name or ""), unscramble(name.last_name or "")
    full = unscramble(name.full_name or "") or f"{given} {family}".strip()
    return present({"full": full, "given": given, "family": family})


def _label(item: shapes.NamedItem | str | None) -> str:
    """Return the mended text of an item that is named or is a plain text."""
    return unscramble((item.name if isinstance(item, shapes.NamedItem) else item) or "")


def _named(item: shapes.NamedItem | str | None) -> dict[str, JsonValue]:
    """Return {"name": ...}, or nothing."""
    return present({"name": _label(item)})


def _view(views: list[shapes.NamedItem] | shapes.NamedItem | str | None) -> dict[str, JsonValue]:
    """Return the first view; its description may name others and is left out."""
    return _named(views[0] if views else None) if isinstance(views, list) else _named(views)


def _texts(raw_texts: list[str] | list[str | None] | None) -> list[JsonValue]:
    """Return the mended texts that are not empty, each once."""
    return list(dict.fromkeys(text for raw in raw_texts or () if (text := unscramble(raw or ""))))


def _gender(gender: shapes.Gender | str | None) -> str:
    """Return the chosen gender in lower case."""
    raw_text = gender.gender_option if isinstance(gender, shapes.Gender) else gender
    return unscramble(raw_text or "").lower()


def _relationship(relationship: shapes.Relationship | None) -> dict[str, JsonValue]:
    """Return the status and its day; the partner's name is someone else's data."""
    status = unscramble(relationship.status or "") if relationship else ""
    since = _day(relationship.timestamp) if relationship and status else ""
    return present({"status": status, "since": since})


def _websites(websites: list[shapes.Website | str] | None) -> list[JsonValue]:
    """Return the web addresses; an item may hold several, one a line."""
    raw_texts = [w if isinstance(w, str) else w.address or "" for w in websites or ()]
    lines = [line for raw in raw_texts for line in unscramble(raw).split()]
    return list(dict.fromkeys(address for line in lines if (address := web_address(line))))


def _job(job: shapes.Job) -> dict[str, JsonValue]:
    """Return one employment, nothing if it names no employer."""
    values = {
        "employer": unscramble(job.employer or ""),
        "title": unscramble(job.title or ""),
        "location": unscramble(job.location or ""),
        "from": _day(job.start_timestamp),
        "to": _day(job.end_timestamp),
    }
    return present(values) if values["employer"] else {}


def _school(school: shapes.School) -> dict[str, JsonValue]:
    """Return one school, nothing if it has no name."""
    values: dict[str, JsonValue] = {
        "school": unscramble(school.name or ""),
        "degree": unscramble(school.degree or ""),
        "subjects": _texts(school.concentrations),
        "from": _day(school.start_timestamp),
        "to": _day(school.end_timestamp),
    }
    return present(values) if values["school"] else {}


def _day(unix_s: int | None) -> str:
    """Return the day of a Unix time, which may lie before 1970."""
    if not unix_s:
        return ""
    if not -_CENTURY_S <= unix_s <= _CENTURY_S:
        raise Malformed("a time lies outside 1840 to 2100")
    return (_EPOCH + timedelta(seconds=unix_s)).date().isoformat()
