"""A partner's service that speaks to a running gateway: it has its keys, an URL, and nothing of the server.

with Service(url, client_id, identity, device) as service:
    token = service.own_token("ssf.read")
    code = service.code(lambda path: ...)            # somebody answers in a browser
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from httpx import Client, Response
from joserfc.jwk import ECKey

from bailment.cli.browser import Browser, Page
from bailment.clock import now_ms
from bailment.oauth.rfc7523 import ASSERTION_TYPE
from tests.support.oauth import VERIFIER, Signer, challenge

_ON = re.compile(r'http-equiv="refresh" content="0; url=([^"]*)"')


def signer_of(jwk: Mapping[str, Any]) -> Signer:
    """Return the key that a private JWK is."""
    return Signer(ECKey.import_key(dict(jwk)))


@dataclass
class Service:
    """A confidential client."""

    url: str
    client_id: str
    identity: Signer
    device: Signer = field(default_factory=Signer)
    nonce: str = ""
    http: Client = field(default_factory=lambda: Client(timeout=30))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def post(self, path: str, **form: str) -> Response:
        """Send a form with an assertion and a proof; where the server wants a nonce, once more with it."""
        answer = self._post(path, form)
        return self._post(path, form) if "use_dpop_nonce" in answer.text else answer

    def _post(self, path: str, form: Mapping[str, str]) -> Response:
        now, uri = now_ms(), f"{self.url}{path}"
        proof = self.device.proof("POST", uri, now, nonce=self.nonce)
        assertion = self.identity.assertion(self.client_id, now, aud=self.url)
        who = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
        answer = self.http.post(uri, data={**who, **form}, headers={"DPoP": proof})
        self.nonce = answer.headers.get("dpop-nonce", self.nonce)
        return answer

    def own_token(self, scope: str) -> Response:
        """Ask for a token of the client itself."""
        return self.post("/oauth/token", grant_type="client_credentials", scope=scope)

    def authorize(self, redirect_uri: str, details: str, answer: Callable[[str], str]) -> dict[str, Any]:
        """Push a request, let somebody answer it, and exchange the code."""
        pushed = self.post(
            "/oauth/par",
            response_type="code",
            redirect_uri=redirect_uri,
            state="a state",
            code_challenge=challenge(),
            code_challenge_method="S256",
            authorization_details=details,
        )
        assert pushed.status_code == 201, pushed.text
        query = {"client_id": self.client_id, "request_uri": pushed.json()["request_uri"]}
        went_to = parse_qs(urlsplit(answer(f"/oauth/authorize?{urlencode(query)}")).query)
        assert (went_to["state"], went_to["iss"]) == (["a state"], [self.url])
        tokens = self.post(
            "/oauth/token",
            grant_type="authorization_code",
            code=went_to["code"][0],
            redirect_uri=redirect_uri,
            code_verifier=VERIFIER,
        )
        assert tokens.status_code == 200, tokens.text
        return dict(tokens.json())


def details_of(document: Mapping[str, Any]) -> str:
    """Return authorization details that a sandbox's agreement lets an app ask for: a few fields."""
    agreement = document["agreement"]
    return json.dumps(
        [
            {
                "type": "bailment",
                "purpose": agreement["purposes"][0],
                "self": ["name", "email"],
                "friends": agreement["friends"][:1],
                "country": agreement["countries"][0],
                "device_name": "A test's device",
                "build": document["builds"]["approved"],
            }
        ]
    )


@dataclass
class Somebody:
    """Who can sign in, in a browser."""

    browser: Browser
    login: str
    password: str

    def open(self, path: str) -> Page:
        """Open a page, and sign in where it wants that."""
        page = self.browser.open(path)
        if "/sign-in" not in page.path:
            return page
        form = page.form("/sign-in")
        return self.browser.send(page, form, login=self.login, password=self.password)

    def allow(self, path: str) -> str:
        """Tick everything on the page that this leads to, and allow; return where the browser goes on to."""
        return self._allow(self.open(path))

    def enter(self, user_code: str) -> None:
        """Enter a device's code, tick everything, and allow."""
        page = self.open("/device")
        self._allow(self.browser.send(page, page.form("/device"), user_code=user_code))

    def _allow(self, page: Page) -> str:
        form = next(form for form in page.forms if form.boxes)
        form.fields += form.boxes
        done = self.browser.send(page, form, action="allow")
        found = _ON.search(done.text)
        return unescape(found[1]) if found else ""
