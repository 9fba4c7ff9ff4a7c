"""My devices and grants, over HTTP: what stands there, and taking it back in part or whole."""

import re
from collections.abc import Callable, Iterator

import pytest
from httpx import Client as Http

from bailment.model.fields import mask_of
from bailment.model.oauth import GrantRow
from bailment.model.programme import Consent, parse_consents
from bailment.oauth import overview
from bailment.people.times import instant_of_unix_ms
from tests.support.pages import PageServer, Person
from tests.support.server import EnrolledDevice

_WAS = re.compile(r'name="was" value="([^"]+)"')


@pytest.fixture
def http() -> Iterator[Http]:
    """Give a phone's HTTP client."""
    with Http() as http:
        yield http


@pytest.fixture
def phone(server: PageServer) -> EnrolledDevice:
    """Give a phone of the user, which may receive everything."""
    return server.enrol()


def _grant(server: PageServer, phone: EnrolledDevice) -> GrantRow:
    (found,) = [each for each in server.grants() if each.device_id == phone.device_id]
    return found


def _was(ada: Person, grant: GrantRow) -> str:
    page = ada.get("/my/grants").text
    found = _WAS.search(page, page.index(f"/my/grants/{grant.grant_id}/narrow"))
    assert found is not None
    return found[1]


def test_each_grant_stands_there_with_all_that_matters(
    server: PageServer, ada: Person, phone: EnrolledDevice
) -> None:
    """App, maker, since when, until when, where, purposes and fields."""
    page = ada.get("/my/grants").text
    assert _grant(server, phone).grant_id in page
    for words in ("Lumen Hub by Lumen Mobile", "In effect", "Connected since", "Germany", "Address book"):
        assert words in page
    assert "Political views" in page


def test_taking_back_is_in_effect_when_the_page_says_so(
    server: PageServer, ada: Person, phone: EnrolledDevice, http: Http
) -> None:
    """One step; the phone's next request is refused."""
    grant = _grant(server, phone)
    assert server.get(http, phone, "/v1/friends").status_code == 200
    ada.get("/my/grants")
    answer = ada.post(f"/my/grants/{grant.grant_id}/withdraw")
    assert answer.status_code == 200
    assert "In effect since" in answer.text
    assert server.get(http, phone, "/v1/friends").status_code in {401, 403}
    assert grant.grant_id not in ada.get("/my/grants").text
    again = ada.post(f"/my/grants/{grant.grant_id}/withdraw")
    assert again.status_code == 409
    assert "In effect" not in again.text


def test_narrowing_is_in_effect_when_the_page_says_so(
    server: PageServer, ada: Person, phone: EnrolledDevice, http: Http
) -> None:
    """What was unticked is gone from the phone's next answer, and the rest is there."""
    grant = _grant(server, phone)
    fields: dict[str, str | list[str]] = {
        "was": _was(ada, grant),
        "own.0": ["name", "email"],
        "friends.0": ["name"],
    }
    answer = ada.post(f"/my/grants/{grant.grant_id}/narrow", fields)
    assert "In effect since" in answer.text
    assert parse_consents(_grant(server, phone).consents) == (
        Consent("address-book", mask_of(["name", "email"]), mask_of(["name"])),
    )
    assert server.get(http, phone, "/v1/me").json().keys() == {"id", "name", "email"}


def test_a_form_of_an_older_state_changes_nothing(
    server: PageServer, ada: Person, phone: EnrolledDevice
) -> None:
    """Two windows: the second one is told to look again, so that nothing is narrowed by mistake."""
    grant = _grant(server, phone)
    was = _was(ada, grant)
    path = f"/my/grants/{grant.grant_id}/narrow"
    assert ada.post(path, {"was": was, "own.0": ["name", "email"]}).status_code == 200
    after = _grant(server, phone)
    assert ada.post(path, {"was": was, "own.0": ["name"]}).status_code == 409
    assert _grant(server, phone) == after


def test_leaving_everything_ticked_changes_nothing(
    server: PageServer, ada: Person, phone: EnrolledDevice
) -> None:
    """The page says that nothing changed, and claims no effect."""
    grant = _grant(server, phone)
    fields: dict[str, str | list[str]] = {"was": _was(ada, grant)}
    everything = re.findall(r'value="([a-z]+)" checked', ada.get("/my/grants").text)
    names = list(dict.fromkeys(everything))
    answer = ada.post(f"/my/grants/{grant.grant_id}/narrow", {**fields, "own.0": names, "friends.0": names})
    assert "Nothing changed" in answer.text
    assert "In effect since" not in answer.text


def test_unticking_everything_takes_the_grant_back(
    server: PageServer, ada: Person, phone: EnrolledDevice
) -> None:
    """Nothing left is no grant."""
    grant = _grant(server, phone)
    answer = ada.post(f"/my/grants/{grant.grant_id}/narrow", {"was": _was(ada, grant)})
    assert "receives nothing any more" in answer.text
    assert grant.grant_id not in ada.get("/my/grants").text


def test_nothing_more_can_be_ticked_than_was_allowed(
    server: PageServer, ada: Person, phone: EnrolledDevice
) -> None:
    """Narrowing only narrows."""
    grant = _grant(server, phone)
    path = f"/my/grants/{grant.grant_id}/narrow"
    ada.post(path, {"was": _was(ada, grant), "own.0": ["name"]})
    after = _grant(server, phone)
    assert ada.post(path, {"was": _was(ada, grant), "own.0": ["name", "email"]}).status_code == 400
    assert _grant(server, phone) == after


def test_a_device_can_be_disconnected(
    server: PageServer, ada: Person, phone: EnrolledDevice, http: Http
) -> None:
    """Its key is good for nothing any more; the consent stays and says so."""
    grant = _grant(server, phone)
    ada.get("/my/grants")
    answer = ada.post(f"/my/grants/{grant.grant_id}/remove-device")
    assert "the key of this device is good for nothing any more" in answer.text
    assert server.get(http, phone, "/v1/me").status_code == 401
    assert "The device is disconnected" in ada.get("/my/grants").text
    assert ada.post(f"/my/grants/{grant.grant_id}/remove-device").status_code == 409


def test_only_its_person_sees_and_changes_a_grant(
    server: PageServer, browser: Callable[[], Person], phone: EnrolledDevice
) -> None:
    """Another person gets what they would get for a grant that is not there."""
    grant = _grant(server, phone)
    other = browser()
    other.sign_in("chidi")
    for action in ("withdraw", "narrow", "remove-device"):
        assert other.post(f"/my/grants/{grant.grant_id}/{action}").status_code == 409
    for page in ("receipt", "receipt.json"):
        one, none = (other.get(f"/my/grants/{each}/{page}") for each in (grant.grant_id, "grant_none"))
        assert one.status_code == none.status_code == 404
        assert grant.grant_id not in one.text
    assert _grant(server, phone) == grant


def test_the_receipt_can_be_kept(server: PageServer, ada: Person, phone: EnrolledDevice) -> None:
    """As a page and as a file, with what was given to whom, and the commitment to prove it by."""
    grant = _grant(server, phone)
    page = ada.get(f"/my/grants/{grant.grant_id}/receipt").text
    answer = ada.get(f"/my/grants/{grant.grant_id}/receipt.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == f'attachment; filename="receipt-{grant.grant_id}.json"'
    document = answer.json()
    commitment = document["evidence"]["ledger_entry_commitment"]
    assert commitment in page
    assert document["record_header"]["record_id"] == grant.grant_id
    (given,) = document["event"]
    assert given["event_time"][:15] in {
        instant_of_unix_ms(server.now_ms() - back)[:15] for back in (0, 60_000, 600_000)
    }
    ada.post(f"/my/grants/{grant.grant_id}/withdraw")
    after = ada.get(f"/my/grants/{grant.grant_id}/receipt.json").json()
    assert [each["event_state"] for each in after["event"]] == ["consent given", "consent withdrawn"]
    assert "Taken back." in ada.get(f"/my/grants/{grant.grant_id}/receipt").text


def test_an_address_of_a_form_leads_home(ada: Person, server: PageServer, phone: EnrolledDevice) -> None:
    """Asking again for what only a form does shows the list."""
    grant = _grant(server, phone)
    for action in ("withdraw", "narrow", "remove-device"):
        answer = ada.get(f"/my/grants/{grant.grant_id}/{action}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/my/grants")
    assert ada.get("/").headers["location"] == "/my/grants"


def test_a_name_is_the_persons_own(server: PageServer, ada: Person) -> None:
    """The page says who has signed in; whoever has no name is called nothing."""
    assert server.run(lambda platform: overview.name_of(platform.store, 1)) == "Ada Okafor"
    assert server.run(lambda platform: overview.name_of(platform.store, 99)) == ""
