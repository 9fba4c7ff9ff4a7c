"""What an author sees of orders on their items: told at once, with the text, and free to appeal."""

from collections.abc import Iterator

import pytest

from bailment.app import Platform, office_of
from bailment.model.posts import StatusRow, first_id_at
from bailment.model.withholding import ItemKind
from bailment.partners.withholding_appeals import Answer, AnswerAppeal, Object, answer_appeal, object_to
from bailment.partners.withholding_switch import State
from bailment.store.transaction import Transaction
from tests.support.office import actor
from tests.support.pages import PageServer, Person, page_server
from tests.support.small_world import OPEN, USER
from tests.support.withholding import BASIS, ISSUER, TEXT, switched, withhold

PAGE = "/my/withheld"
STATUS = first_id_at(1_700_000_000_000) + 5
WORDS = "what I said <b>that day</b>"


async def _order(platform: Platform, now: int) -> str:
    """Let a status of the user's be withheld in France; return the order."""

    async def work(transaction: Transaction) -> None:
        await transaction.add_status(StatusRow(STATUS, USER, WORDS, None, ""))

    await platform.store.disclose(work)
    office = office_of(platform)
    await switched(office, State.ON, now)
    return await withhold(office, ItemKind.STATUS, str(STATUS), "FR", now=now)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """Give a gateway of these tests' own."""
    with page_server(tmp_path_factory.mktemp("withheld")) as running:
        yield running


@pytest.fixture(scope="module")
def order(server: PageServer) -> str:
    """Give an order on a status of the user's."""
    found: list[str] = []

    async def work(platform: Platform) -> None:
        found.append(await _order(platform, server.now_ms()))

    server.run(work)
    return found[0]


def browser(server: PageServer, person_id: int = USER) -> Person:
    """Return the browser of somebody who has signed in."""
    person = Person(server)
    person.enter(person_id)
    return person


def test_who_has_nothing_withheld_is_told_so(ada: Person) -> None:
    """The page is there though withholding was never switched on."""
    assert "Nothing of yours is withheld anywhere" in ada.get(PAGE).text
    assert PAGE in ada.get("/my/grants").text


def test_the_author_is_told_appeals_and_reads_the_answer(server: PageServer, order: str) -> None:
    """The order with its text, issuer and basis at once; one appeal at a time; objections and answers."""
    author, friend = browser(server), browser(server, OPEN)
    home = author.get("/my/grants").text
    assert "is withheld from readers in a country" in home
    page = author.get(PAGE).text
    for said in (ISSUER, BASIS, TEXT, order, "France", "what I said &lt;b&gt;that day&lt;/b&gt;"):
        assert said in page
    assert ISSUER not in friend.get(PAGE).text
    assert friend.post(PAGE, {"order": order, "text": "let me"}).status_code == 409
    author.get(PAGE)
    assert author.post(PAGE, {"order": order, "text": "  "}).status_code == 422
    assert author.post(PAGE, {"order": order, "text": "x" * 2_001}).status_code == 400
    answer = author.post(PAGE, {"order": order, "text": "it was a quotation"})
    assert "Your appeal is recorded" in answer.text
    assert "it waits for its answer" in answer.text
    assert "<textarea" not in answer.text
    assert author.post(PAGE, {"order": order, "text": "again"}).status_code == 409
    server.run(lambda platform: _refuse(platform, order, server.now_ms()))
    page = author.get(PAGE).text
    assert "refused." in page
    assert "the court is right" in page
    assert "this is wrong" in page
    assert "carol" not in page
    assert "<textarea" in page
    author.close()
    friend.close()


async def _refuse(platform: Platform, order: str, now: int) -> None:
    office = office_of(platform)
    await object_to(office, actor("erin"), Object(order, "this is wrong"), now)
    for each in ("carol", "dave"):
        parameters = AnswerAppeal(order, Answer.REFUSED, "the court is right")
        await answer_appeal(office, actor(each), parameters, now)


def test_a_forged_or_foreign_form_appeals_nothing(server: PageServer, order: str) -> None:
    """A field that the page does not know is refused, an order that is none too, and nobody else reads it."""
    author = browser(server)
    author.get(PAGE)
    assert author.post(PAGE, {"order": order, "text": "x", "person": "3"}).status_code == 400
    assert author.post(PAGE, {"order": "wit_none", "text": "x"}).status_code == 409
    author.close()
    nobody = Person(server)
    assert nobody.get(PAGE).headers["location"].startswith("/sign-in")
    nobody.close()
