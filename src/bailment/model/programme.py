"""Partners and what they have agreed: legal entity, terms, integration, build, device, grant.

Frozen values that use cases check and the store keeps. Instants are Unix milliseconds, UTC.
Countries are ISO 3166-1 alpha-2 codes in capitals.
"""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from bailment.model.errors import Malformed
from bailment.model.fields import FIELD_BY_NAME, Ring, check_mask, mask_of
from bailment.model.people import check_person_id

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_COUNTRY = re.compile(r"[A-Z]{2}")

# The countries of concern of 28 CFR 202.601. Lists as dated data come with the partner programme.
COUNTRIES_OF_CONCERN: frozenset[str] = frozenset({"CN", "CU", "HK", "IR", "KP", "MO", "RU", "VE"})

# What a signed 64-bit integer holds, as in SQL and in a ledger entry.
_MAX_MS = 2**63 - 1

CUSTODIES: tuple[str, ...] = ("device", "sealed", "server")
# What the gateway can do so far. It must not record "sealed" before it seals.
OFFERED_CUSTODIES: tuple[str, ...] = ("device",)


# What stands in the place of a ring where a device writes for its own user.
WRITE = "write"
# What a device can write at all: a status, a like of one, a photo.
WRITABLE: int = mask_of(["likes", "statuses", "photos"])


def check_writable(mask: int, where: str) -> int:
    """Return `mask` if it is one of fields that a device can write.

    Raises:
        Malformed: it has another bit.
    """
    if mask & ~WRITABLE:
        raise Malformed("a device can write likes, statuses and photos only", where=where)
    return mask


def check_slug(raw: str, where: str) -> str:
    """Return `raw` when it is a short name of lower-case letters, digits and inner hyphens.

    Raises:
        Malformed: it is not.
    """
    if not _SLUG.fullmatch(raw):
        raise Malformed("use 1 to 64 of a-z, 0-9 and inner hyphens", where=where)
    return raw


def check_country(raw: str, where: str) -> str:
    """Return `raw` when it has the form of an ISO 3166-1 alpha-2 code in capitals.

    Raises:
        Malformed: it does not.
    """
    if not _COUNTRY.fullmatch(raw):
        raise Malformed("use a two-letter country code in capitals, like DE", where=where)
    return raw


def check_ms(instant: int, where: str) -> int:
    """Return `instant` when it is a number of milliseconds since 1970 that can be stored.

    Raises:
        Malformed: it is not.
    """
    if not 0 <= instant <= _MAX_MS:
        raise Malformed("an instant lies between 1970 and 2**63 milliseconds after", where=where)
    return instant


def check_name(raw: str, where: str) -> str:
    """Return `raw` when it is a name that can be shown.

    Raises:
        Malformed: it is blank, or longer than 200 characters.
    """
    if not raw.strip() or len(raw) > 200:
        raise Malformed("give a name of 1 to 200 characters", where=where)
    return raw


@dataclass(frozen=True, slots=True)
class Partner:
    """A legal entity with the countries of its seat and of its owners."""

    partner_id: str
    name: str
    country: str
    owner_countries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the identifiers' forms."""
        check_slug(self.partner_id, "partner")
        check_country(self.country, "country")
        for country in self.owner_countries:
            check_country(country, "owner-country")
        check_name(self.name, "name")


@dataclass(frozen=True, slots=True)
class Use:
    """Why a partner needs one field: its ring, the purpose, and the reason in words.

    The ring is `self` or `friend`, or `write` for a field that a device writes for its own user.
    """

    field: str
    ring: str
    purpose: str
    reason: str

    def __post_init__(self) -> None:
        """Check that field and ring are some, the purpose's form, and that there is a reason."""
        if self.field not in FIELD_BY_NAME:
            raise Malformed(f"no field is called {self.field!r}", where="uses")
        if self.ring not in {*(ring.value for ring in Ring), WRITE}:
            raise Malformed("a ring is self or friend, or write", where="uses")
        check_slug(self.purpose, "uses")
        if not self.reason.strip() or len(self.reason) > 500:
            raise Malformed("give a reason of 1 to 500 characters", where="uses")


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement version lets a partner receive.

    `self_mask` and `friend_mask` are field masks by ring. `partner_countries` are where the partner
    and its owners may sit, `device_countries` where a device may be enrolled. `uses` say for each field
    why it is needed; `retention_days` is how long a device may keep what it got, 0 where nothing is agreed.
    `write_mask` is what a device may write for its own user, of `WRITABLE`; `secrets` says whether a device
    that cannot prove a key may come with a secret that works for whoever has it.
    """

    self_mask: int
    friend_mask: int
    purposes: tuple[str, ...]
    partner_countries: tuple[str, ...]
    device_countries: tuple[str, ...]
    custody: str
    starts_at: int
    ends_at: int
    retention_days: int = 0
    uses: tuple[Use, ...] = ()
    write_mask: int = 0
    secrets: bool = False

    def __post_init__(self) -> None:
        """Check forms, that the dates are in order, and that uses are of what is agreed."""
        check_mask(self.self_mask, "fields")
        check_mask(self.friend_mask, "friend-fields")
        check_writable(self.write_mask, "writes")
        check_ms(self.starts_at, "from")
        check_ms(self.ends_at, "until")
        for country in (*self.partner_countries, *self.device_countries):
            check_country(country, "countries")
        for purpose in self.purposes:
            check_slug(purpose, "purpose")
        if not self.purposes:
            raise Malformed("an agreement names at least one purpose", where="purpose")
        if self.custody not in CUSTODIES:
            raise Malformed(f"custody is one of {', '.join(CUSTODIES)}", where="custody")
        if self.custody not in OFFERED_CUSTODIES:
            raise Malformed(f"custody {self.custody} is not offered by this version", where="custody")
        if self.starts_at >= self.ends_at:
            raise Malformed("an agreement ends after it starts", where="until")
        if not 0 <= self.retention_days <= 36_500:
            raise Malformed("retention lies between 0 and 36,500 days", where="retention")
        for use in self.uses:
            mask = self.mask_of_ring(use.ring)
            if not FIELD_BY_NAME[use.field].mask & mask or use.purpose not in self.purposes:
                raise Malformed(f"a use of {use.field} that is not agreed", where="uses")

    def mask_of_ring(self, ring: str) -> int:
        """Return the fields of a use's ring: `self`, `friend`, or `write`."""
        masks = {Ring.SELF.value: self.self_mask, Ring.FRIEND.value: self.friend_mask, WRITE: self.write_mask}
        return masks[ring]


@dataclass(frozen=True, slots=True)
class Integration:
    """The product that a partner builds."""

    integration_id: str
    partner_id: str
    name: str

    def __post_init__(self) -> None:
        """Check the identifiers' forms."""
        check_slug(self.integration_id, "integration")
        check_slug(self.partner_id, "partner")
        check_name(self.name, "name")


@dataclass(frozen=True, slots=True)
class Build:
    """One signed version of an integration, known by its 32-byte signing digest."""

    digest: bytes
    integration_id: str
    version: str

    def __post_init__(self) -> None:
        """Check the digest's length, the integration's form and the version's length."""
        check_slug(self.integration_id, "integration")
        if len(self.digest) != 32:
            raise Malformed("a build is known by a SHA-256 digest: 64 hexadecimal digits", where="build")
        if not self.version or len(self.version) > 64:
            raise Malformed("give a version of 1 to 64 characters", where="version")


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person consented to for one purpose: field masks by ring, with a field in one of them.

    `write_mask` is what the device may write for that person.
    """

    purpose: str
    self_mask: int
    friend_mask: int
    write_mask: int = 0

    def __post_init__(self) -> None:
        """Check the purpose's form, that the masks are of fields, and that there is a field at all."""
        check_slug(self.purpose, "purpose")
        check_mask(self.self_mask, "fields")
        check_mask(self.friend_mask, "friend-fields")
        check_writable(self.write_mask, "writes")
        if not any(self.masks):
            raise Malformed("a consent names at least one field", where="fields")

    @property
    def masks(self) -> tuple[int, int, int]:
        """What is read of oneself, what of friends, and what is written."""
        return self.self_mask, self.friend_mask, self.write_mask


@dataclass(frozen=True, slots=True)
class Grant:
    """A person's consent to an integration on one device: purposes with their fields by ring, an end.

    `client_id`, `device_name` and `build`, the 32-byte digest declared when it was asked for, are those
    of the OAuth client that obtained the grant, and empty where none did.
    """

    grant_id: str
    person_id: int
    integration_id: str
    country: str
    consents: tuple[Consent, ...]
    until: int
    client_id: str = ""
    device_name: str = ""
    build: bytes | None = None

    def __post_init__(self) -> None:
        """Check the identifiers' forms, that each purpose stands once, and the end."""
        check_person_id(self.person_id)
        check_slug(self.integration_id, "integration")
        check_country(self.country, "country")
        check_ms(self.until, "until")
        if not self.consents:
            raise Malformed("a grant names at least one purpose", where="purpose")
        if len({consent.purpose for consent in self.consents}) < len(self.consents):
            raise Malformed("a grant names each purpose once", where="purpose")
        if self.device_name:
            check_name(self.device_name, "device-name")
        if self.build is not None and len(self.build) != 32:
            raise Malformed("a build is known by a SHA-256 digest: 64 hexadecimal digits", where="build")


def pack_consents(consents: Iterable[Consent]) -> str:
    """Return the stored form, by purpose, joined with single spaces.

    Each is `PURPOSE=SELF_MASK/FRIEND_MASK`, with `/WRITE_MASK` behind it where there is something to write.
    """
    return " ".join(_packed(each) for each in sorted(consents, key=lambda consent: consent.purpose))


def _packed(consent: Consent) -> str:
    packed = f"{consent.purpose}={consent.self_mask}/{consent.friend_mask}"
    return f"{packed}/{consent.write_mask}" if consent.write_mask else packed


@functools.lru_cache(1024)
def parse_consents(text: str) -> tuple[Consent, ...]:
    """Return the consents of the stored form; few spellings are in use, so each is parsed once."""
    consents = []
    for part in text.split():
        purpose, _, masks = part.partition("=")
        consents.append(Consent(purpose, *map(int, masks.split("/"))))
    return tuple(consents)
