"""All routes of the pages."""

from starlette.routing import BaseRoute

from bailment.endpoints.consent.consent_routes import consent_routes
from bailment.endpoints.consent.device_routes import device_routes
from bailment.endpoints.consent.friends_routes import friends_routes
from bailment.endpoints.consent.grants_routes import grants_routes
from bailment.endpoints.consent.pages import Pages
from bailment.endpoints.consent.passkey_routes import passkey_routes
from bailment.endpoints.consent.secrets_routes import secrets_routes
from bailment.endpoints.consent.signin_routes import signin_routes
from bailment.endpoints.consent.static import static_routes
from bailment.endpoints.consent.withheld_routes import withheld_routes


def page_routes(pages: Pages) -> list[BaseRoute]:
    """Return the routes of everything that a person opens in a browser."""
    return [
        *signin_routes(pages),
        *consent_routes(pages),
        *device_routes(pages),
        *grants_routes(pages),
        *friends_routes(pages),
        *secrets_routes(pages),
        *withheld_routes(pages),
        *passkey_routes(pages),
        *static_routes(),
    ]
