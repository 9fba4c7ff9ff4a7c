"""`bailment client`: who may ask people for grants."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bailment.app import Platform
from bailment.cli.common import with_platform
from bailment.clock import now_ms
from bailment.model.errors import Malformed
from bailment.model.programme import check_ms
from bailment.oauth import registration

DAY_MS = 86_400_000

client = typer.Typer(no_args_is_help=True, help="OAuth clients of an integration: register, remove.")

Integration = Annotated[str, typer.Argument(help="Whose client it is.")]
Bearer = Annotated[
    bool, typer.Option("--bearer", help="Let it use tokens that no key binds; people are told.")
]


@client.command("ticket")
def ticket(
    integration: Integration,
    bearer: Bearer = False,
    days: Annotated[int, typer.Option(min=1, help="How long it is good.")] = 7,
) -> None:
    """Print an initial access token, with which a partner registers clients itself (RFC 7591)."""
    now = now_ms()
    life_ms = check_ms(now + days * DAY_MS, "days") - now

    async def work(platform: Platform) -> str:
        return await registration.give_ticket(
            platform.store, integration, now, bearer=bearer, life_ms=life_ms
        )

    print(with_platform(work))


@client.command("add")
def add(
    integration: Integration,
    name: Annotated[str, typer.Option(help="What people see.")],
    redirect_uri: Annotated[list[str], typer.Option(help="Where answers go; repeat for more.")] = [],  # noqa: B006 - typer copies it
    jwks: Annotated[
        Path | None, typer.Option(help="Its public keys, a JWK Set; without it the client is public.")
    ] = None,
    device: Annotated[bool, typer.Option("--device", help="Let it use the device grant (RFC 8628).")] = False,
    bearer: Bearer = False,
) -> None:
    """Register a client by hand and print its id."""
    if not (redirect_uri or device or jwks):
        raise Malformed("it could get no token: give --redirect-uri, --device or --jwks", where="client")
    grant_types = ["refresh_token"]
    grant_types += ["authorization_code"] if redirect_uri else []
    grant_types += ["urn:ietf:params:oauth:grant-type:device_code"] if device else []
    grant_types += ["client_credentials"] if jwks else []
    metadata: dict[str, Any] = {
        "client_name": name,
        "redirect_uris": redirect_uri,
        "grant_types": grant_types,
        "token_endpoint_auth_method": "private_key_jwt" if jwks else "none",
        "dpop_bound_access_tokens": not bearer,
    }
    if jwks is not None:
        metadata["jwks"] = _read_keys(jwks)

    async def work(platform: Platform) -> str:
        new = await registration.add_client(platform.store, integration, metadata, now_ms(), bearer=bearer)
        return new.client_id

    print(with_platform(work))


def _read_keys(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise Malformed("a JWK Set is JSON", where=path.name) from error
    except OSError as error:
        raise Malformed(f"it cannot be read ({error.strerror})", where=path.name) from error


@client.command("remove")
def remove(client_id: Annotated[str, typer.Argument(help="The client's id.")]) -> None:
    """Remove a client: it gets no token any more."""

    async def work(platform: Platform) -> None:
        await registration.remove_client(platform.store, client_id, now_ms())

    with_platform(work)
    print(f"client {client_id} is removed; withdraw its grants to end what it holds")
