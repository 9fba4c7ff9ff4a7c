"""Address books: a password made by the person, shown once, working at once, ended like any device."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from httpx import BasicAuth, Client

from bailment.app import Platform
from bailment.model.fields import mask_of
from bailment.model.programme import Terms
from bailment.partners import programme
from bailment.store.transaction import Transaction
from tests.support.pages import PageServer, Person, page_server

PAGE = "/my/address-books"
_USER = re.compile(r"<code>(dev_[A-Za-z0-9_-]+)</code>")
_SECRET = re.compile(r'<code class="secret">([A-Za-z0-9_-]+)</code>')


async def _take_secrets(platform: Platform, now: int) -> None:
    """Sign the next version of the partner's agreement, which takes devices without a key."""

    async def read(transaction: Transaction) -> tuple[int, Terms | None]:
        version, _ = await transaction.agreement_state("lumen") or (0, None)
        return version, await transaction.agreement_terms("lumen", version)

    version, terms = await platform.store.disclose(read)
    assert terms is not None
    wider = replace(terms, secrets=True)
    await programme.sign_agreement(platform.store, "lumen", version + 1, wider, now)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """Give a gateway with an agreement that takes secrets."""
    with page_server(tmp_path_factory.mktemp("books")) as running:
        running.run(lambda platform: _take_secrets(platform, running.now_ms()))
        yield running


@pytest.fixture
def eve(books: PageServer) -> Iterator[Person]:
    """Give the browser of a user there, signed in."""
    person = Person(books)
    person.enter()
    yield person
    person.close()


def _make(ada: Person, **changed: str | list[str]) -> tuple[int, str]:
    ada.get(PAGE)
    fields: dict[str, str | list[str]] = {
        "integration": "lumen-hub",
        "country": "DE",
        "name": "kitchen tablet",
        "friends.0": ["name", "email"],
    }
    answer = ada.post(PAGE, {**fields, **changed})
    return answer.status_code, answer.text


def test_without_such_an_agreement_nothing_is_offered(ada: Person) -> None:
    """The page is there and says so; a form for it is refused."""
    assert "No maker offers this at present." in ada.get(PAGE).text
    assert _make(ada)[0] == 409


def test_a_password_works_at_once_and_until_it_is_ended(books: PageServer, eve: Person) -> None:
    """It is shown once, opens what was ticked and nothing else, and stops with its device."""
    status, page = _make(eve)
    assert status == 200
    user, secret = _USER.search(page), _SECRET.search(page)
    assert user is not None
    assert secret is not None
    assert secret[1] not in eve.get(PAGE).text
    (grant,) = [each for each in books.grants() if each.device_id == user[1]]
    assert (grant.device_name, grant.device_jkt) == ("kitchen tablet", "")
    assert grant.consents == f"address-book=0/{mask_of(['name', 'email'])}"
    with Client(base_url=books.url, auth=BasicAuth(user[1], secret[1])) as phone:
        found = phone.request("PROPFIND", "/carddav/books/friends/", headers={"Depth": "1"})
        assert found.status_code == 207
        eve.get("/my/grants")
        assert eve.post(f"/my/grants/{grant.grant_id}/withdraw").status_code == 200
        assert phone.request("PROPFIND", "/carddav/books/friends/", headers={"Depth": "1"}).status_code in (
            401,
            403,
        )


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"friends.0": ["email"]}, 422),
        ({"friends.0": ["name", "religion"]}, 400),
        ({"country": "KP"}, 400),
        ({"integration": "other"}, 409),
        ({"name": "x" * 300}, 400),
        ({"more": "x"}, 400),
    ],
)
def test_what_was_not_offered_is_refused(
    books: PageServer, eve: Person, changed: dict[str, str | list[str]], status: int
) -> None:
    """A card without a name, a field that no card holds, another country or maker: no password."""
    before = len(books.grants())
    assert _make(eve, **changed)[0] == status
    assert len(books.grants()) == before
