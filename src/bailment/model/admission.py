"""The admission file: what a platform has to know of a partner before it lends it anything.

Every part is filled in, declared to be none, or marked as one that cannot be determined; the last blocks, and
so does a part of which nothing is said. Countries are ISO 3166-1 alpha-2 codes, dates ISO 8601.

Source: 28 CFR 202.1001 (what to verify and log), 202.302 (onward transfer), 202.1101 (ownership).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bailment.model.errors import Malformed
from bailment.model.programme import check_country
from bailment.model.screening import WHOLE, Identifier, Kind, Party, Profile, Stake

_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,4}))?", re.ASCII)
_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)
UNKNOWN_SHARE = "unknown"


def parse_share(text: str) -> tuple[int, int]:
    """Return the bounds, in millionths, of a share in percent: `51`, `49.999`, `25-50`, or `unknown`.

    Raises:
        Malformed: it is none of these, above 100, or its bounds are the wrong way round.
    """
    if text == UNKNOWN_SHARE:
        return 0, WHOLE
    low, _, high = text.partition("-")
    bounds = _millionths(low), _millionths(high or low)
    if bounds[0] > bounds[1]:
        raise Malformed("the lower bound of a share stands first", where="share")
    return bounds


def _millionths(text: str) -> int:
    found = _PERCENT.fullmatch(text.strip())
    if not found:
        raise Malformed("a share is in percent, like 51, 49.999, 25-50 or unknown", where="share")
    share = int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0"))
    if share > WHOLE:
        raise Malformed("a share is 100 percent at most", where="share")
    return share


def check_date(text: str, where: str) -> str:
    """Return `text` when it is "" or a date.

    Raises:
        Malformed: it is neither.
    """
    if text and not _DATE.fullmatch(text):
        raise Malformed("use a date like 2026-03-01", where=where)
    return text


def _check_countries(countries: Iterable[str], where: str) -> None:
    for country in countries:
        if country:
            check_country(country, where)


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` stands apart from its text."""

    text: str
    country: str

    def __post_init__(self) -> None:
        """Check the country's form."""
        check_country(self.country, "addresses")


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner and what it owns: the partner itself where `owns` is "", else another owner.

    `share` is in percent (see `parse_share`). `ultimate` says why nobody is asked above it: a person, a
    state, or a company whose shares are listed or dispersed, in words. A person's `country` is that of their
    primary residence, never of their birth or name.
    """

    owner_id: str
    name: str
    kind: Kind
    share: str
    evidence: str
    native_name: str = ""
    country: str = ""
    business_country: str = ""
    owns: str = ""
    control: bool = False
    since: str = ""
    until: str = ""
    ultimate: str = ""
    identifiers: tuple[Identifier, ...] = ()

    def __post_init__(self) -> None:
        """Check the share, the countries and the dates."""
        parse_share(self.share)
        _check_countries((self.country, self.business_country), "owners")
        check_date(self.since, "owners")
        check_date(self.until, "owners")


@dataclass(frozen=True, slots=True)
class Sourced:
    """A statement with where it was found and when it was true: financing, a law, a violation."""

    text: str
    source: str
    date: str = ""
    country: str = ""

    def __post_init__(self) -> None:
        """Check the date and the country, and that there is a source."""
        check_date(self.date, "date")
        _check_countries((self.country,), "country")
        if not self.text.strip() or not self.source.strip():
            raise Malformed("a statement names its source", where="source")


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer of the partner, and a dated affiliation elsewhere where there is one."""

    name: str
    office: str
    affiliation: str = ""
    since: str = ""
    until: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class SubProcessor:
    """Whom the partner passes data to in order to work for it, and where."""

    name: str
    country: str
    purpose: str

    def __post_init__(self) -> None:
        """Check the country's form."""
        check_country(self.country, "sub_processors")


@dataclass(frozen=True, slots=True)
class AdmissionFile:
    """Everything that is known of a partner; `none` and `undetermined` are names of parts (see `PARTS`)."""

    legal_name: str = ""
    native_name: str = ""
    former_names: tuple[str, ...] = ()
    registry_number: str = ""
    lei: str = ""
    identifiers: tuple[Identifier, ...] = ()
    addresses: tuple[Address, ...] = ()
    organised_in: str = ""
    business_in: str = ""
    owners: tuple[Owner, ...] = ()
    state_financing: tuple[Sourced, ...] = ()
    officers: tuple[Officer, ...] = ()
    compelling_laws: tuple[Sourced, ...] = ()
    violations: tuple[Sourced, ...] = ()
    sub_processors: tuple[SubProcessor, ...] = ()
    end_use: str = ""
    transfer_method: str = ""
    storage_countries: tuple[str, ...] = ()
    onward_transfer_clause: str = ""
    none: tuple[str, ...] = ()
    undetermined: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the forms, that owners own somebody there, and that only what may be none is none."""
        _check_countries((self.organised_in, self.business_in, *self.storage_countries), "countries")
        known = {owner.owner_id for owner in self.owners} | {""}
        if len(known) != len(self.owners) + 1:
            raise Malformed("each owner has an id of its own", where="owners")
        for owner in self.owners:
            if owner.owns not in known:
                raise Malformed(f"{owner.owner_id} owns {owner.owns}, who is not in the file", where="owners")
        for name in (*self.none, *self.undetermined):
            if name not in PARTS:
                raise Malformed(f"there is no part {name}", where="none")
        for name in self.none:
            if not PARTS[name].may_be_none:
                raise Malformed(f"{name} cannot be none", where="none")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the file: what it is for people, and whether "there is none" answers it."""

    title: str
    may_be_none: bool = False


PARTS: dict[str, Part] = {
    "legal_name": Part("legal name"),
    "native_name": Part("name in its native script", may_be_none=True),
    "registry_number": Part("registry number"),
    "lei": Part("legal entity identifier (LEI)", may_be_none=True),
    "addresses": Part("addresses"),
    "organised_in": Part("country of organisation"),
    "business_in": Part("country of principal business"),
    "owners": Part("owners up to the ultimate ones"),
    "state_financing": Part("state financing", may_be_none=True),
    "officers": Part("officers and their affiliations"),
    "compelling_laws": Part("laws that can compel access", may_be_none=True),
    "violations": Part("past violations", may_be_none=True),
    "sub_processors": Part("sub-processors", may_be_none=True),
    "end_use": Part("end use"),
    "transfer_method": Part("transfer method"),
    "storage_countries": Part("where data may be kept"),
    "onward_transfer_clause": Part("onward-transfer clause"),
}
"""Every part that has to be answered before a partner is admitted."""


def parties_of(partner_id: str, file: AdmissionFile) -> tuple[Party, ...]:
    """Return the partner and every owner, as screening compares them."""
    names = tuple(each for each in (file.legal_name, file.native_name, *file.former_names) if each)
    numbers = (("lei", file.lei), ("registration", file.registry_number))
    own = tuple(Identifier(scheme, value, file.organised_in) for scheme, value in numbers if value)
    party = Party(
        partner_id, Kind.ENTITY, names, file.organised_in, file.business_in, (*own, *file.identifiers)
    )
    owners = tuple(
        Party(
            owner.owner_id,
            owner.kind,
            tuple(each for each in (owner.name, owner.native_name) if each),
            owner.country,
            owner.business_country,
            owner.identifiers,
        )
        for owner in file.owners
    )
    return (party, *owners)


def profile_of(partner_id: str, file: AdmissionFile) -> Profile:
    """Return what screening goes by: the partner, every owner, and the stakes between them."""
    stakes = tuple(
        Stake(
            owner.owner_id,
            owner.owns or partner_id,
            *parse_share(owner.share),
            owner.control,
            owner.since,
            owner.until,
            owner.evidence,
        )
        for owner in file.owners
    )
    return Profile(partner_id, parties_of(partner_id, file), stakes)
