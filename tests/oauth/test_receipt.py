"""Consent receipts: the whole record in the shape of ISO/IEC TS 27560:2023, and nothing about the person."""

import json

from bailment.model.encoding import base64url
from bailment.model.fields import mask_of
from bailment.model.oauth import GrantRow, Standing
from bailment.model.programme import Consent, pack_consents
from bailment.oauth.protocol import Document
from bailment.oauth.receipt import receipt_document

NOW = 1_790_000_000_000
ORIGIN = "https://gateway.example"
GRANT = GrantRow(
    "grant_1",
    4711,
    "client",
    "lumen-hub",
    "Lumen Hub",
    "lumen",
    "Lumen Mobile",
    "DE",
    pack_consents((Consent("address-book", mask_of(["name", "religion"]), mask_of(["photo"])),)),
    NOW + 1000,
    None,
    0,
    "a phone",
    b"b" * 32,
    b"c" * 32,
    "dev_1",
    "jkt",
    NOW,
    None,
)
STANDING = Standing(
    "lumen-hub", "Lumen Hub", "lumen", "Lumen Mobile", "DE", None, 1, "in force", 0, 0, "", "", "device", 0, 0
)


def _receipt(grant: GrantRow = GRANT, given_at: int | None = NOW) -> Document:
    return receipt_document(grant, STANDING, origin=ORIGIN, language="en", given_at=given_at, now=NOW)


def test_it_has_the_sections_of_the_specification() -> None:
    """Metadata, header, processing, parties and events, and beside them the evidence."""
    receipt = _receipt()
    assert [*receipt] == [
        "receipt_metadata",
        "record_header",
        "pii_processing",
        "party_identification",
        "event",
        "evidence",
    ]
    assert receipt["record_header"] == {
        "schema_version": "ISO/IEC TS 27560:2023",
        "record_id": "grant_1",
        "pii_principal_id": "grant_1",
    }
    assert receipt["receipt_metadata"]["issued_at"] == "2026-09-21T14:13:20.000Z"


def test_each_field_stands_with_its_ring_and_category() -> None:
    """What the device may receive, about whom, and what of it is sensitive."""
    (purpose,) = _receipt()["pii_processing"]["purposes"]
    assert (purpose["purpose"], purpose["lawful_basis"]) == ("address-book", "consent")
    found = [
        (
            each["pii_attribute_id"],
            each["category"],
            each["special_pii_category"],
            each["sensitive_pii_category"],
        )
        for each in purpose["pii_information"]
    ]
    assert found == [
        ("self.name", "identifier", False, False),
        ("self.religion", "special", True, True),
        ("friend.photo", "biometric", False, True),
    ]
    assert purpose["storage_locations"] == [{"custody": "device", "country": "DE"}]
    assert purpose["retention_period"] == {"until": "2026-09-21T14:13:21.000Z"}
    assert purpose["withdrawal_method"] == f"{ORIGIN}/my/grants"


def test_parties_are_referred_to_by_their_ids() -> None:
    """The platform and the maker, each with its role."""
    receipt = _receipt()
    ids = [each["party_id"] for each in receipt["party_identification"]]
    assert ids == [ORIGIN, "lumen"]
    assert receipt["pii_processing"]["purposes"][0]["pii_controllers"] == ids


def test_the_ledgers_entry_can_be_found_by_it() -> None:
    """The commitment is that of the grant's entry, where there is one."""
    assert _receipt()["evidence"]["ledger_entry_commitment"] == base64url(b"c" * 32)
    older = _receipt(GRANT._replace(commitment=None, build=None, device_id=""))
    assert older["evidence"] == {
        "ledger_entry_commitment": None,
        "ledger": f"{ORIGIN}/ledger/checkpoint",
        "declared_build": None,
        "key_bound": None,
    }


def test_events_are_those_that_happened() -> None:
    """Given, and when it was taken back that too; a time that the ledger does not tell yet is not made up."""
    assert [each["event_state"] for each in _receipt()["event"]] == ["consent given"]
    withdrawn = _receipt(GRANT._replace(withdrawn_at=NOW))["event"]
    assert [each["event_state"] for each in withdrawn] == ["consent given", "consent withdrawn"]
    assert _receipt(given_at=None)["event"][0]["event_time"] is None


def test_an_end_without_end_can_be_spelled() -> None:
    """A grant by command line may last beyond what an instant spells."""
    until = _receipt(GRANT._replace(until=2**62))["event"][0]["validity_duration"]["until"]
    assert until.startswith("2100-")


def test_nothing_in_it_names_the_person() -> None:
    """The person is the grant's id: a pseudonym that means nothing elsewhere."""
    assert "4711" not in json.dumps(_receipt())
