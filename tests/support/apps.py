"""An app for Mastodon in tests: it registers itself, asks, is answered, and exchanges its code.

await open_to_apps(world)                        # as two operators would
app = await registered(party)
token = await log_in(party, app)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bailment.model.disclosure import Ask, Route
from bailment.model.encoding import hash_token
from bailment.model.posts import Want, Wish
from bailment.model.programme import WRITABLE, Consent
from bailment.oauth import consenting
from bailment.oauth.mastodon import authorize, tokens
from bailment.oauth.mastodon.apps import Registration, register
from bailment.oauth.mastodon.redirects import OOB
from tests.support.oauth import SESSION, Party
from tests.support.world import BUILD, Free, World

SITE, OWN, LOOPBACK = "https://client.example/cb", "mastodon-android-auth://callback", "http://127.0.0.1/cb"
SCOPES = "read write follow push"
TERMS: Mapping[str, Any] = {"write_mask": WRITABLE, "secrets": True}


@dataclass(frozen=True)
class PhoneApp:
    """An app that has registered itself, with what it was answered."""

    answer: Mapping[str, Any]

    @property
    def client_id(self) -> str:
        """Its id."""
        return str(self.answer["client_id"])

    def params(self, **changed: Free) -> dict[str, str]:
        """Return its id and secret, and `changed`; None takes a parameter out."""
        usual = {"client_id": self.client_id, "client_secret": self.answer["client_secret"], **changed}
        return {name: value for name, value in usual.items() if value is not None}

    def request(self, **changed: Free) -> dict[str, str]:
        """Return the parameters of its request in the browser."""
        usual = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": SITE,
            "scope": SCOPES,
            "state": "a state",
            **changed,
        }
        return {name: value for name, value in usual.items() if value is not None}

    def exchange(self, code: str, **changed: Free) -> dict[str, str]:
        """Return the parameters of its token request."""
        return self.params(
            **{"grant_type": "authorization_code", "code": code, "redirect_uri": SITE, **changed}
        )


async def open_to_apps(
    world: World, integration_id: str = "lumen-hub", build: bytes = BUILD, purpose: str = "address-book"
) -> None:
    """Open an integration; how operators do it is told by tests/partners."""
    done = await world.store.disclose(
        lambda transaction: transaction.open_integration(integration_id, build, purpose)
    )
    assert done


async def registered(party: Party, **changed: Free) -> PhoneApp:
    """Register an app."""
    about = {
        "client_name": "Tusk",
        "redirect_uris": [SITE, OWN, LOOPBACK, OOB],
        "scopes": SCOPES,
        "website": "https://client.example",
        **changed,
    }
    return PhoneApp(await register(party.server, Registration(**about), party.now))


async def begin(party: Party, app: PhoneApp, **changed: Free) -> str:
    """Open the app's request in a browser; return what waits for an answer."""
    return await authorize.begin(party.server, app.request(**changed), SESSION, party.now)


async def allow(
    party: Party,
    waiting: str,
    person_id: int = 1,
    consents: tuple[Consent, ...] | None = None,
    country: str = "DE",
) -> consenting.Outcome:
    """Answer as a person who allows everything, or `consents`."""
    question = await consenting.look(party.server, waiting, SESSION, party.now, person_id)
    assert question is not None
    assert await consenting.choose_country(party.server, waiting, SESSION, country, party.now)
    asked = question.wish.consents if consents is None else consents
    outcome = await consenting.approve(
        party.server, waiting, SESSION, person_id, asked, question.latest_until, party.now
    )
    assert outcome is not None
    return outcome


def came_back(outcome: consenting.Outcome) -> dict[str, str]:
    """Return the parameters with which the browser comes to the app."""
    return dict(parse_qsl(urlsplit(outcome.location).query))


async def code_of(party: Party, app: PhoneApp, **changed: Free) -> str:
    """Go as far as the code."""
    outcome = await allow(party, await begin(party, app, **changed))
    return outcome.code or came_back(outcome)["code"]


async def exchange(party: Party, app: PhoneApp, code: str, **changed: Free) -> dict[str, Any]:
    """Exchange a code."""
    return await tokens.issue(party.server, app.exchange(code, **changed), party.now)


async def log_in(party: Party, app: PhoneApp, **changed: Free) -> str:
    """Go the whole way and return the token."""
    return str((await exchange(party, app, await code_of(party, app, **changed)))["access_token"])


async def is_good(party: Party, token: str) -> bool:
    """Tell whether a token says which app it was given to."""
    return await tokens.app_of(party.server, hash_token(token), "", party.now) is not None


def ask(party: Party, token: str, **changed: Free) -> Ask:
    """Return a read of the home timeline, as the protocol's endpoints make it."""
    usual = Ask(
        hash_token(token),
        "",
        None,
        0,
        None,
        Route.POSTS,
        party.now,
        wish=Wish(Want.HOME),
        build_of_grant=True,
    )
    return replace(usual, **changed)
