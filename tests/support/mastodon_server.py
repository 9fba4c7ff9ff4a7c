"""A real gateway at which apps for Mastodon log in with a token: the small world, reads and writes."""

from bailment.model.fields import ALL_FIELDS
from bailment.model.programme import WRITABLE, Consent, Grant, Terms
from bailment.partners import programme
from bailment.partners.secrets import give_secret
from bailment.seal.secret import random_id
from tests.support.server import DAY_MS, INTEGRATION, PARTNER, GatewayServer
from tests.support.small_world import USER


def take_apps(server: GatewayServer) -> None:
    """Sign a version of the agreement that takes devices without a key, and lets them write.

    The user lets friends see what they write, which is not so as shipped.
    """
    now = server.now_ms()
    terms = Terms(
        ALL_FIELDS,
        ALL_FIELDS,
        ("address-book",),
        ("DE",),
        ("DE",),
        "device",
        now - 1000,
        now + 365 * DAY_MS,
        secrets=True,
        write_mask=WRITABLE,
    )
    server.run(lambda platform: programme.sign_agreement(platform.store, PARTNER, 2, terms, now))
    server.set_setting(USER, ALL_FIELDS)


def token_of(server: GatewayServer, person_id: int = USER) -> str:
    """Give a grant for an app that knows only a token, and return that."""
    now = server.now_ms()
    consents = (Consent("address-book", ALL_FIELDS, ALL_FIELDS, WRITABLE),)
    grant = Grant(random_id("grant"), person_id, INTEGRATION, "DE", consents, now + 30 * DAY_MS)
    return server.run(lambda platform: give_secret(platform.store, platform.keys, grant, now)).secret
