"""What a partner says of a build that it submits: digests, version, what it asks for, and its test evidence.

Versions are numbers joined with dots and an optional pre-release, as in Semantic Versioning 2.0.0 clauses 9
to 11, with one to four numbers. A range is comparisons joined with commas, like `>=1.0,<2.0`.
"""

import re
from dataclasses import dataclass

from bailment.model.errors import Malformed
from bailment.model.fields import Ring, mask_of

_DIGEST = re.compile(r"[0-9a-f]{64}")
_VERSION = re.compile(r"(\d{1,9}(?:\.\d{1,9}){0,3})(?:-([0-9A-Za-z.-]{1,32}))?", re.ASCII)
_BOUND = re.compile(r"(>=|<=|==|>|<)\s*(\S+)")
_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_MOST = 64

ENDPOINTS: dict[str, Ring] = {
    "/v1/me": Ring.SELF,
    "/v1/friends": Ring.FRIEND,
    "/v1/friends/{friend_id}": Ring.FRIEND,
    "/v1/timeline": Ring.FRIEND,
    "/v1/statuses/{id}": Ring.FRIEND,
    "/v1/media/{id}": Ring.FRIEND,
    "/v1/albums/{id}": Ring.FRIEND,
    "/carddav/": Ring.FRIEND,
    "/api/": Ring.FRIEND,
}
"""Every endpoint, or protocol, that hands out a person's data, and whose."""

# A version to compare: its four numbers, then the pre-release, before the release itself.
Order = tuple[tuple[int, ...], tuple[tuple[int, int, str], ...]]
_RELEASE = ((2, 0, ""),)


def parse_version(text: str) -> Order:
    """Return a version in a form that compares; a pre-release comes before its release.

    Raises:
        Malformed: it is no version.
    """
    found = _VERSION.fullmatch(text)
    if not found:
        raise Malformed("use a version like 1.4.0 or 1.4.0-rc1", where="version")
    numbers = tuple(int(part) for part in found[1].split("."))
    padded = (*numbers, 0, 0, 0)[:4]
    return padded, tuple(map(_identifier, found[2].split("."))) if found[2] else _RELEASE


def _identifier(part: str) -> tuple[int, int, str]:
    """Numeric identifiers come before others and compare as numbers (clause 11.4)."""
    return (0, int(part), "") if part.isdecimal() else (1, 0, part)


def is_in_range(version: str, version_range: str) -> bool:
    """Tell whether a version meets every comparison of a range.

    Raises:
        Malformed: either is not of its form.
    """
    own = parse_version(version)
    return all(_meets(own, bound.strip()) for bound in version_range.split(","))


def _meets(own: Order, bound: str) -> bool:
    found = _BOUND.fullmatch(bound)
    if not found:
        raise Malformed("a range is like >=1.0,<2.0", where="version_range")
    other = parse_version(found[2])
    met = {">=": own >= other, "<=": own <= other, "==": own == other, ">": own > other, "<": own < other}
    return met[found[1]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One test report: its name, the SHA-256 of its bytes (hexadecimal), its result, where it lies."""

    name: str
    digest: str
    result: str
    url: str = ""

    def __post_init__(self) -> None:
        """Check the name, the digest and the lengths."""
        _check_text(self.name, "evidence", 200)
        _check_digest(self.digest, "evidence")
        if len(self.result) > 200 or len(self.url) > 2_000:
            raise Malformed("a result of 200 and a URL of 2,000 characters at most", where="evidence")


@dataclass(frozen=True, slots=True)
class Submission:
    """A partner's statement of a build.

    `digests` are SHA-256 signing digests in lower-case hexadecimal, one for each signing key. `self_fields`
    and `friend_fields` are the fields that it asks for by ring. `package_change` says why the package is
    another one than before, "" where it is not.
    """

    package: str
    version: str
    version_range: str
    digests: tuple[str, ...]
    self_fields: tuple[str, ...]
    friend_fields: tuple[str, ...]
    endpoints: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()
    package_change: str = ""
    notes: str = ""

    def __post_init__(self) -> None:
        """Check every form; whether it is allowed is for the checks to say."""
        if not _PACKAGE.fullmatch(self.package):
            raise Malformed("use 1 to 200 of letters, digits, dots, hyphens and underscores", where="package")
        is_in_range(self.version, self.version_range)
        if not self.digests or len(set(self.digests)) < len(self.digests):
            raise Malformed("give at least one signing digest, each once", where="digests")
        if max(len(self.digests), len(self.endpoints), len(self.evidence)) > _MOST:
            raise Malformed(f"at most {_MOST} digests, endpoints and reports each", where="statement")
        for digest in self.digests:
            _check_digest(digest, "digests")
        mask_of((*self.self_fields, *self.friend_fields))
        if len(self.notes) > 10_000 or len(self.package_change) > 2_000:
            raise Malformed("the notes are too long", where="notes")

    @property
    def self_mask(self) -> int:
        """The fields of the device's user that it asks for."""
        return mask_of(self.self_fields)

    @property
    def friend_mask(self) -> int:
        """The fields of friends that it asks for."""
        return mask_of(self.friend_fields)


def _check_digest(text: str, where: str) -> None:
    if not _DIGEST.fullmatch(text):
        raise Malformed("a digest is 64 lower-case hexadecimal digits (SHA-256)", where=where)


def _check_text(text: str, where: str, most: int) -> None:
    if not text.strip() or len(text) > most:
        raise Malformed(f"give 1 to {most} characters", where=where)
