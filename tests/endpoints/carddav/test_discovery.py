"""How apps find the address book, in the order in which each of them asks."""

from httpx import Client

from bailment.endpoints.carddav.places import BOOK, HOME, PRINCIPAL, ROOT
from tests.support.card_client import CardClient, parts, propfind
from tests.support.server import GatewayServer

_READS = {"D:privilege", "D:read", "D:read-current-user-privilege-set"}


def test_everything_is_found_from_the_well_known_address(app: CardClient) -> None:
    """From RFC 6764's address an app comes by principal and home to an address book, as DAVx5 does."""
    redirect = app.ask("PROPFIND", "/.well-known/carddav", propfind("D:current-user-principal"), depth="0")
    assert redirect.status_code == 301
    context = redirect.headers["location"]
    assert context == ROOT
    (principal,) = app.propfind(context, "D:current-user-principal")[context].hrefs(
        "D:current-user-principal"
    )
    (home,) = app.propfind(principal, "C:addressbook-home-set", "D:displayname")[principal].hrefs(
        "C:addressbook-home-set"
    )
    found = app.propfind(home, "D:resourcetype", "D:displayname", "D:current-user-privilege-set", depth=1)
    books = [href for href, part in found.items() if "C:addressbook" in part.names_in("D:resourcetype")]
    assert books == [BOOK]
    book = found[BOOK]
    assert book.names_in("D:resourcetype") == {"D:collection", "C:addressbook"}
    assert book.text("D:displayname") == "Friends"
    assert book.names_in("D:current-user-privilege-set") == _READS


def test_davx5_learns_what_it_may_and_can(app: CardClient) -> None:
    """The address book says its reports, its forms of cards, its state, and that it is read-only."""
    names = (
        "D:supported-report-set",
        "C:supported-address-data",
        "C:supported-collation-set",
        "C:addressbook-description",
        "C:max-resource-size",
        "CS:getctag",
        "D:sync-token",
        "D:owner",
        "D:current-user-privilege-set",
    )
    book = app.propfind(BOOK, *names)[BOOK]
    assert not book.missing
    reports = {"C:addressbook-multiget", "C:addressbook-query", "D:sync-collection", "D:expand-property"}
    assert book.names_in("D:supported-report-set") == {"D:supported-report", "D:report"} | reports
    types = [each.attrib for each in book.found["C:supported-address-data"]]
    assert types == [{"content-type": "text/vcard", "version": version} for version in ("3.0", "4.0")]
    collations = [each.text for each in book.found["C:supported-collation-set"]]
    assert collations == ["i;ascii-casemap", "i;octet", "i;unicode-casemap"]
    assert book.text("CS:getctag") == book.text("D:sync-token") != ""
    assert book.hrefs("D:owner") == [PRINCIPAL]


def test_ios_finds_it_by_options_and_the_principal(app: CardClient) -> None:
    """An app that looks at the DAV field first sees an address book server, and who it is everywhere."""
    for path in (ROOT, PRINCIPAL, HOME, BOOK, f"{BOOK}3.vcf"):
        options = app.ask("OPTIONS", path)
        assert options.status_code == 200
        assert {each.strip() for each in options.headers["dav"].split(",")} == {
            "1",
            "3",
            "access-control",
            "addressbook",
        }
        assert "REPORT" in options.headers["allow"]
        assert "PUT" not in options.headers["allow"]
        asked = ("D:current-user-principal", "D:resourcetype", "D:owner", "D:principal-collection-set")
        assert app.propfind(path, *asked)[path].hrefs("D:current-user-principal") == [PRINCIPAL]
    principal = app.propfind(PRINCIPAL, "D:principal-URL", "D:resourcetype", "C:directory-gateway")[PRINCIPAL]
    assert principal.hrefs("D:principal-URL") == [PRINCIPAL]
    assert "D:principal" in principal.names_in("D:resourcetype")
    assert principal.missing == {"C:directory-gateway"}


def test_thunderbird_finds_it_with_a_password_asked_for(
    shared_server: GatewayServer, app: CardClient
) -> None:
    """Without a password an app is asked for one, by the scheme that it knows; with it, it goes on."""
    asked = propfind("D:resourcetype", "D:current-user-principal")
    with Client(base_url=shared_server.url) as http:
        first = http.request("PROPFIND", ROOT, content=asked, headers={"Depth": "0"})
    assert first.status_code == 401
    assert first.headers.get_list("www-authenticate") == ['Basic realm="Bailment", charset="UTF-8"']
    assert parts(app.ask("PROPFIND", ROOT, asked, depth="0"))[ROOT].hrefs("D:current-user-principal")


def test_the_way_is_told_without_a_disclosure(app: CardClient) -> None:
    """Whoever only looks round is shown nothing of a person, and no entry is made of it."""
    found = app.ask("PROPFIND", HOME, propfind("D:resourcetype", "D:displayname"), depth="1")
    assert found.status_code == 207
    assert "bailment-receipt" not in found.headers
    state = app.ask("PROPFIND", HOME, propfind("D:sync-token"), depth="1")
    assert "bailment-receipt" in state.headers


def test_a_browser_is_told_what_this_is(shared_server: GatewayServer, http: Client) -> None:
    """A GET of a collection is a text for people, the same for everybody."""
    for path in (ROOT, BOOK, "/carddav"):
        answer = http.get(shared_server.url + path)
        assert answer.status_code == 200
        assert "CardDAV" in answer.text
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        head = http.head(shared_server.url + path)
        assert (head.status_code, head.text) == (200, "")
        assert head.headers["content-length"] == answer.headers["content-length"]
