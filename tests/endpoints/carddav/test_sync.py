"""Synchronisation over the real pipeline: changes arrive, who withdraws is gone, a lost client recovers."""

import pytest

from bailment.model.fields import ALL_FIELDS, mask_of
from tests.support.card_client import (
    BOOK,
    CardClient,
    conditions,
    element,
    href,
    multiget,
    parts,
    propfind,
    props,
    secret_of,
    sync,
)
from tests.support.small_world import CLOSED, DEFAULT, ESCAPED, LONG, OPEN

_ALL = {href(each) for each in (DEFAULT, OPEN, ESCAPED, LONG)}


def test_a_first_synchronisation_has_every_card(app: CardClient) -> None:
    """Without a token every card comes with its tag, none as gone, and a token that is a URI."""
    found, token = app.sync()
    assert set(found) == _ALL
    assert {part.status for part in found.values()} == {""}
    listed = app.propfind(BOOK, "D:getetag", depth=1)
    assert all(found[each].text("D:getetag") == listed[each].text("D:getetag") for each in _ALL)
    assert token.startswith("urn:bailment:sync:")
    assert app.propfind(BOOK, "D:sync-token")[BOOK].text("D:sync-token") == token


def test_nothing_new_is_nothing(app: CardClient) -> None:
    """Where nothing changed, nothing comes, and the token stays."""
    _, token = app.sync()
    assert app.sync(token) == ({}, token)


def test_changes_arrive_and_who_withdraws_is_gone(own_app: CardClient) -> None:
    """A setting that opens brings a card, one that closes takes it away, and the tag of the state changes."""
    server = own_app.server
    _, token = own_app.sync()
    ctag = own_app.propfind(BOOK, "CS:getctag")[BOOK].text("CS:getctag")
    server.set_setting(OPEN, 0)
    server.set_setting(CLOSED, ALL_FIELDS)
    server.set_setting(DEFAULT, ALL_FIELDS)
    found, newer = own_app.sync(token)
    assert {each: part.status for each, part in found.items()} == {
        href(OPEN): "404",
        href(CLOSED): "",
        href(DEFAULT): "",
    }
    assert own_app.ask("GET", href(OPEN)).status_code == 404
    assert set(parts(own_app.report(multiget(href(OPEN), href(CLOSED))))) == {href(OPEN), href(CLOSED)}
    assert own_app.propfind(BOOK, "CS:getctag")[BOOK].text("CS:getctag") != ctag
    assert newer != token
    assert own_app.sync(newer)[0] == {}
    # A client that missed the answer asks again from where it stood, and is told the same.
    assert set(own_app.sync(token)[0]) == {href(OPEN), href(CLOSED), href(DEFAULT)}


def test_who_comes_back_is_a_change(own_app: CardClient) -> None:
    """A card that went and came back since the token is told of as changed, not as gone."""
    _, token = own_app.sync()
    own_app.server.set_setting(OPEN, 0)
    own_app.sync(token)
    own_app.server.set_setting(OPEN, ALL_FIELDS)
    found, _ = own_app.sync(token)
    assert {each: part.status for each, part in found.items()} == {href(OPEN): ""}


def test_a_change_of_what_no_card_shows_is_none(own_app: CardClient) -> None:
    """Opening a field that no card has changes no card."""
    own_app.server.set_setting(DEFAULT, mask_of(["name"]))
    _, token = own_app.sync()
    own_app.server.set_setting(DEFAULT, mask_of(["name", "likes"]))
    assert own_app.sync(token)[0] == {}


def test_pages_come_one_after_the_other(own_app: CardClient) -> None:
    """A limit cuts an answer off and says so; with its token the next page comes, changes in between too."""
    first, token = own_app.sync(limit=2)
    assert (first[BOOK].status, first[BOOK].error) == ("507", "D:number-of-matches-within-limits")
    assert len(first) == 3
    own_app.server.set_setting(next(each for each in (DEFAULT, OPEN) if href(each) in first), 0)
    second, token = own_app.sync(token, limit=2)
    assert BOOK not in second
    assert set(first) | set(second) == _ALL | {BOOK}
    third, token = own_app.sync(token)
    assert [part.status for part in third.values()] == ["404"]
    assert set(third) < set(first)
    assert own_app.sync(token)[0] == {}


@pytest.mark.parametrize(
    "token", ["x", "http://sabre.io/ns/sync/5", "urn:bailment:sync:AAAAAAAAAAAAAAAAAAAAAA.1"]
)
def test_a_foreign_token_is_refused_so_that_clients_recover(app: CardClient, token: str) -> None:
    """Another server's token, and one of a holding that never was, give 403 and `valid-sync-token`."""
    app.sync()
    answer = app.report(sync(token), depth="0")
    assert (answer.status_code, conditions(answer)[0]) == (403, "D:valid-sync-token")
    assert set(app.sync()[0]) == _ALL


def test_another_device_s_token_is_foreign(app: CardClient) -> None:
    """A token tells of one device's address book, and of no other's; nor does one from the future."""
    _, token = app.sync()
    other = CardClient(app.server, app.http, secret_of(app.server))
    other.sync()
    for foreign in (token, token[: token.rindex(".") + 1] + "99", f"{token}:0:99"):
        answer = other.report(sync(foreign), depth="0")
        assert (answer.status_code, conditions(answer)[0]) == (403, "D:valid-sync-token")


def test_a_token_outlives_a_restart(own_app: CardClient) -> None:
    """A token stays good however often the gateway starts anew."""
    _, token = own_app.sync()
    own_app.server.set_setting(OPEN, 0)
    own_app.server.restart()
    assert set(own_app.sync(token)[0]) == {href(OPEN)}


def test_the_report_is_of_the_address_book_alone(app: CardClient) -> None:
    """No card and no other collection synchronises, and Depth infinity is a bad request."""
    for path in ("/carddav/books/", href(OPEN)):
        assert conditions(app.report(sync(), path))[0] == "D:supported-report"
    assert app.report(sync(), depth="infinity").status_code == 400
    body = element("D:sync-collection", "<D:sync-token/>" + props("D:getetag"))
    assert set(parts(app.report(body, depth="1"))) == _ALL


def test_a_listing_of_infinite_depth_is_refused(app: CardClient) -> None:
    """PROPFIND has Depth 0 or 1; without one it would be infinite."""
    for depth in ("infinity", "Infinity", ""):
        answer = app.ask("PROPFIND", BOOK, propfind("D:getetag"), depth=depth)
        assert (answer.status_code, conditions(answer)[0]) == (403, "D:propfind-finite-depth")
    assert app.ask("PROPFIND", BOOK, propfind("D:getetag"), depth="2").status_code == 400
