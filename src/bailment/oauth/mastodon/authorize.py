"""The authorization endpoint for an app for Mastodon: its request comes in the browser, not pushed.

What is wrong with it is shown on a page, and never sent to the redirect URI: the app is a stranger's, and
whoever follows a link to us must not be led on by it. What is right becomes an interaction like any other,
and is answered on the same page.
"""

from collections.abc import Mapping

from bailment.model.encoding import hash_token
from bailment.model.oauth import AuthorizationRequest, Client, Interaction, Opening, Standing, Wish
from bailment.oauth.consenting import INTERACTION_LIFE_MS
from bailment.oauth.mastodon.opening import check_open, is_app
from bailment.oauth.mastodon.scopes import check_within, consent_of, parse_scopes
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import ProtocolError, can_be_id
from bailment.oauth.redirects import fits
from bailment.oauth.rfc7636 import check_challenge
from bailment.oauth.rfc9126 import check_state
from bailment.oauth.rfc9396 import MOST_DEVICE_NAME
from bailment.oauth.server import Server, in_transaction
from bailment.seal.secret import random_secret

# What a request may not come with here: each belongs to the flow of the other clients.
_FOREIGN = (
    "request",
    "request_uri",
    "authorization_details",
    "dpop_jkt",
    "grant_management_action",
    "grant_id",
)


async def begin(server: Server, params: Mapping[str, str], session_key: bytes, now: int) -> str:
    """Take an app's request and return the secret of the interaction that it became.

    Raises:
        ProtocolError: to be shown, whatever it is.
    """
    secret, expires_at = random_secret(now + INTERACTION_LIFE_MS), now + INTERACTION_LIFE_MS

    async def work(transaction: OAuthTransaction) -> None:
        client_id = params.get("client_id", "")
        client = await transaction.client(client_id) if can_be_id(client_id) else None
        if client is None or not is_app(client):
            raise ProtocolError(
                "invalid_request",
                "pushed authorization requests are required here (RFC 9126), but of an app for Mastodon",
            )
        row = await transaction.app(client_id)
        opening, standing = await check_open(transaction, now, client.integration_id)
        request = _request(params, client, row.scopes if row else "", (opening, standing))
        await transaction.add_interaction(
            Interaction(hash_token(secret), session_key, client_id, request, None, expires_at)
        )

    await in_transaction(server, work)
    return secret


def _request(
    params: Mapping[str, str], client: Client, registered: str, where: tuple[Opening, Standing]
) -> AuthorizationRequest:
    opening, standing = where
    redirect_uri = params.get("redirect_uri", "")
    if not fits(redirect_uri, client.redirect_uris):
        raise ProtocolError("invalid_request", "redirect_uri is not one that this app registered")
    if any(params.get(name) for name in _FOREIGN):
        raise ProtocolError("invalid_request", "an app for Mastodon asks with a scope and nothing else")
    if params.get("response_type") != "code" or params.get("response_mode", "query") != "query":
        raise ProtocolError("unsupported_response_type", "response_type must be code, in the query")
    scopes = parse_scopes(params.get("scope", ""))
    check_within(scopes, tuple(registered.split()))
    consent = consent_of(scopes, opening.purpose, standing)
    # The country is the person's to say, for such an app cannot: it is asked for on the page.
    wish = Wish((consent,), "", client.name[:MOST_DEVICE_NAME].strip(), opening.build.hex())
    return AuthorizationRequest(
        client.client_id,
        redirect_uri,
        check_state(params.get("state", "")),
        _challenge(params),
        wish,
        scope=" ".join(scopes),
    )


def _challenge(params: Mapping[str, str]) -> str:
    """Return the code challenge, "" where none was sent; half of one is refused."""
    challenge, method = params.get("code_challenge", ""), params.get("code_challenge_method", "")
    return check_challenge(challenge, method or "plain") if challenge or method else ""
