"""Attacks on the pages, by name: each is tried, over HTTP, and does nothing."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from bailment.oauth import overview
from tests.support.pages import LOGIN, PASSWORD, PageServer, Person, a_wish, set_up_pages
from tests.support.small_world import USER

ALLOW: dict[str, str | list[str]] = {"own.0": ["name"], "until": "30", "action": "allow"}
PAGES = [
    "/sign-in",
    "/my/grants",
    "/my/friends-phones",
    "/my/passkeys",
    "/device",
    "/consent/x",
    "/oauth/authorize",
    "/my/grants/x/receipt",
    "/my/grants/x/receipt.json",
    "/sign-in/provider",
]


@pytest.mark.parametrize("path", PAGES)
def test_consent_page_framed(ada: Person, path: str) -> None:
    """No page, and no error of a page, may stand in a frame, load what is not ours, or be guessed at."""
    answer = ada.get(path)
    policy = answer.headers["content-security-policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", [*PAGES, "/my/passkeys"])
def test_pages_have_no_script_of_their_own(ada: Person, path: str) -> None:
    """No inline script or style; a script at all only where passkeys need it, and from our own origin."""
    answer = ada.get(path)
    text = answer.text if "html" in answer.headers.get("content-type", "") else ""
    assert re.findall(r"<script(?! src=)|<style| style=| on[a-z]+=|javascript:", text) == []
    assert ("script-src 'self'" in answer.headers["content-security-policy"]) == ("<script" in text)


@pytest.mark.parametrize(
    "forged",
    [
        {"token": ""},
        {"token": "made up"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site", "Origin": ""},
        {"Sec_Fetch_Site": "same-site", "Origin": ""},
        {"Content_Type": "text/plain"},
    ],
)
def test_approved_by_a_forged_post(server: PageServer, ada: Person, forged: dict[str, str]) -> None:
    """No token, a made-up one, another origin, or a form that is none: refused, and the question stands."""
    page = ada.open_consent(server.push())
    before, good = server.grants(), ada.token
    ada.token = forged.get("token", good)
    headers = {name: text for name, text in forged.items() if name != "token"}
    assert ada.post(page, ALLOW, **headers).status_code in {400, 403}
    assert server.grants() == before
    ada.token = good
    assert ada.post(page, ALLOW).status_code == 200


def test_approved_with_the_token_of_another_session(
    server: PageServer, ada: Person, browser: Callable[[], Person]
) -> None:
    """An attacker's own token is none of the victim's."""
    page = ada.open_consent(server.push())
    attacker = browser()
    attacker.sign_in("chidi")
    before, ada.token = server.grants(), attacker.token
    assert ada.post(page, ALLOW).status_code == 403
    assert server.grants() == before


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in",
        "/sign-in/passkey",
        "/sign-out",
        "/language",
        "/device",
        "/consent/x",
        "/my/grants/x/withdraw",
        "/my/grants/x/narrow",
        "/my/grants/x/remove-device",
        "/my/friends-phones",
        "/my/passkeys",
        "/my/passkeys/remove",
    ],
)
def test_no_post_is_exempt(ada: Person, path: str) -> None:
    """Every page that changes something wants the token."""
    ada.token = ""
    assert ada.post(path).status_code == 403
    assert ada.http.post(path).status_code == 400


def test_login_csrf(browser: Callable[[], Person]) -> None:
    """Nobody is signed in as somebody else by a form from elsewhere: the sign-in form has a token too."""
    victim, attacker = browser(), browser()
    victim.get("/sign-in")
    attacker.get("/sign-in")
    fields: dict[str, str | list[str]] = {"login": LOGIN, "password": PASSWORD, "next": ""}
    assert victim.post("/sign-in", fields, Origin="https://evil.example").status_code == 403
    victim.token = attacker.token
    assert victim.post("/sign-in", fields).status_code == 403
    assert victim.get("/my/grants").status_code == 303


def test_sign_out_by_a_forged_post(browser: Callable[[], Person]) -> None:
    """A post from elsewhere comes without the cookie; its answer sets none in place of the real one."""
    person = browser()
    for path in ("/sign-in", "/sign-out", "/language", "/my/grants/x/withdraw"):
        answer = person.http.post(path, data={"csrf": "x"}, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


def test_open_redirect(browser: Callable[[], Person]) -> None:
    """Whatever `next` says, one lands on a page of ours."""
    for wanted in ("https://evil.example/", "//evil.example/", "/\\evil.example", "/my/grants\r\nX: y"):
        person = browser()
        person.get("/sign-in")
        answer = person.post("/sign-in", {"login": LOGIN, "password": PASSWORD, "next": wanted})
        assert answer.headers["location"] == "/my/grants"
        assert person.get(f"/sign-in?next={quote(wanted)}").headers["location"] == "/my/grants"
        answer = person.post("/language", {"language": "en", "here": wanted})
        assert (answer.status_code, answer.headers.get("location")) in {(303, "/my/grants"), (403, None)}


def test_session_fixation(browser: Callable[[], Person]) -> None:
    """A cookie that somebody planted before the sign-in is nobody's after it."""
    attacker = browser()
    attacker.get("/sign-in")
    planted = attacker.http.cookies["bailment"]
    victim = browser()
    victim.http.cookies.set("bailment", planted, domain="localhost.local")
    assert victim.sign_in().status_code == 303
    assert victim.http.cookies["bailment"] != planted
    assert attacker.get("/my/grants").status_code == 303
    assert victim.get("/my/grants").status_code == 200


def test_a_second_cookie_is_planted(ada: Person) -> None:
    """Two cookies of one name: neither is believed."""
    mine = ada.http.cookies["bailment"]
    ada.http.cookies.clear()
    assert ada.get("/my/grants", Cookie=f"bailment={mine}").status_code == 200
    assert ada.get("/my/grants", Cookie=f"bailment={mine}; bailment={mine}").status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Callable[[], Person]) -> None:
    """HttpOnly, SameSite, for the whole host, without an end; over https also Secure and `__Host-`."""
    cookie = browser().get("/sign-in").headers["set-cookie"]
    assert re.fullmatch(r"bailment=[A-Za-z0-9_-]{52}; Path=/; HttpOnly; SameSite=Lax", cookie)


def test_over_https_only_this_host_can_set_the_cookie(tmp_path: Path) -> None:
    """`__Host-` with Secure and the whole path; one of the plain name, planted by a neighbour, is none."""
    server = PageServer(tmp_path / "gateway")
    server.config = replace(server.config, origin="https://gateway.example")
    server.start()
    try:
        server.run(lambda platform: set_up_pages(platform, server.now_ms()))
        person = Person(server)
        cookie = person.get("/sign-in").headers["set-cookie"]
        found = re.fullmatch(r"__Host-bailment=([\w-]{52}); Path=/; HttpOnly; SameSite=Lax; Secure", cookie)
        assert found is not None
        # Plain http brings no Secure cookie back, so the header field is written here.
        sent = {"Cookie": f"__Host-bailment={found[1]}", "Origin": "https://gateway.example"}
        fields: dict[str, str | list[str]] = {"login": LOGIN, "password": PASSWORD, "next": ""}
        person.get("/sign-in", Cookie=sent["Cookie"])
        assert (
            person.post("/sign-in", fields, Cookie=f"bailment={found[1]}", Origin=sent["Origin"]).status_code
            == 403
        )
        answer = person.post("/sign-in", fields, **sent)
        assert answer.status_code == 303
        assert answer.headers["set-cookie"].startswith("__Host-bailment=")
        answer = person.post("/language", {"language": "ar", "here": ""}, **sent)
        assert re.fullmatch(
            r"__Host-bailment-language=ar; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=31536000",
            answer.headers["set-cookie"],
        )
        person.close()
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"csrf=%s&login=a&login=b", 400),
        (b"csrf=%s&csrf=%s", 400),
        (b"csrf=%s&login=" + b"x" * 17_000, 413),
        (b"csrf=%s&login=%%ff", 400),
        (b"csrf=%s&login=%%zz", 400),
        (b"csrf=%s&" + b"&".join(b"x%d=" % number for number in range(1100)), 400),
        (b"\xff\xfe", 400),
        (b"", 403),
    ],
)
def test_oversized_or_duplicate_form_fields(browser: Callable[[], Person], body: bytes, status: int) -> None:
    """A form that no browser makes is refused with its own status, and never a 5xx."""
    person = browser()
    person.get("/sign-in")
    raw = body.replace(b"%s", person.token.encode()).replace(b"%%", b"%")
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": person.server.url}
    assert person.http.post("/sign-in", content=raw, headers=headers).status_code == status


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "query",
    [
        "%ff",
        "a=%zz",
        "next=%00",
        "a=1&a=2",
        "x" * 5000,
        "next[]=1",
        "%3Cscript%3E=1",
        "user_code=%F0%9F%98%80",
    ],
)
def test_odd_queries_are_never_a_server_error(ada: Person, path: str, query: str) -> None:
    """Malformed input in every parameter gives a page of ours, and repeats nothing as markup."""
    answer = ada.get(f"{path}?{query}")
    assert answer.status_code < 500
    assert "<script>" not in answer.text


def test_markup_in_names_is_text(server: PageServer, ada: Person) -> None:
    """A device may call itself whatever it wants: it stays text."""
    page = ada.open_consent(server.push(wish=a_wish(device_name="<img src=x onerror=alert(1)>\"'")))
    text = ada.get(page).text
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text


def test_timing_that_tells_existing_users_apart(server: PageServer, browser: Callable[[], Person]) -> None:
    """The page's part: same statements, same answer (Argon2's part: tests/oauth/test_accounts.py)."""
    person = browser()
    person.get("/sign-in")
    known, unknown = (
        person.post("/sign-in", {"login": login, "password": "x", "next": ""})
        for login in ("chidi", "nobody-2")
    )
    assert (known.status_code, len(known.content)) == (unknown.status_code, len(unknown.content) - 3)
    assert {*known.headers} == {*unknown.headers}
    assert server.run(lambda platform: overview.name_of(platform.store, USER)) not in known.text
