"""Whether an app for Mastodon may do anything now: the integration that is open, and all that hangs on it."""

from bailment.kernel.rules import REMEDIES
from bailment.model.oauth import APP_METHOD, Client, Opening, Standing
from bailment.model.states import BuildState
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import ProtocolError
from bailment.oauth.rfc9396 import check_grants

CLOSED = "no integration is open to apps that register themselves: an operator opens one"


def is_app(client: Client) -> bool:
    """Tell an app for Mastodon from every other client."""
    return client.auth_method == APP_METHOD


async def check_open(
    transaction: OAuthTransaction, now: int, integration_id: str | None = None
) -> tuple[Opening, Standing]:
    """Return the open integration and where it stands, if apps of it may ask people now.

    With `integration_id` it has to be that one: an app does not move to whichever is opened after its own.

    Raises:
        ProtocolError: `access_denied` or `unauthorized_client`, with the rule and its remedy.
    """
    opening = await transaction.opening()
    if opening is None or integration_id not in (None, opening.integration_id):
        raise ProtocolError("access_denied", CLOSED, status=403)
    standing = check_grants(await transaction.standing(opening.integration_id), now)
    if not standing.secrets:
        raise _refused("agreement.no-secrets")
    if opening.build_state != BuildState.APPROVED.value:
        raise _refused("build.withdrawn")
    return opening, standing


async def check_app(transaction: OAuthTransaction, client: Client, now: int) -> None:
    """Check that a client, if it is an app, is of the integration that is open now.

    Raises:
        ProtocolError: as `check_open`.
    """
    if is_app(client):
        await check_open(transaction, now, client.integration_id)


def _refused(code: str) -> ProtocolError:
    return ProtocolError("unauthorized_client", f"{code}: {REMEDIES[code]}")
