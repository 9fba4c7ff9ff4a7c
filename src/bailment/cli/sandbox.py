"""`bailment sandbox`: a throwaway platform that prints one JSON line with all that a client needs."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from bailment.app import Platform, open_platform, scratch_store
from bailment.cli import stage
from bailment.cli.serving import serving_platform, until_told_to_stop
from bailment.config import Config
from bailment.model.fields import ALL_FIELDS, names_of
from bailment.people.sources import open_source
from bailment.phone.client import PhoneClient
from bailment.phone.key import make_key

SHOWN_PERSONS = 10
CODES = 5
HOST = "127.0.0.1"


async def run_sandbox(people: int, port: int, store_url: str) -> None:
    """Set the stage, serve, print the line, and run until told to stop; nothing is left behind."""
    url = f"http://{HOST}:{port}"
    with tempfile.TemporaryDirectory(prefix="bailment-sandbox-") as folder:
        async with scratch_store(store_url) as scratch_url:
            config = Config(Path(folder), url, f"{HOST}:{port}/ledger", scratch_url)
            async with open_platform(config) as platform:
                await stage.bring_people(platform, open_source(f"generated:{people}"))
                staff = await stage.set_programme(platform)
                await _serve(platform, port, staff)


async def _serve(platform: Platform, port: int, staff: stage.Staff) -> None:
    async with serving_platform(platform, HOST, port):
        line = await _describe(platform, platform.config.origin) | _operator(platform, staff)
        print(json.dumps(line, ensure_ascii=False), flush=True)
        await until_told_to_stop()


async def _describe(platform: Platform, url: str) -> dict[str, Any]:
    figures = await stage.figures(platform, SHOWN_PERSONS)
    return {
        "url": url,
        "partner": {"id": stage.PARTNER.partner_id, "name": stage.PARTNER.name},
        "integration": stage.INTEGRATION.integration_id,
        "builds": {"approved": stage.APPROVED.digest.hex(), "unapproved": stage.UNAPPROVED.hex()},
        "agreement": {
            "purposes": [stage.PURPOSE, stage.TIMELINE],
            "self": names_of(ALL_FIELDS),
            "friends": list(stage.FRIEND_FIELDS),
            "countries": list(stage.DEVICE_COUNTRIES),
        },
        "persons": [
            {"id": str(each.person_id), "name": each.name, "friends": each.friends} for each in figures
        ],
        "device": await _device(platform, url, figures[0].person_id),
        "codes": [await stage.give_code(platform, each.person_id) for each in figures[:CODES]],
        # Somebody whose list of grants is still empty: what a developer finds there is their own.
        "oauth": await _oauth(platform, figures[CODES].person_id),
        "carddav": await _carddav(platform, url, figures[0].person_id),
        "mastodon": await _mastodon(platform, url, figures[0].person_id),
        "ledger": {"url": f"{url}/ledger", "vkey": platform.folder.read("vkey").decode().strip()},
    }


def _operator(platform: Platform, staff: stage.Staff) -> dict[str, Any]:
    """Return the variables with which an operator's commands reach this platform, and a second one's key.

    Not for a database that was named: its URL may hold a password, and a line like this is kept in files.
    """
    config = platform.config
    variables = {
        "BAILMENT_DATA": str(config.data),
        "BAILMENT_ORIGIN": config.origin,
        "BAILMENT_OPERATOR_KEY": staff.first_key,
    }
    return {} if config.store_url else {"operator": variables, "second_key": staff.second_key}


async def _device(platform: Platform, url: str, person_id: int) -> dict[str, Any]:
    """Enrol a device as a phone would, over HTTP with a key of its own."""
    code = await stage.give_code(platform, person_id)
    key = make_key()

    def enrol() -> tuple[str, str]:
        with PhoneClient(url, key, build=stage.APPROVED.digest.hex()) as client:
            enrolled = client.enrol(code)
            return enrolled.device_id, enrolled.token

    device, token = await asyncio.to_thread(enrol)
    return {"id": device, "person": str(person_id), "jwk": key.private_jwk(), "token": token}


async def _carddav(platform: Platform, url: str, person_id: int) -> dict[str, Any]:
    """Set up an address book: what a contacts app asks for, and what it is given."""
    secret = await stage.set_up_book(platform, person_id)
    return {
        "url": f"{url}/carddav/",
        "user": secret.device_id,
        "password": secret.secret,
        "person": str(person_id),
    }


async def _mastodon(platform: Platform, url: str, person_id: int) -> dict[str, Any]:
    """Log an app for Mastodon in, with a token that works for whoever has it."""
    token = await stage.log_app_in(platform, person_id)
    return {"url": url, "token": token, "account": str(person_id)}


async def _oauth(platform: Platform, person_id: int) -> dict[str, Any]:
    """Register two clients and give a person a sign-in; `dpop_jwk` is a key to bind tokens to."""
    clients = await stage.add_clients(platform)
    sign_in = await stage.give_sign_in(platform, person_id, "sandbox")
    redirect_uris = list(stage.REDIRECT_URIS)
    return {
        "issuer": platform.oauth.issuer,
        "confidential": {
            "client_id": clients.confidential.client_id,
            "jwk": {**clients.identity.private_jwk(), **stage.named(clients.identity)},
            "dpop_jwk": make_key().private_jwk(),
            "redirect_uris": redirect_uris,
        },
        "public": {
            "client_id": clients.public.client_id,
            "dpop_jwk": make_key().private_jwk(),
            "redirect_uris": redirect_uris,
        },
        "sign_in": {"person": str(person_id), "login": sign_in.login, "password": sign_in.password},
    }
