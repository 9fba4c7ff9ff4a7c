"""Signing in and out, and the choice of language."""

from collections.abc import Mapping

from starlette.routing import BaseRoute, Route

from bailment.endpoints.consent.forms import HOME, local_path, sign_in_path
from bailment.endpoints.consent.pages import Pages
from bailment.endpoints.consent.passkey_routes import PASSKEYS, is_fresh
from bailment.endpoints.consent.shell import LANGUAGES, Answer, Asked, Page, Sent, Shown
from bailment.model.errors import Malformed
from bailment.model.oauth import Account
from bailment.oauth.accounts import Refusal
from bailment.oauth.ceremonies import PasskeyRefused

# What went wrong, by its key in the catalogues, and the status that says so.
_STATUS: Mapping[str, int] = {"wrong": 403, "wait": 429, "passkey": 403, "failed": 403}


def signin_routes(pages: Pages) -> list[BaseRoute]:
    """Return the routes of signing in, by the ways that this deployment has."""
    its = _SignIn(pages)
    return [
        Route("/sign-in", Page(pages, its.show, its.by_password, for_all=True)),
        Route("/sign-in/passkey", Page(pages, None, its.by_passkey, for_all=True)),
        Route("/sign-in/provider", Page(pages, its.to_provider, for_all=True)),
        Route("/sign-in/provider/callback", Page(pages, its.from_provider, for_all=True, spends=True)),
        Route("/sign-out", Page(pages, None, its.leave, for_all=True)),
        Route("/language", Page(pages, None, choose_language, for_all=True)),
    ]


class _SignIn:
    """The handlers."""

    def __init__(self, pages: Pages) -> None:
        self._sessions = pages.sessions
        self._ways = pages.sign_in

    async def show(self, asked: Asked) -> Answer:
        then = local_path(asked.query.one("next"))
        # Who must have signed in just now may do so again.
        stays = asked.visit.person_id is not None and (then != PASSKEYS or is_fresh(asked))
        return Sent(then) if stays else self._form(asked, then)

    async def by_password(self, asked: Asked) -> Answer:
        asked.form.only("login", "password", "next")
        then, login = local_path(asked.form.one("next")), asked.form.one("login")
        if self._ways.check_password is None:
            raise Malformed("there are no passwords here")
        found = await self._ways.check_password(login, asked.form.one("password"), asked.now)
        if isinstance(found, Refusal):
            return self._form(asked, then, found.value, login)
        return await self._enter(asked, found, then)

    async def by_passkey(self, asked: Asked) -> Answer:
        asked.form.only("answer", "next")
        then = local_path(asked.form.one("next"))
        if self._ways.passkeys is None:
            raise Malformed("there are no passkeys here")
        try:
            person_id = await self._ways.passkeys.sign_in(asked.visit, asked.form.one("answer"), asked.now)
        except PasskeyRefused:
            return self._form(asked, then, "passkey")
        return await self._enter(asked, person_id, then)

    async def to_provider(self, asked: Asked) -> Answer:
        then = local_path(asked.query.one("next"))
        if self._ways.provider is None:
            return Sent(sign_in_path(then))
        return Sent(await self._ways.provider.start(asked.visit, then, asked.now))

    async def from_provider(self, asked: Asked) -> Answer:
        if self._ways.provider is None:
            return Sent("/sign-in")
        try:
            found = await self._ways.provider.finish(asked.visit, asked.query.single, asked.now)
        except Malformed:
            return self._form(asked, HOME, "failed")
        return await self._enter(asked, found[0], local_path(found[1]))

    async def leave(self, asked: Asked) -> Answer:
        asked.form.only()
        return Sent("/sign-in", await self._sessions.sign_out(asked.visit, asked.now))

    async def _enter(self, asked: Asked, who: int | Account, then: str) -> Answer:
        return Sent(then, await self._sessions.sign_in(asked.visit, who, asked.now))

    def _form(self, asked: Asked, then: str, refused: str = "", login: str = "") -> Shown:
        passkeys = self._ways.passkeys
        options = passkeys.sign_in_options(asked.visit, asked.now) if passkeys else ""
        values = {
            "then": then,
            "refused": refused,
            "login": login,
            "has_password": self._ways.check_password is not None,
            "has_provider": self._ways.provider is not None,
            "passkey_options": options,
        }
        status = _STATUS[refused] if refused else 200
        return Shown("sign_in.html", values, status, here=sign_in_path(then), script=bool(options))


async def choose_language(asked: Asked) -> Answer:
    """Keep the language that somebody chose, and show the same page again."""
    asked.form.only("language", "here")
    tag = asked.form.one("language")
    if tag not in LANGUAGES:
        raise Malformed("there is no such language", where="language")
    return Sent(local_path(asked.form.one("here")), language=tag)
