"""Between a client's request and a person's answer: what waits, what is asked, and what an answer does.

The steps:

1. `begin` spends the `request_uri` for the client that pushed it, and ties what it stands for to one
   browser session; from here on only that session can see or answer it
2. `look` gives what the page has to say
3. `approve` records the grant together with the code (or the device's approval) in one change, and ends
   the interaction in it, so that a second answer finds nothing; `refuse` ends it without
"""

from dataclasses import dataclass, replace

import msgspec

from bailment.model.encoding import hash_token
from bailment.model.oauth import (
    AuthorizationCode,
    AuthorizationRequest,
    Client,
    DeviceRequest,
    DeviceState,
    GrantAction,
    GrantRow,
    Interaction,
    Standing,
    Wish,
)
from bailment.model.programme import Consent, Grant, parse_consents
from bailment.oauth import rfc8628
from bailment.oauth.attempts import attempt_key
from bailment.oauth.mastodon.opening import check_app, is_app
from bailment.oauth.mastodon.redirects import OOB, leads_to
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import ProtocolError, can_be_id
from bailment.oauth.redirects import fits
from bailment.oauth.rfc9126 import PREFIX
from bailment.oauth.rfc9207 import response_location
from bailment.oauth.rfc9396 import check_grants
from bailment.oauth.server import Server, in_transaction
from bailment.seal.secret import random_id, random_secret

INTERACTION_LIFE_MS = 30 * 60_000
CODE_LIFE_MS = 60_000
# What a person copies by hand takes a person's time.
COPIED_CODE_LIFE_MS = 5 * 60_000
MOST_GRANT_MS = 366 * 86_400_000
MOST_WRONG_CODES = 10


class TooManyAttempts(ProtocolError):
    """A person has entered too many wrong user codes in this hour."""

    def __init__(self) -> None:
        super().__init__("slow_down", "too many wrong codes: try again in an hour", status=429)


@dataclass(frozen=True, slots=True)
class Question:
    """What a consent page has to say; `user_code` is "" in the code flow, `build_version` where unknown.

    `action` says what becomes of an older grant of this app. `held` is what that allows already: it is part
    of `wish` in a merge, so that the person sees and answers for all that will hold afterwards.
    `takes_secrets` says that devices without a key are taken under the same agreement. `countries` are those
    of which the person has to choose the device's, empty where the client names it. An app that registered
    itself is `unknown`, and leads back to `leads_to` ("" where it waits for a code that is copied).
    """

    client_name: str
    integration_name: str
    partner_name: str
    partner_country: str
    custody: str
    wish: Wish
    bearer: bool
    build_version: str
    user_code: str
    latest_until: int
    action: GrantAction = GrantAction.CREATE
    held: tuple[Consent, ...] = ()
    takes_secrets: bool = False
    countries: tuple[str, ...] = ()
    unknown: bool = False
    leads_to: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an approval led to; `location` is where the browser goes, "" in the device flow.

    `code` is set where the person copies it to the app: then there is no `location` either.
    """

    location: str
    grant_id: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class _Pending:
    """An interaction with all that it hangs on; `older` is the grant that is to be merged or replaced."""

    interaction: Interaction
    device: DeviceRequest | None
    standing: Standing
    wish: Wish
    older: GrantRow | None = None
    held: tuple[Consent, ...] = ()


async def begin(server: Server, client_id: str, request_uri: str, session_key: bytes, now: int) -> str:
    """Spend a `request_uri` and return the secret of the interaction that it became.

    Raises:
        ProtocolError: unknown, expired, used, or pushed by another client. There is no redirect URI to
            trust then, so this is shown and not sent anywhere.
    """
    if not request_uri.startswith(PREFIX):
        raise ProtocolError("invalid_request", "push the request first, and send its request_uri (RFC 9126)")
    secret = random_secret(now + INTERACTION_LIFE_MS)

    async def work(transaction: OAuthTransaction) -> None:
        key = hash_token(request_uri.removeprefix(PREFIX))
        stored = await transaction.take_pushed(key, client_id, now) if can_be_id(client_id) else None
        if stored is None:
            raise ProtocolError(
                "invalid_request_uri", "request_uri is unknown, expired, used, or of another client"
            )
        request = msgspec.json.decode(stored, type=AuthorizationRequest)
        await transaction.add_interaction(
            Interaction(hash_token(secret), session_key, client_id, request, None, now + INTERACTION_LIFE_MS)
        )

    await in_transaction(server, work)
    return secret


async def enter_user_code(
    server: Server, raw_user_code: str, session_key: bytes, person_id: int, now: int
) -> str | None:
    """Return the secret of an interaction for the device that shows this code; None when none does.

    Only who has signed in can try, and wrong codes are counted per person and hour: with 25 billion codes,
    ten tries an hour find nothing (RFC 8628 section 5.1).

    Raises:
        TooManyAttempts: no code is looked up any more in this hour.
    """
    secret = random_secret(now + INTERACTION_LIFE_MS)
    tries_key, expires_at = attempt_key("user code", str(person_id), now)

    async def work(transaction: OAuthTransaction) -> str | None:
        if await transaction.attempts(tries_key) >= MOST_WRONG_CODES:
            raise TooManyAttempts
        code = rfc8628.normal_user_code(raw_user_code)
        device = await transaction.device_request_by_user_code(code, now) if code else None
        if device is None:
            await transaction.count_attempt(tries_key, expires_at)
            return None
        await transaction.add_interaction(
            Interaction(
                hash_token(secret), session_key, device.client_id, None, device.key, now + INTERACTION_LIFE_MS
            )
        )
        return secret

    return await in_transaction(server, work)


async def look(
    server: Server, secret: str, session_key: bytes, now: int, person_id: int | None = None
) -> Question | None:
    """Return what to ask this person; None when nothing waits for this session under this secret.

    Raises:
        ProtocolError: the agreement does not serve any more, or the request is about a grant that is not
            this person's.
    """
    async with server.store.reading() as transaction:
        pending = await _pending(transaction, secret, session_key, now)
        if pending is None:
            return None
        if person_id is not None:
            pending = await _with_older(transaction, pending, person_id, now)
        client = await transaction.client(pending.interaction.client_id)
        build = bytes.fromhex(pending.wish.build)
        version = await transaction.build_version(build, pending.standing.integration_id) if build else None
    if client is None:
        return None
    request = pending.interaction.request
    return Question(
        client.name,
        pending.standing.integration_name,
        pending.standing.partner_name,
        pending.standing.partner_country,
        pending.standing.custody,
        pending.wish,
        client.bearer,
        version or "",
        pending.device.user_code if pending.device else "",
        _latest(pending.standing, now),
        request.action if request else GrantAction.CREATE,
        pending.held,
        bool(pending.standing.secrets),
        countries_of(pending.standing) if is_app(client) else (),
        is_app(client),
        leads_to(request.redirect_uri) if request else "",
    )


async def approve(
    server: Server,
    secret: str,
    session_key: bytes,
    person_id: int,
    consents: tuple[Consent, ...],
    until: int,
    now: int,
) -> Outcome | None:
    """Record what a person consents to; None when it was answered already, or waits no more.

    What was not asked for cannot be consented to, whatever a form says.

    Raises:
        ProtocolError: nothing is left to consent to, or the agreement does not serve any more.
        Conflict: there is no such person.
    """
    async with server.store.reading() as transaction:
        pending = await _pending(transaction, secret, session_key, now)
        if pending is None:
            return None
        pending = await _with_older(transaction, pending, person_id, now)
    if not pending.wish.country:
        raise ProtocolError("access_denied", "the country of the device is not chosen yet")
    granted = _within(consents, pending.wish)
    end = max(now + 1, min(until, _latest(pending.standing, now)))
    grant = _grant(random_id("grant"), pending, person_id, granted, end)
    request = pending.interaction.request
    if request is None:
        return await _approve_device(server, pending, grant, now)
    return await _approve_code(server, pending, request, grant, now)


def countries_of(standing: Standing) -> tuple[str, ...]:
    """Return where a device may be under an agreement."""
    return tuple(standing.device_countries.split())


async def choose_country(server: Server, secret: str, session_key: bytes, country: str, now: int) -> bool:
    """Say for an app that cannot in which country its device is; False when nothing waits any more.

    Raises:
        ProtocolError: the agreement does not cover the country, or the app names it itself.
    """

    async def work(transaction: OAuthTransaction) -> bool:
        pending = await _pending(transaction, secret, session_key, now)
        if pending is None or pending.interaction.request is None:
            return False
        client = await _client(transaction, pending.interaction)
        if client is None or not is_app(client) or country not in countries_of(pending.standing):
            raise ProtocolError("access_denied", "choose one of the countries that the page offers")
        request = pending.interaction.request
        named = replace(request, wish=replace(request.wish, country=country))
        return await transaction.replace_request(pending.interaction.key, named)

    return await in_transaction(server, work)


async def refuse(server: Server, secret: str, session_key: bytes, now: int) -> str | None:
    """End an interaction without a grant; return where the browser goes ("" for a device), or None."""

    async def work(transaction: OAuthTransaction) -> str | None:
        interaction = await transaction.interaction(hash_token(secret), session_key, now)
        if interaction is None or await _client(transaction, interaction) is None:
            return None
        if not await transaction.end_interaction(interaction.key):
            return None
        if interaction.device_key is not None:
            await transaction.set_device_state(
                interaction.device_key, DeviceState.PENDING.value, DeviceState.DENIED.value, ""
            )
        request = interaction.request
        return _refusal(request, server.issuer) if request else ""

    return await in_transaction(server, work)


def _refusal(request: AuthorizationRequest, issuer: str) -> str:
    if request.redirect_uri == OOB:
        return ""
    answer = {"error": "access_denied", "error_description": "the person refused", "state": request.state}
    return response_location(request.redirect_uri, answer, issuer)


async def _pending(
    transaction: OAuthTransaction, secret: str, session_key: bytes, now: int
) -> _Pending | None:
    interaction = await transaction.interaction(hash_token(secret), session_key, now)
    if interaction is None:
        return None
    client = await _client(transaction, interaction)
    if client is None:
        return None
    standing = check_grants(await transaction.standing(client.integration_id), now)
    await check_app(transaction, client, now)
    if interaction.request is not None:
        return _Pending(interaction, None, standing, interaction.request.wish)
    device = await transaction.device_request(interaction.device_key or b"")
    if device is None or device.state is not DeviceState.PENDING or device.expires_at <= now:
        return None
    return _Pending(interaction, device, standing, device.wish)


async def _client(transaction: OAuthTransaction, interaction: Interaction) -> Client | None:
    """Return the client if it is still there, and the redirect URI is still one of its own."""
    client, request = await transaction.client(interaction.client_id), interaction.request
    if client is None or (request and not fits(request.redirect_uri, client.redirect_uris)):
        return None
    return client


async def _with_older(transaction: OAuthTransaction, pending: _Pending, person_id: int, now: int) -> _Pending:
    """Add the grant that is to be merged or replaced, if it is this person's own and still holds.

    What a merge would keep becomes part of what is asked: nothing holds afterwards that was not shown.
    """
    request = pending.interaction.request
    if request is None or request.action is GrantAction.CREATE:
        return pending
    grant = await transaction.grant(request.grant_id)
    gone = grant is None or grant.withdrawn_at is not None or grant.until <= now
    if grant is None or gone or grant.person_id != person_id:
        raise ProtocolError(
            "invalid_grant_id", "the request is about a grant that is not yours, or has ended"
        )
    if request.action is GrantAction.REPLACE:
        return replace(pending, older=grant)
    held = parse_consents(grant.consents)
    wish = replace(pending.wish, consents=merge(held, pending.wish.consents))
    return replace(pending, older=grant, held=held, wish=wish)


def _within(consents: tuple[Consent, ...], wish: Wish) -> tuple[Consent, ...]:
    asked = {each.purpose: each for each in wish.consents}
    kept = [
        (each.purpose, [one & other for one, other in zip(each.masks, mine.masks, strict=True)])
        for each in consents
        if (mine := asked.get(each.purpose)) is not None
    ]
    granted = tuple(Consent(purpose, *masks) for purpose, masks in kept if any(masks))
    if not granted:
        raise ProtocolError("access_denied", "nothing is ticked: tick what you agree to, or refuse")
    return granted


def _latest(standing: Standing, now: int) -> int:
    return min(standing.ends_at, now + MOST_GRANT_MS)


async def _approve_code(
    server: Server, pending: _Pending, request: AuthorizationRequest, grant: Grant, now: int
) -> Outcome | None:
    copied = request.redirect_uri == OOB
    expires_at, older = now + (COPIED_CODE_LIFE_MS if copied else CODE_LIFE_MS), pending.older
    secret = random_secret(expires_at)
    if older is not None:
        grant = replace(grant, grant_id=older.grant_id)
    code = AuthorizationCode(
        hash_token(secret),
        grant.grant_id,
        request.client_id,
        request.redirect_uri,
        request.code_challenge,
        request.jkt,
        expires_at,
        scope=request.scope,
    )
    key = pending.interaction.key
    if older is None:
        done = await server.grants.give(grant, now, interaction_key=key, code=code, device_key=None)
    else:
        done = await server.grants.amend(grant, now, interaction_key=key, code=code, seen=older)
    if done is None:
        return None
    if copied:
        return Outcome("", grant.grant_id, secret)
    answer = {"code": secret, "state": request.state}
    return Outcome(response_location(request.redirect_uri, answer, server.issuer), grant.grant_id)


async def _approve_device(server: Server, pending: _Pending, grant: Grant, now: int) -> Outcome | None:
    interaction = pending.interaction
    done = await server.grants.give(
        grant, now, interaction_key=interaction.key, code=None, device_key=interaction.device_key
    )
    return None if done is None else Outcome("", grant.grant_id)


def _grant(
    grant_id: str, pending: _Pending, person_id: int, granted: tuple[Consent, ...], until: int
) -> Grant:
    wish = pending.wish
    return Grant(
        grant_id,
        person_id,
        pending.standing.integration_id,
        wish.country,
        granted,
        until,
        pending.interaction.client_id,
        wish.device_name,
        bytes.fromhex(wish.build) or None,
    )


def merge(older: tuple[Consent, ...], newer: tuple[Consent, ...]) -> tuple[Consent, ...]:
    """Return what two consents allow together, purpose by purpose."""
    masks = {each.purpose: each.masks for each in older}
    for each in newer:
        own, friends, writes = masks.get(each.purpose, (0, 0, 0))
        masks[each.purpose] = (own | each.self_mask, friends | each.friend_mask, writes | each.write_mask)
    return tuple(Consent(purpose, *all_three) for purpose, all_three in sorted(masks.items()))
