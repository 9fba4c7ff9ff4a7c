"""A consent receipt, for its person to keep: the information structure of ISO/IEC TS 27560:2023, in JSON.

The receipt holds the whole consent record (section 6.4): header, processing, parties, events. The names are
the specification's. What it asks for and the platform has not told us (postal addresses, who hears
complaints) is left out, not made up. Under `evidence`, an extension, stands the commitment of the ledger's
entry about the grant: its opening and its proof are the person's to ask for.

The person is known by the grant's id, a pseudonym that means nothing elsewhere. Pure.
"""

from urllib.parse import urlsplit

from bailment.model.encoding import base64url
from bailment.model.fields import Category, Field, fields_of
from bailment.model.oauth import GrantRow, Standing
from bailment.model.programme import WRITE, Consent, parse_consents
from bailment.oauth.protocol import Document
from bailment.people.times import MAX_UNIX_MS, instant_of_unix_ms

SCHEMA = "urn:bailment:consent-receipt:1"
_EXPLICIT = "explicit consent"


def receipt_document(
    grant: GrantRow, standing: Standing, *, origin: str, language: str, given_at: int | None, now: int
) -> Document:
    """Return the receipt of a grant as it stands at `now`.

    `given_at` is when consent was given, as far as the ledger tells; None until the entry has its place.
    """
    return {
        "receipt_metadata": {
            "schema_version": SCHEMA,
            "receipt_id": f"{grant.grant_id}/{now}",
            "issued_at": instant_of_unix_ms(now),
        },
        "record_header": {
            "schema_version": "ISO/IEC TS 27560:2023",
            "record_id": grant.grant_id,
            "pii_principal_id": grant.grant_id,
        },
        "pii_processing": _processing(grant, standing, origin, language),
        "party_identification": _parties(grant, standing, origin),
        "event": _events(grant, given_at),
        "evidence": {
            "ledger_entry_commitment": base64url(grant.commitment) if grant.commitment else None,
            "ledger": f"{origin}/ledger/checkpoint",
            "declared_build": grant.build.hex() if grant.build else None,
            "key_bound": bool(grant.device_jkt) if grant.device_id else None,
        },
    }


def _processing(grant: GrantRow, standing: Standing, origin: str, language: str) -> Document:
    return {
        "privacy_notice": f"{origin}/my/grants/{grant.grant_id}/receipt",
        "language": language,
        "purposes": [
            {
                "purpose": consent.purpose,
                "lawful_basis": "consent",
                "pii_information": _information(consent),
                "pii_controllers": [origin, standing.partner_id],
                "collection_method": "from the platform, answer by answer, as long as the grant stands",
                "processing_method": "disclosed to the device named under service",
                "storage_locations": [{"custody": standing.custody, "country": grant.country}],
                "retention_period": {"until": _instant(grant.until)},
                "recipient_third_parties": [standing.partner_id],
                "withdrawal_method": f"{origin}/my/grants",
                "privacy_rights": f"{origin}/my/grants",
            }
            for consent in parse_consents(grant.consents)
        ],
        "service": {"integration": grant.integration_name, "device": grant.device_name or None},
        "jurisdiction": grant.country,
    }


def _information(consent: Consent) -> list[Document]:
    rings = (("self", consent.self_mask), ("friend", consent.friend_mask), (WRITE, consent.write_mask))
    return [_one(field, ring) for ring, mask in rings for field in fields_of(mask)]


def _one(field: Field, ring: str) -> Document:
    return {
        "pii_type": field.name,
        "pii_attribute_id": f"{ring}.{field.name}",
        "ring": ring,
        "category": field.category.value,
        "pii_optional": True,
        "sensitive_pii_category": field.category in (Category.SPECIAL, Category.BIOMETRIC),
        "special_pii_category": field.category is Category.SPECIAL,
    }


def _parties(grant: GrantRow, standing: Standing, origin: str) -> list[Document]:
    return [
        {
            "party_id": origin,
            "party_name": urlsplit(origin).netloc,
            "party_url": origin,
            "party_role": "pii_controller",
            "party_type": "platform",
        },
        {
            "party_id": standing.partner_id,
            "party_name": grant.partner_name,
            "party_country": standing.partner_country,
            "party_role": "pii_controller",
            "party_type": "device maker",
        },
    ]


def _events(grant: GrantRow, given_at: int | None) -> list[Document]:
    given = {
        "event_type": _EXPLICIT,
        "event_state": "consent given",
        "event_time": None if given_at is None else instant_of_unix_ms(given_at),
        "event_time_precision": "minute",
        "validity_duration": {"until": _instant(grant.until)},
        "entity_id": grant.grant_id,
    }
    if grant.withdrawn_at is None:
        return [given]
    withdrawn = {
        "event_type": _EXPLICIT,
        "event_state": "consent withdrawn",
        "event_time": instant_of_unix_ms(grant.withdrawn_at),
        "entity_id": grant.grant_id,
    }
    return [given, withdrawn]


def _instant(unix_ms: int) -> str:
    """Return an end, which may lie beyond what an instant can spell."""
    return instant_of_unix_ms(min(unix_ms, MAX_UNIX_MS))
