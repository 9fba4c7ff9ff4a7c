"""What every page has: its session, its language, its headers, and the one table from errors to pages.

A handler takes an `Asked` and gives an `Answer`. Around it:

1. the cookie becomes a visit, or a new one of nobody
2. of a post, size and form are checked, then that our own page sent it (`oauth.sessions.check_post`), before
   any handler sees it: no post is exempt
3. whoever has not signed in is led to the sign-in page, where the handler wants somebody
4. every answer, an error too, has the same headers. Nothing is loaded, framed, or run but our own style, and
   our own script on the pages that say so. `Referrer-Policy` is `same-origin` and not `no-referrer`: under
   the latter browsers send `Origin: null` with our own forms (Fetch, "append a request Origin header").
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from bailment.endpoints.consent.forms import (
    HOME,
    MOST_BODY,
    Form,
    TooLarge,
    local_path,
    parse_cookie,
    parse_form,
    parse_pairs,
    sign_in_path,
)
from bailment.endpoints.consent.language import Language, choose_language, load_languages
from bailment.endpoints.consent.pages import Pages
from bailment.endpoints.consent.static import static_path
from bailment.model.errors import BailmentError, Conflict, Malformed, Tampered, Unavailable
from bailment.oauth.protocol import ProtocolError
from bailment.oauth.sessions import ForgedPost, Visit, check_post, new_visit

LANGUAGES = load_languages()
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
# From error to page; the first that fits is taken.
_PROBLEMS: tuple[tuple[type[BailmentError], str, int], ...] = (
    (ForgedPost, "forged", 403),
    (TooLarge, "too-large", 413),
    (Malformed, "malformed", 400),
    (Conflict, "conflict", 409),
    (Unavailable, "unavailable", 503),
    (Tampered, "unavailable", 503),
)
# The pages that the navigation leads to, and says that one is on.
_LISTED = ("grants.html", "friends.html", "friends_preview.html", "passkeys.html", "withheld.html")
_templates = Environment(
    loader=PackageLoader("bailment.endpoints.consent"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a page; `form` is empty unless it is a post."""

    visit: Visit
    language: Language
    now: int
    path: Mapping[str, str]
    query: Form = field(default_factory=Form)
    form: Form = field(default_factory=Form)

    @property
    def person_id(self) -> int:
        """Who has signed in; nobody reaches a page for somebody."""
        if self.visit.person_id is None:
            raise AssertionError("nobody has reached a page for somebody")
        return self.visit.person_id


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer: a page. `here` is the path that shows it again, for the choice of language."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    status: int = 200
    here: str = HOME
    script: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer: go there (303: a post is never repeated), with a changed session or language if any."""

    location: str
    visit: Visit | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """An answer: a JSON document to keep."""

    document: bytes
    name: str


Answer = Shown | Sent | Downloaded
Handler = Callable[[Asked], Awaitable[Answer]]


def problem(kind: str, status: int, detail: str = "") -> Shown:
    """Return the page of an error; its words stand in the catalogues under `error.KIND`."""
    return Shown("problem.html", {"kind": kind, "detail": detail}, status)


def cookie_name(origin: str, use: str = "") -> str:
    """Return a cookie's name: under https one that nobody but this host can set (RFC 6265bis, `__Host-`)."""
    return f"{'__Host-' if origin.startswith('https:') else ''}bailment{use}"


class Page:
    """An ASGI endpoint for one path, for who has signed in, or for all."""

    def __init__(
        self,
        pages: Pages,
        get: Handler | None = None,
        post: Handler | None = None,
        *,
        for_all: bool = False,
        spends: bool = False,
    ) -> None:
        """Answer with these handlers; where a GET spends something there is no HEAD to spend it unseen."""
        self._pages = pages
        self._handlers = {"GET": get, "HEAD": None if spends else get, "POST": post}
        self._for_all = for_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        now, origin = self._pages.now_ms(), self._pages.origin
        cookies = [value for name, value in scope["headers"] if name == b"cookie"]
        chosen = parse_cookie(cookies, cookie_name(origin, "-language"))
        language = choose_language(LANGUAGES, chosen, request.headers.get("accept-language", ""))
        # Should the session not be found for want of a database, the browser keeps the cookie that it has.
        asked = Asked(replace(new_visit(now), is_new=False), language, now, request.path_params)
        try:
            visit = await self._pages.sessions.find(parse_cookie(cookies, cookie_name(origin)), now)
            # A post from elsewhere comes without our cookie: a new one in its answer would sign somebody out.
            asked = replace(asked, visit=replace(visit, is_new=visit.is_new and request.method != "POST"))
            asked = await self._parsed(request, asked)
            answer = await self._answer(request, asked)
        except ProtocolError as error:
            answer = problem("protocol", error.status, f"{error.error}: {error.message}")
        except BailmentError as error:
            kind, status = next(row[1:] for row in _PROBLEMS if isinstance(error, row[0]))
            answer = problem(kind, status)
        response = await self._response(asked, answer)
        await response(scope, receive, send)

    async def _parsed(self, request: Request, asked: Asked) -> Asked:
        query = parse_pairs(request.scope["query_string"])
        if request.method != "POST":
            return replace(asked, query=query)
        form = parse_form(await _body(request), request.headers.get("content-type", ""))
        check_post(
            asked.visit,
            form.one("csrf"),
            origin=self._pages.origin,
            sent_from=request.headers.get("origin", ""),
            fetch_site=request.headers.get("sec-fetch-site", ""),
        )
        return replace(asked, query=query, form=form)

    async def _answer(self, request: Request, asked: Asked) -> Answer:
        handler = self._handlers.get(request.method)
        if handler is None:
            return problem("method", 405)
        if asked.visit.person_id is None and not self._for_all:
            query = request.scope["query_string"].decode("latin-1")
            return Sent(sign_in_path(f"{request.scope['path']}{'?' if query else ''}{query}"))
        return await handler(asked)

    async def _response(self, asked: Asked, answer: Answer) -> Response:
        response: Response
        visit = asked.visit
        if isinstance(answer, Sent):
            visit = answer.visit or visit
            response = RedirectResponse(answer.location, 303)
            self._set_cookie(response, "-language", answer.language)
        elif isinstance(answer, Downloaded):
            response = Response(answer.document, media_type="application/json")
            response.headers["content-disposition"] = f'attachment; filename="{answer.name}"'
        else:
            response = HTMLResponse(await self._rendered(asked, answer), answer.status)
            if answer.status == 503:
                response.headers["retry-after"] = "1"
            if answer.status == 405:
                methods = [name for name, handler in self._handlers.items() if handler is not None]
                response.headers["allow"] = ", ".join(methods)
        response.headers.update(_HEADERS)
        script = isinstance(answer, Shown) and answer.script
        response.headers["content-security-policy"] = _POLICY + ("; script-src 'self'" if script else "")
        response.headers["vary"] = "accept-language, cookie"
        self._set_cookie(response, "", visit.secret if visit.is_new else "")
        return response

    def _set_cookie(self, response: Response, use: str, value: str) -> None:
        if value:
            secure = "; Secure" if self._pages.origin.startswith("https:") else ""
            # The session ends here, and with the browser; the language stays for a year.
            lasting = "; Max-Age=31536000" if use else ""
            cookie = f"{cookie_name(self._pages.origin, use)}={value}"
            response.headers.append(
                "set-cookie", f"{cookie}; Path=/; HttpOnly; SameSite=Lax{secure}{lasting}"
            )

    async def _rendered(self, asked: Asked, shown: Shown) -> str:
        person_id = asked.visit.person_id
        failed = shown.template == "problem.html"
        name = "" if person_id is None or failed else await self._pages.overview.name_of(person_id)
        return _templates.get_template(shown.template).render(
            **shown.values,
            t=asked.language.say,
            language=asked.language,
            languages=LANGUAGES.values(),
            site=urlsplit(self._pages.origin).netloc,
            csrf=asked.visit.csrf,
            signed_in=person_id is not None,
            person_name=name,
            has_books=self._pages.address_books is not None,
            has_withheld=self._pages.withholding is not None,
            has_passkeys=self._pages.sign_in.passkeys is not None,
            here=local_path(shown.here),
            current=shown.here if shown.template in _LISTED else "",
            static=static_path,
            script=shown.script,
        )


async def _body(request: Request) -> bytes:
    """Read a body, and no more than its limit."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY:
            raise TooLarge(f"at most {MOST_BODY} bytes", where="form")
    return body
