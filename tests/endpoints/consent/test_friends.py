"""Through my friends' phones, over HTTP: one switch, per field, per maker, shown before it is saved."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from httpx import Client as Http

from bailment.model.fields import ALL_FIELDS, FIELDS, mask_of
from bailment.oauth import overview
from tests.support.pages import PageServer, Person
from tests.support.server import PARTNER, EnrolledDevice
from tests.support.small_world import OPEN, USER

PATH = "/my/friends-phones"
NAMES = [field.name for field in FIELDS]
EVERY: dict[str, str | list[str]] = {f"how-{PARTNER}": "every", "action": "preview"}
_HIDDEN = re.compile(r'<input type="hidden" name="(choice|was)" value="([^"]*)">')


@pytest.fixture
def chidi(server: PageServer, browser: Callable[[], Person]) -> Person:
    """Give the browser of a friend of the user's, who lets everything through."""
    server.set_setting(OPEN, ALL_FIELDS)
    person = browser()
    person.enter(OPEN)
    person.get(PATH)
    return person


@pytest.fixture(scope="module")
def phone(server: PageServer) -> EnrolledDevice:
    """Give the user's phone."""
    return server.enrol()


@pytest.fixture
def http() -> Iterator[Http]:
    """Give a phone's HTTP client."""
    with Http() as http:
        yield http


def _setting(server: PageServer) -> tuple[int | None, dict[str, int]]:
    found = server.run(lambda platform: overview.setting_of(platform.store, OPEN))
    assert found is not None
    return found[0], dict(found[1])


def _save(person: Person, preview: str) -> str:
    fields: dict[str, str | list[str]] = {name: unescape(text) for name, text in _HIDDEN.findall(preview)}
    answer = person.post(PATH, {**fields, "action": "save"})
    assert answer.status_code == 200
    return answer.text


def _received(server: PageServer, http: Http, phone: EnrolledDevice) -> set[str]:
    friends = server.get(http, phone, "/v1/friends").json()["friends"]
    return {name for friend in friends if friend["id"] == str(OPEN) for name in friend} - {"id", "since"}


def test_it_shows_what_stands_and_for_how_many_devices(
    server: PageServer, chidi: Person, phone: EnrolledDevice
) -> None:
    """Every field ticked as it is, and the makers of friends' devices by name and number."""
    page = chidi.get(PATH).text
    assert len(re.findall(r'name="general\." value="[a-z]+" checked', page)) == len(FIELDS)
    assert "Lumen Mobile" in page
    devices = len([each for each in server.grants(USER) if each.device_id])
    assert ("One device of your friends" if devices == 1 else f"{devices} devices of your friends") in page


def test_everything_off_is_one_switch_with_a_preview(
    server: PageServer, chidi: Person, phone: EnrolledDevice, http: Http
) -> None:
    """The first post shows and saves nothing; the second is in effect when the page says so."""
    assert "name" in _received(server, http, phone)
    preview = chidi.post(PATH, {**EVERY, "general.": NAMES, "action": "close"}).text
    assert "This is not saved yet" in preview
    assert "Will no longer be received" in preview
    assert _setting(server)[0] == ALL_FIELDS
    page = _save(chidi, preview)
    assert "In effect since" in page
    assert "Everything is closed" in page
    assert _received(server, http, phone) == set()


def test_one_field_is_closed_for_everyone(
    server: PageServer, chidi: Person, phone: EnrolledDevice, http: Http
) -> None:
    """The preview names exactly what changes, for each maker and for those that come later."""
    kept = [name for name in NAMES if name != "email"]
    preview = chidi.post(PATH, {**EVERY, "general.": kept}).text
    assert re.findall(r"<dd>(.*?)</dd>", preview) == ["Email addresses", "Email addresses"]
    assert "Makers that come later" in preview
    assert "In effect since" in _save(chidi, preview)
    assert _setting(server)[0] == mask_of(kept)
    assert "email" not in _received(server, http, phone)


def test_one_maker_has_its_own_choice(
    server: PageServer, chidi: Person, phone: EnrolledDevice, http: Http
) -> None:
    """What is ticked for a maker holds for it alone; following the others again is a change like another."""
    own: dict[str, str | list[str]] = {f"how-{PARTNER}": "own", f"maker.{PARTNER}": ["name"]}
    preview = chidi.post(PATH, {**EVERY, **own, "general.": NAMES}).text
    assert "Makers that come later" not in preview
    page = _save(chidi, preview)
    assert 'value="own" checked' in page
    assert _setting(server) == (ALL_FIELDS, {PARTNER: mask_of(["name"])})
    assert _received(server, http, phone) == {"name"}
    preview = chidi.post(PATH, {**EVERY, "general.": NAMES}).text
    assert "Will be received" in preview
    assert 'value="every" checked' in _save(chidi, preview)
    assert "likes" in _received(server, http, phone)


def test_closing_everything_closes_own_choices_too(server: PageServer, chidi: Person) -> None:
    """A maker that once had a choice of its own is closed with the others."""
    own: dict[str, str | list[str]] = {f"how-{PARTNER}": "own", f"maker.{PARTNER}": ["name", "likes"]}
    _save(chidi, chidi.post(PATH, {**EVERY, **own, "general.": NAMES}).text)
    _save(chidi, chidi.post(PATH, {**EVERY, "action": "close"}).text)
    general, makers = _setting(server)
    assert (general, set(makers.values())) == (0, {0})


def test_no_change_is_said(server: PageServer, chidi: Person) -> None:
    """A preview of what stands already offers nothing to save."""
    _save(chidi, chidi.post(PATH, {**EVERY, "general.": ["name"]}).text)
    preview = chidi.post(PATH, {**EVERY, "general.": ["name"]}).text
    assert "Nothing would change" in preview
    assert 'value="save"' not in preview


def test_a_preview_of_an_older_state_is_shown_anew(server: PageServer, chidi: Person) -> None:
    """Somebody who changed the same in another window sees the preview again, and nothing is saved."""
    preview = chidi.post(PATH, {**EVERY, "general.": ["name"]}).text
    server.set_setting(OPEN, mask_of(["likes"]))
    answer = _save(chidi, preview)
    assert "changed in the meantime" in answer
    assert _setting(server)[0] == mask_of(["likes"])
    assert "In effect since" in _save(chidi, answer)
    assert _setting(server)[0] == mask_of(["name"])


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "preview"},
        {**EVERY, "general.": ["no-such-field"]},
        {**EVERY, "maker.nobody": ["name"]},
        {**EVERY, f"how-{PARTNER}": "perhaps"},
        {**EVERY, "how-nobody": "own"},
        {**EVERY, "action": "open"},
        {"action": "save"},
        {"action": "save", "choice": "x", "was": ""},
        {"action": "save", "choice": "-1", "was": ""},
        {"action": "save", "choice": str(1 << 40), "was": ""},
        {"action": "save", "choice": "1 nobody=1", "was": ""},
        {"action": "save", "choice": f"1 {PARTNER}=", "was": ""},
        {"action": "save", "choice": "\u0661", "was": ""},
    ],
)
def test_a_form_that_the_page_did_not_make_is_refused(
    server: PageServer, chidi: Person, fields: dict[str, str | list[str]]
) -> None:
    """Odd fields, makers, masks and actions change nothing."""
    before = _setting(server)
    assert chidi.post(PATH, fields).status_code == 400
    assert _setting(server) == before
