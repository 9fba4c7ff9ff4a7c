"""Drafts of agreements: terms that wait for two signatures, known by their digest.

A draft says for every field and ring why it is needed. Signatures stand under one digest: whoever changes a
draft drops them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from bailment.model.errors import Malformed
from bailment.model.fields import Ring, names_of, parse_fields
from bailment.model.operators import Actor, Signature
from bailment.model.programme import WRITE, Terms, Use, check_slug
from bailment.model.screening import fingerprint_of
from bailment.partners.dossiers import DossierKind
from bailment.partners.holds import no_partner
from bailment.partners.office import Office
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.programme import agreement_record, terms_in_clear

_DAY_MS = 86_400_000
_MOST_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class Draft:
    """Terms that are to be signed; `signed_at` (Unix ms) once they are in force.

    Each signature stands under `digest`, the SHA-256 (hexadecimal) of partner, version and terms.
    """

    partner_id: str
    version: int
    terms: Terms
    digest: str
    drafted_by: str
    drafted_at: int
    signatures: tuple[Signature, ...] = ()
    signed_at: int | None = None


DRAFTS = DossierKind("agreement-draft", Draft)


def draft_key(partner_id: str, version: int) -> str:
    """Return the key of a partner's draft."""
    return f"{partner_id}/{version:06d}"


@dataclass(frozen=True, slots=True)
class DraftTerms:
    """Parameters of `agreement draft`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    self: Annotated[str, msgspec.Meta(description="Fields of the device's user: a,b,c, all or none.")]
    friends: Annotated[str, msgspec.Meta(description="Fields of friends: a,b,c, all or none.")]
    purpose: Annotated[list[str], msgspec.Meta(description="A purpose; repeat for more.", min_length=1)]
    partner_country: Annotated[
        list[str], msgspec.Meta(description="Where the partner and its owners may sit; repeat for more.")
    ]
    device_country: Annotated[
        list[str], msgspec.Meta(description="Where a device may be enrolled; repeat for more.")
    ]
    uses: Annotated[
        list[Use],
        msgspec.Meta(description="Why each field is needed: a JSON list of field, ring, purpose, reason."),
    ] = field(default_factory=list)
    custody: Annotated[
        str, msgspec.Meta(description="Where answers are kept; this version offers device.")
    ] = "device"
    days: Annotated[
        int, msgspec.Meta(description="How long the terms last, from now.", ge=1, le=_MOST_DAYS)
    ] = 365
    retention_days: Annotated[
        int, msgspec.Meta(description="How long a device may keep what it got.", ge=0, le=36_500)
    ] = 0
    writes: Annotated[
        str, msgspec.Meta(description="What a device may write for its user: likes, statuses, photos.")
    ] = "none"
    secrets: Annotated[
        bool,
        msgspec.Meta(description="Let devices that cannot prove a key come with a secret (bearer evidence)."),
    ] = False


@dataclass(frozen=True, slots=True)
class Drafted:
    """What was drafted, and the digest that both signatures will stand under."""

    partner: str
    version: int
    digest: str
    dropped_signatures: int

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        said = [f"agreement {self.partner} version {self.version} is drafted", f"digest {self.digest}"]
        if self.dropped_signatures:
            said.append(
                f"{self.dropped_signatures} signature under the earlier draft does not count any more"
            )
        return said


async def draft(office: Office, actor: Actor, parameters: DraftTerms, now: int) -> Drafted:
    """Draft the next version of a partner's agreement, or draft it anew.

    Raises:
        Malformed: the terms are not in form, or a field has no use that says why it is needed.
        Conflict: there is no such partner, or somebody else drafted meanwhile.
    """
    partner_id = check_slug(parameters.partner, "partner")
    terms = _terms_of(parameters, now)
    check_reasons(terms)
    # What no entry could hold is refused now, and not when the second operator signs.
    agreement_record(partner_id, 1, terms, now)

    async def work(transaction: ProgrammeTransaction) -> Drafted:
        newest = await transaction.agreement_state(partner_id)
        if newest is None:
            raise no_partner(partner_id)
        version = newest[0] + 1
        before = await DRAFTS.get(transaction, draft_key(partner_id, version))
        digest = digest_of(partner_id, version, terms)
        new = Draft(partner_id, version, terms, digest, actor.operator_id, now)
        await DRAFTS.put(transaction, draft_key(partner_id, version), new, over=before)
        return Drafted(partner_id, version, digest, len(before.value.signatures) if before else 0)

    return await office.store.disclose(work)


def _terms_of(parameters: DraftTerms, now: int) -> Terms:
    return Terms(
        parse_fields(parameters.self),
        parse_fields(parameters.friends),
        tuple(parameters.purpose),
        tuple(parameters.partner_country),
        tuple(parameters.device_country),
        parameters.custody,
        now,
        now + parameters.days * _DAY_MS,
        parameters.retention_days,
        tuple(parameters.uses),
        parse_fields(parameters.writes),
        parameters.secrets,
    )


def check_reasons(terms: Terms) -> None:
    """Check that every field that is agreed has a use that says why.

    Raises:
        Malformed: one has none; the message names all of them.
    """
    without = list(_without_reason(terms))
    if without:
        raise Malformed(f"nobody says why these are needed: {', '.join(without)}", where="uses")


def _without_reason(terms: Terms) -> Iterator[str]:
    said = {(use.ring, use.field) for use in terms.uses}
    for ring in (Ring.SELF.value, Ring.FRIEND.value, WRITE):
        for name in names_of(terms.mask_of_ring(ring)):
            if (ring, name) not in said:
                yield f"{name} ({ring})"


def digest_of(partner_id: str, version: int, terms: Terms) -> str:
    """Return the digest that the signatures stand under: SHA-256, hexadecimal."""
    return fingerprint_of({"partner": partner_id, "agreement": version, "terms": terms_in_clear(terms)})
