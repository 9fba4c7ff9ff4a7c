"""Agreements from before the programme, as somebody asserts them.

An assertion is remembered and shown as one. It is no agreement: it stands in no table that a disclosure is
decided by, and counts as proof of nothing.
"""

from dataclasses import dataclass

from bailment.ledger.cbor import Value
from bailment.model.errors import Malformed
from bailment.model.fields import mask_of
from bailment.model.programme import CUSTODIES, check_country, check_name, check_slug
from bailment.partners.dossiers import DossierKind

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Assertion:
    """What is said to have been agreed: `starts_at` and `ends_at` in Unix ms, 0 where nobody knows.

    `reference` is what the paper is called, `source` where the assertion comes from. Custody may be
    `unknown`.
    """

    partner_id: str
    reference: str
    source: str
    self_fields: tuple[str, ...]
    friend_fields: tuple[str, ...]
    purposes: tuple[str, ...]
    partner_countries: tuple[str, ...]
    device_countries: tuple[str, ...]
    custody: str
    retention_days: int
    starts_at: int
    ends_at: int

    def __post_init__(self) -> None:
        """Check every form; that it is true nobody can."""
        check_slug(self.partner_id, "partner")
        check_name(self.reference, "reference")
        check_name(self.source, "source")
        mask_of((*self.self_fields, *self.friend_fields))
        for purpose in self.purposes:
            check_slug(purpose, "purposes")
        for country in (*self.partner_countries, *self.device_countries):
            check_country(country, "countries")
        if self.custody not in (*CUSTODIES, UNKNOWN):
            raise Malformed(f"custody is one of {', '.join(CUSTODIES)}, {UNKNOWN}", where="custody")
        if not 0 <= self.retention_days <= 36_500:
            raise Malformed("retention lies between 0 and 36,500 days", where="retention_days")
        if self.ends_at and self.ends_at <= self.starts_at:
            raise Malformed("an agreement ends after it starts", where="until")

    def terms_in_clear(self) -> dict[str, Value]:
        """Return the terms as an entry spells them; nobody said why a field was needed."""
        return {
            "self": list(self.self_fields),
            "friends": list(self.friend_fields),
            "purposes": list(self.purposes),
            "partner_countries": list(self.partner_countries),
            "device_countries": list(self.device_countries),
            "custody": self.custody,
            "retention_days": self.retention_days,
            "uses": [],
            "from": self.starts_at,
            "until": self.ends_at,
        }


ASSERTIONS = DossierKind("asserted-agreement", Assertion)
