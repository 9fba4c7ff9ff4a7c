"""The authorization endpoint in the browser, and the consent page.

After an answer in the code flow the browser goes to the app by a page of ours, with a link and an immediate
refresh, and not by a redirect of the post: Chromium and Safari hold `form-action` against every hop that
follows a form, those of the app's own server too, of which we cannot know. A refresh is a navigation of its
own, so the policy stays at `'self'`; and somebody whose browser wants a touch before it opens an app has a
link to touch.
"""

from urllib.parse import urlsplit

from starlette.routing import BaseRoute, Route

from bailment.endpoints.consent.codec import (
    Masks,
    all_but_sensitive,
    consents_in,
    groups_of,
    ticks_in,
    until_in,
    until_options,
)
from bailment.endpoints.consent.pages import Pages
from bailment.endpoints.consent.shell import LANGUAGES, Answer, Asked, Page, Sent, Shown, problem
from bailment.model.errors import Malformed
from bailment.oauth.consenting import Outcome, Question
from bailment.oauth.protocol import can_be_id
from bailment.oauth.sessions import lasts, new_visit

_YES = ("true", "1")
_NEVER = ("javascript", "data", "vbscript", "blob", "file", "about", "view-source")


def consent_routes(pages: Pages) -> list[BaseRoute]:
    """Return the routes of a request that a person answers."""
    its = _Consent(pages)
    begin = Page(pages, its.begin, for_all=True, spends=True)
    return [
        Route("/oauth/authorize", begin),
        Route("/oauth/authorize/", begin),  # toot spells it so.
        Route("/consent/{interaction}", Page(pages, its.show, its.answer)),
    ]


class _Consent:
    """The handlers."""

    def __init__(self, pages: Pages) -> None:
        self._consenting = pages.consenting

    async def begin(self, asked: Asked) -> Answer:
        """Turn a request into one that waits for this browser's answer.

        It was pushed (RFC 9126 section 4), or is that of an app for Mastodon. Nothing here is ever sent to a
        redirect URI: until the request is found, none can be trusted, and an app that registered itself is
        trusted with none before a person has answered.
        """
        client_id, request_uri = asked.query.one("client_id"), asked.query.one("request_uri")
        # What waits must not outlive the secret that it is tied to.
        visit = asked.visit
        if visit.person_id is None and not lasts(visit, asked.now):
            visit = new_visit(asked.now)
        if request_uri:
            secret = await self._consenting.begin(client_id, request_uri, visit.key, asked.now)
            return Sent(f"/consent/{secret}", visit)
        if asked.query.one("force_login").lower() in _YES:
            visit = new_visit(asked.now)
        secret = await self._consenting.begin_app(asked.query.single, visit.key, asked.now)
        wanted = asked.query.one("lang")
        return Sent(f"/consent/{secret}", visit, wanted if wanted in LANGUAGES else "")

    async def show(self, asked: Asked) -> Answer:
        question = await self._look(asked)
        return problem("gone", 404) if question is None else _page(asked, question, _held(question))

    async def answer(self, asked: Asked) -> Answer:
        asked.form.only("until", "action", "country")
        question = await self._look(asked)
        if question is None:
            return problem("gone", 404)
        wanted = question.wish.consents
        ticks = ticks_in(asked.form, wanted)
        action = asked.form.one("action")
        if action == "refuse":
            return await self._refuse(asked, question)
        if action == "tick":
            return _page(asked, question, all_but_sensitive(wanted))
        if action == "untick":
            return _page(asked, question, {})
        if action != "allow":
            raise Malformed("allow or refuse", where="action")
        missing = _missing(asked, question, ticks)
        if missing:
            return _page(asked, question, ticks, missing)
        return await self._allow(asked, question, ticks)

    async def _look(self, asked: Asked) -> Question | None:
        secret = asked.path["interaction"]
        if not can_be_id(secret):
            return None
        return await self._consenting.look(secret, asked.visit.key, asked.now, asked.person_id)

    async def _allow(self, asked: Asked, question: Question, ticks: dict[int, Masks]) -> Answer:
        secret, key = asked.path["interaction"], asked.visit.key
        if question.countries and not await self._consenting.choose_country(
            secret, key, asked.form.one("country"), asked.now
        ):
            return problem("gone", 404)
        outcome: Outcome | None = await self._consenting.approve(
            secret,
            key,
            asked.person_id,
            consents_in(question.wish.consents, ticks),
            until_in(asked.form, asked.now, question.latest_until),
            asked.now,
        )
        if outcome is None:
            return problem("gone", 404)
        receipt = f"/my/grants/{outcome.grant_id}/receipt"
        if outcome.code:
            values = {"code": outcome.code, "client": question.client_name, "receipt": receipt}
            return Shown("code.html", values)
        if not outcome.location:
            return Sent(receipt)
        return _back(question, outcome.location, "allowed", receipt)

    async def _refuse(self, asked: Asked, question: Question) -> Answer:
        location = await self._consenting.refuse(asked.path["interaction"], asked.visit.key, asked.now)
        if location is None:
            return problem("gone", 404)
        return _back(question, location, "refused", "")


def _held(question: Question) -> dict[int, Masks]:
    """Return the ticks of what an older grant allows already: the only ones that a page begins with."""
    held = {each.purpose: each.masks for each in question.held}
    return {number: held.get(each.purpose, (0, 0, 0)) for number, each in enumerate(question.wish.consents)}


def _missing(asked: Asked, question: Question, ticks: dict[int, Masks]) -> str:
    """Say what an answer that allows something lacks, as the last part of a key in the catalogues."""
    if not any(any(each) for each in ticks.values()):
        return "nothing"
    chosen = asked.form.one("country")
    return "country" if question.countries and chosen not in question.countries else ""


def _back(question: Question, location: str, outcome: str, receipt: str) -> Shown:
    """Return the page that leads back to the app, or, where there is none, says that the device knows."""
    if urlsplit(location).scheme.lower() in _NEVER:
        raise AssertionError("a redirect URI that must never have been registered")
    values = {
        "outcome": outcome,
        "location": location,
        "client": question.client_name,
        "integration": question.integration_name,
        "receipt": receipt,
        "on_device": bool(question.user_code),
    }
    return Shown("answered.html", values)


def _page(asked: Asked, question: Question, ticks: dict[int, Masks], refused: str = "") -> Shown:
    options = until_options(asked.now, question.latest_until)
    chosen = asked.form.one("until")
    values = {
        "question": question,
        "groups": groups_of(question.wish.consents, ticks, asked.language),
        "options": options,
        "until": chosen if chosen in dict(options) else options[0][0],
        "country": asked.form.one("country") or question.wish.country,
        "refused": refused,
        "action": f"/consent/{asked.path['interaction']}",
    }
    return Shown(
        "consent.html", values, 422 if refused else 200, here=f"/consent/{asked.path['interaction']}"
    )
