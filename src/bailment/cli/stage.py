"""A small invented world for sandbox and demo: a partner, its terms, an approved and an unapproved build."""

import hashlib
import json
from dataclasses import dataclass

from bailment.app import Platform, office_of
from bailment.cli.stage_partner import (
    APPROVED,
    DEVICE_COUNTRIES,
    FRIEND_FIELDS,
    INTEGRATION,
    LUMEN,
    PARTNER,
    PURPOSE,
    TIMELINE,
    Staff,
    bring_in,
    hire,
    open_to_apps,
)
from bailment.clock import now_ms
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.oauth import Client
from bailment.model.people import PeopleSource
from bailment.model.programme import Consent, Grant
from bailment.oauth import consenting
from bailment.oauth.accounts import Passwords, set_password
from bailment.oauth.mastodon import authorize, tokens
from bailment.oauth.mastodon.apps import Registration, register
from bailment.oauth.mastodon.redirects import OOB
from bailment.oauth.registration import add_client
from bailment.oauth.rfc8628 import GRANT_TYPE as DEVICE_GRANT
from bailment.partners import consent
from bailment.partners.imports import import_people
from bailment.partners.secrets import Secret, give_secret
from bailment.people.card import CARD_FIELDS
from bailment.people.loading import Imported
from bailment.people.render import slice_fields
from bailment.phone.key import DeviceKey, make_key
from bailment.seal.secret import random_bytes, random_id, random_token

# The partner's own constants, for those who set the stage and act on it.
__all__ = [
    "APPROVED",
    "DEVICE_COUNTRIES",
    "FRIEND_FIELDS",
    "INTEGRATION",
    "PARTNER",
    "PURPOSE",
    "TIMELINE",
    "Staff",
]

DAY_MS = 86_400_000
UNAPPROVED = hashlib.sha256(b"lumen-hub 1.1.0-rc1").digest()
OPERATORS = ("robin", "sasha")


@dataclass(frozen=True, slots=True)
class Figure:
    """A person of the world: id, name as they write it, number of friends."""

    person_id: int
    name: str
    friends: int


async def bring_people(platform: Platform, source: PeopleSource) -> Imported:
    """Import the world's people."""
    return await import_people(platform.store, platform.store, source, now_ms())


async def set_programme(platform: Platform) -> Staff:
    """Admit the partner, sign its agreement, approve its build: two operators do each as they do for anyone.

    Return the operators with their keys.
    """
    office, now = office_of(platform), now_ms()
    staff = await hire(office, *OPERATORS, now)
    await bring_in(office, staff, LUMEN, now)
    await open_to_apps(office, staff, LUMEN, now)
    return staff


async def give_code(
    platform: Platform,
    person_id: int,
    *,
    friend_mask: int = ALL_FIELDS,
    hours: int = 24,
    integration_id: str = INTEGRATION.integration_id,
) -> str:
    """Record a person's grant to an integration and return the one-time enrolment code."""
    now = now_ms()
    grant = Grant(
        random_id("grant"),
        person_id,
        integration_id,
        "DE",
        (Consent(PURPOSE, ALL_FIELDS, friend_mask),),
        now + 90 * DAY_MS,
    )
    life_ms = hours * 3_600_000
    return await consent.give_grant(platform.store, platform.keys, grant, now, code_life_ms=life_ms)


async def figures(platform: Platform, most: int) -> list[Figure]:
    """Return the persons with the most friends."""
    async with platform.store.reading() as transaction:
        busiest = await transaction.busiest_persons(most)
        content = await transaction.content([person_id for person_id, _ in busiest])
    return [
        Figure(person_id, name_in(content[person_id][1]), friends)
        for person_id, friends in busiest
        if person_id in content
    ]


def name_in(blob: bytes) -> str:
    """Return the full name in rendered content, or "" when there is none."""
    fragment = slice_fields(blob, mask_of(["name"]))
    return str(json.loads(b"{%b}" % fragment)["name"]["full"]) if fragment else ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person who can sign in on the pages."""

    person_id: int
    login: str
    password: str


@dataclass(frozen=True, slots=True)
class StageClients:
    """The integration's two OAuth clients, with the confidential one's key."""

    confidential: Client
    identity: DeviceKey
    public: Client


REDIRECT_URIS = ("http://127.0.0.1/callback", "com.example.lumen:/callback")


async def give_sign_in(platform: Platform, person_id: int, login: str) -> SignIn:
    """Give a person a login name and a password, which stands in no file."""
    password = random_token()
    await set_password(platform.store, Passwords(), person_id, login, password)
    return SignIn(person_id, login, password)


def named(key: DeviceKey) -> dict[str, str]:
    """Return the members of a JWK that say which key it is and what it signs: some libraries want both."""
    return {"kid": key.thumbprint(), "alg": "ES256"}


async def add_clients(platform: Platform) -> StageClients:
    """Register a confidential and a public client of the integration."""
    now, identity = now_ms(), make_key()
    metadata = {
        "client_name": INTEGRATION.name,
        "redirect_uris": list(REDIRECT_URIS),
        "grant_types": ["authorization_code", "refresh_token", DEVICE_GRANT],
    }
    integration_id = INTEGRATION.integration_id
    public = {**metadata, "token_endpoint_auth_method": "none"}
    confidential = {
        **metadata,
        "grant_types": [*metadata["grant_types"], "client_credentials"],
        "jwks": {"keys": [{**identity.public_jwk(), **named(identity)}]},
    }
    return StageClients(
        await add_client(platform.store, integration_id, confidential, now, bearer=False),
        identity,
        await add_client(platform.store, integration_id, public, now, bearer=False),
    )


async def set_up_book(platform: Platform, person_id: int) -> Secret:
    """Give a person's contacts app a user and a password, as the page of address books does."""
    now = now_ms()
    grant = Grant(
        random_id("grant"),
        person_id,
        INTEGRATION.integration_id,
        DEVICE_COUNTRIES[0],
        (Consent(PURPOSE, 0, CARD_FIELDS & mask_of(FRIEND_FIELDS)),),
        now + 90 * DAY_MS,
        device_name="address book",
    )
    return await give_secret(platform.store, platform.keys, grant, now)


async def log_app_in(platform: Platform, person_id: int) -> str:
    """Log an app for Mastodon in as it does itself, its person allowing all of it; return the token."""
    server, now, session = platform.oauth, now_ms(), random_bytes(32)
    about: dict[str, str] = {"redirect_uri": OOB, "scope": "read write"}
    app = await register(server, Registration("A sandbox app", [OOB], about["scope"], ""), now)
    about["client_id"] = app["client_id"]
    waiting = await authorize.begin(server, {**about, "response_type": "code"}, session, now)
    await consenting.choose_country(server, waiting, session, DEVICE_COUNTRIES[0], now)
    question = await consenting.look(server, waiting, session, now, person_id)
    if question is None:
        raise AssertionError("what was just asked waits for its answer")
    wish, until = question.wish.consents, question.latest_until
    outcome = await consenting.approve(server, waiting, session, person_id, wish, until, now)
    if outcome is None:
        raise AssertionError("nobody else has answered")
    exchange = {
        **about,
        "grant_type": "authorization_code",
        "client_secret": app["client_secret"],
        "code": outcome.code,
    }
    return str((await tokens.issue(server, exchange, now))["access_token"])
