"""Rich authorization requests (RFC 9396): the one type `bailment`, from JSON to a `Wish` and back.

One object a purpose. What it may ask for is what the agreement lets the integration have: a request
beyond it is an error that names the field, for its reader is the developer, who can mend it.
"""

import functools
import re
from typing import Any

import msgspec

from bailment.kernel.rules import REMEDIES, AgreementFacts, agreement_rule, grants_rule, tokens_rule
from bailment.model.errors import Malformed
from bailment.model.fields import FIELDS, Ring, mask_of, names_of
from bailment.model.oauth import Standing, Wish
from bailment.model.programme import WRITABLE, Consent, check_country
from bailment.oauth.protocol import Document, ProtocolError

TYPE = "bailment"
MOST_BYTES = 16_384
MOST_DETAILS = 16
MOST_DEVICE_NAME = 64
_BUILD = re.compile(r"[0-9a-fA-F]{64}")


class _Detail(msgspec.Struct, forbid_unknown_fields=True):
    type: str
    purpose: str
    country: str
    own: list[str] = msgspec.field(name="self", default_factory=list)
    friends: list[str] = msgspec.field(default_factory=list)
    write: list[str] = msgspec.field(default_factory=list)
    device_name: str = ""
    build: str = ""


_details = msgspec.json.Decoder(list[_Detail])


def _invalid(description: str) -> ProtocolError:
    return ProtocolError("invalid_authorization_details", description)


def parse_details(raw: str) -> Wish:
    """Parse the `authorization_details` parameter.

    Raises:
        ProtocolError: `invalid_authorization_details` (section 5), naming what is wrong.
    """
    if len(raw) > MOST_BYTES:
        raise _invalid(f"authorization_details has at most {MOST_BYTES} characters")
    try:
        details = _details.decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise _invalid("authorization_details must be a JSON array of objects as its schema says") from error
    if not 1 <= len(details) <= MOST_DETAILS or any(each.type != TYPE for each in details):
        raise _invalid(f"send 1 to {MOST_DETAILS} objects of type {TYPE}")
    first = details[0]
    if any(
        (each.country, each.device_name, each.build) != (first.country, first.device_name, first.build)
        for each in details
    ):
        raise _invalid("country, device_name and build are the device's: the same in every object")
    return _wish(details, first)


def _wish(details: list[_Detail], first: _Detail) -> Wish:
    if len({each.purpose for each in details}) != len(details):
        raise _invalid("send one object for each purpose")
    name = first.device_name
    if len(name) > MOST_DEVICE_NAME or not name.isprintable() or name.isspace():
        raise _invalid(f"device_name has at most {MOST_DEVICE_NAME} printable characters, not all blank")
    if first.build and not _BUILD.fullmatch(first.build):
        raise _invalid("build is a SHA-256 signing digest: 64 hexadecimal digits")
    try:
        consents = tuple(
            Consent(each.purpose, mask_of(each.own), mask_of(each.friends), mask_of(each.write))
            for each in sorted(details, key=lambda each: each.purpose)
        )
        return Wish(consents, check_country(first.country, "country"), first.device_name, first.build.lower())
    except Malformed as error:
        raise _invalid(ascii_only(str(error))) from error


def ascii_only(text: str) -> str:
    """Return `text` as an `error_description` may spell it (RFC 6749 section 5.2)."""
    return "".join(each if " " <= each <= "~" and each not in '"\\' else "?" for each in text)


def check_standing(standing: Standing | None, now: int) -> Standing:
    """Return the integration's standing if its agreement serves now.

    Raises:
        ProtocolError: `unauthorized_client`, with the rule and its remedy.
    """
    if standing is None:
        raise ProtocolError("unauthorized_client", "the integration of this client is not there any more")
    agreement = None
    if standing.agreement_version is not None:
        agreement = AgreementFacts(
            standing.agreement_state,
            standing.self_mask,
            standing.friend_mask,
            standing.purposes.split(),
            (),
            standing.device_countries.split(),
            standing.starts_at,
            standing.ends_at,
            standing.closes_at,
        )
    held = standing.partner_held_at is not None
    verdict = agreement_rule(agreement, Ring.SELF, held=held, now=now)
    if verdict.code:
        raise ProtocolError("unauthorized_client", f"{verdict.code}: {REMEDIES[verdict.code]}")
    return standing


def check_grants(standing: Standing | None, now: int) -> Standing:
    """Return the integration's standing if its agreement serves now and takes new grants.

    Raises:
        ProtocolError: `unauthorized_client`, with the rule and its remedy.
    """
    found = check_standing(standing, now)
    _check_stage(grants_rule(found.agreement_state, found.no_grants_at, now=now))
    return found


def check_tokens(standing: Standing | None, now: int) -> Standing:
    """Return the integration's standing if its agreement serves now and gives new tokens.

    Raises:
        ProtocolError: as `check_grants`.
    """
    found = check_standing(standing, now)
    check_tokens_until(found.no_tokens_at, now)
    return found


def check_tokens_until(no_tokens_at: int | None, now: int) -> None:
    """Let a request for tokens through only before the stage of a wind-down that ends them.

    Raises:
        ProtocolError: `unauthorized_client`. `invalid_grant` would make clients throw their refresh tokens
            away, and every person would have to be asked again if the wind-down is put off.
    """
    _check_stage(tokens_rule(None, no_tokens_at, now=now))


def _check_stage(code: str) -> None:
    if code:
        raise ProtocolError("unauthorized_client", f"{code}: {REMEDIES[code]}")


def check_wish(wish: Wish, standing: Standing) -> None:
    """Check that a wish asks for nothing that the agreement does not let this integration have.

    Raises:
        ProtocolError: `invalid_authorization_details`, naming purpose, fields or country.
    """
    for consent in wish.consents:
        if consent.purpose not in standing.purposes.split():
            raise _invalid(f"the agreement has no purpose {consent.purpose}")
        for ring, asked, agreed in (
            ("self", consent.self_mask, standing.self_mask),
            ("friends", consent.friend_mask, standing.friend_mask),
            ("write", consent.write_mask, standing.write_mask),
        ):
            if asked & ~agreed:
                raise _invalid(
                    f"the agreement does not let {ring} have: {', '.join(names_of(asked & ~agreed))}"
                )
    if wish.country not in standing.device_countries.split():
        raise _invalid(f"jurisdiction.device: {REMEDIES['jurisdiction.device']}")


def details_document(
    consents: tuple[Consent, ...], country: str = "", device_name: str = "", build: str = ""
) -> list[Document]:
    """Return consents as `authorization_details`, as they were granted (section 7)."""
    device = {"country": country, "device_name": device_name, "build": build}
    return [
        {
            "type": TYPE,
            "purpose": consent.purpose,
            "self": list(_names(consent.self_mask)),
            "friends": list(_names(consent.friend_mask)),
            **({"write": list(_names(consent.write_mask))} if consent.write_mask else {}),
            **{name: value for name, value in device.items() if value},
        }
        for consent in consents
    ]


@functools.lru_cache(1024)
def _names(mask: int) -> tuple[str, ...]:
    """Return what `names_of` does: every token answer spells the same few masks."""
    return tuple(names_of(mask))


def schema(issuer: str) -> dict[str, Any]:
    """Return the JSON Schema of one object of type `bailment`."""
    fields = {
        "type": "array",
        "uniqueItems": False,
        "items": {"enum": [field.name for field in FIELDS]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{issuer}/oauth/authorization-details/{TYPE}.json",
        "title": "What an integration asks a person for, for one purpose, on one device",
        "type": "object",
        "properties": {
            "type": {"const": TYPE},
            "purpose": {
                "type": "string",
                "pattern": "^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$",
                "description": "A purpose of the agreement; one object for each.",
            },
            "self": {**fields, "description": "Fields of the device's user."},
            "friends": {**fields, "description": "Fields of those friends who allow it."},
            "write": {
                **fields,
                "items": {"enum": names_of(WRITABLE)},
                "description": "What the device may write for its user.",
            },
            "country": {
                "type": "string",
                "pattern": "^[A-Z]{2}$",
                "description": "Where the device is, ISO 3166-1 alpha-2; the same in every object.",
            },
            "device_name": {
                "type": "string",
                "maxLength": MOST_DEVICE_NAME,
                # Printable, and not all blank: people see it.
                "pattern": r"^(?: *[^\p{C}\p{Z}](?: |[^\p{C}\p{Z}])*)?$",
                "description": "For the person's own list; the same in every object.",
            },
            "build": {
                "type": "string",
                "pattern": "^(?:[0-9a-fA-F]{64})?$",
                "description": "The app's SHA-256 signing digest, as declared; the same in every object.",
            },
        },
        "required": ["type", "purpose", "country"],
        "anyOf": [
            {"required": [ring], "properties": {ring: {"minItems": 1}}}
            for ring in ("self", "friends", "write")
        ],
        "additionalProperties": False,
    }
