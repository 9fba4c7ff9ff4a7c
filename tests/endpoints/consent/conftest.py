"""A gateway with pages that a module's tests share, and browsers without script in front of it."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.pages import PageServer, Person, page_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """Give a gateway with pages over a small world of the module's own."""
    with page_server(tmp_path_factory.mktemp("pages")) as running:
        yield running


@pytest.fixture
def browser(server: PageServer) -> Iterator[Callable[[], Person]]:
    """Give a function that opens one more browser."""
    opened: list[Person] = []

    def one_more() -> Person:
        opened.append(Person(server))
        return opened[-1]

    yield one_more
    for each in opened:
        each.close()


@pytest.fixture
def ada(browser: Callable[[], Person]) -> Person:
    """Give the browser of the user, signed in."""
    person = browser()
    person.enter()
    return person
