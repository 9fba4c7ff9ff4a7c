"""Cards over the real pipeline: properties, by href, by filter, one by one."""

import re

import pytest

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
)
from tests.support.small_world import CLOSED, DEFAULT, ESCAPED, LONG, OPEN, STRANGER, USER

_DATA = "C:address-data"
_SHOWN = {href(each) for each in (DEFAULT, OPEN, ESCAPED, LONG)}


def query(filters: str, *, more: str = "", asked: str = props("D:getetag")) -> str:
    """Return an addressbook-query's body."""
    return element("C:addressbook-query", f"{asked}<C:filter>{filters}</C:filter>{more}")


def name_is(text: str) -> str:
    """Return a filter by the full name."""
    return f'<C:prop-filter name="FN"><C:text-match>{text}</C:text-match></C:prop-filter>'


def test_a_listing_has_who_is_shown(app: CardClient) -> None:
    """Depth 1 lists the address book and those cards that the friends let through, each with its tag."""
    found = app.propfind(BOOK, "D:getetag", "D:getcontenttype", "D:resourcetype", depth=1)
    assert set(found) == _SHOWN | {BOOK}
    assert found[BOOK].missing == {"D:getetag", "D:getcontenttype"}
    card = found[href(OPEN)]
    assert card.text("D:getcontenttype") == "text/vcard; charset=utf-8"
    assert not card.names_in("D:resourcetype")
    assert not card.missing


def test_one_card_has_properties(app: CardClient) -> None:
    """Tag and length are those of a GET, the rights are to read; who shows nothing is not there."""
    asked = ("D:getetag", "D:getcontentlength", "D:current-user-privilege-set", "D:supported-report-set")
    card = app.propfind(href(OPEN), *asked, "D:quota-used-bytes")[href(OPEN)]
    got = app.ask("GET", href(OPEN))
    assert card.text("D:getetag") == got.headers["etag"]
    assert card.text("D:getcontentlength") == str(len(got.content))
    assert "D:read" in card.names_in("D:current-user-privilege-set")
    assert {"C:addressbook-multiget", "C:addressbook-query"} <= card.names_in("D:supported-report-set")
    assert card.missing == {"D:quota-used-bytes"}
    for nobody in (CLOSED, STRANGER, USER, 999):
        assert app.ask("PROPFIND", href(nobody), propfind("D:getetag"), depth="0").status_code == 404


@pytest.mark.parametrize(
    "body", ["", element("D:propfind", "<D:allprop/>"), element("D:propfind", "<D:allprop/><D:include/>")]
)
def test_all_properties_are_those_of_webdav(app: CardClient, body: str) -> None:
    """`allprop`, and no body, gives what RFC 4918 defines and there is, and nothing that there is not."""
    found = parts(app.ask("PROPFIND", BOOK, body, depth="1"))
    assert set(found[BOOK].found) == {"D:resourcetype", "D:displayname"}
    names = {"D:resourcetype", "D:getcontenttype", "D:getetag", "D:getcontentlength"}
    assert set(found[href(OPEN)].found) == names
    assert not found[BOOK].missing | found[href(OPEN)].missing


def test_all_properties_and_some_more(app: CardClient) -> None:
    """`include` adds to `allprop`."""
    body = element("D:propfind", "<D:allprop/><D:include><D:owner/></D:include>")
    assert "D:owner" in parts(app.ask("PROPFIND", BOOK, body, depth="0"))[BOOK].found


def test_names_come_without_values(app: CardClient) -> None:
    """`propname` gives every name that there is, and no value."""
    found = parts(app.ask("PROPFIND", BOOK, element("D:propfind", "<D:propname/>"), depth="1"))
    assert {"D:sync-token", "CS:getctag", "D:resourcetype"} <= set(found[BOOK].found)
    assert {"D:getetag", "D:getcontentlength"} <= set(found[href(OPEN)].found)
    values = [prop for part in found.values() for prop in part.found.values()]
    assert all(not prop.text and not len(prop) for prop in values)


def test_a_minimal_answer_says_nothing_of_what_is_missing(app: CardClient) -> None:
    """Who prefers a minimal answer (RFC 8144, or `Brief: t`) is not told of what is not there."""
    for prefer, brief in (("handling=lenient, return=minimal", ""), ("", "t")):
        book = app.propfind(BOOK, "D:getetag", "D:displayname", prefer=prefer, brief=brief)[BOOK]
        assert (set(book.found), book.missing) == ({"D:displayname"}, frozenset())


def test_cards_come_by_href(app: CardClient) -> None:
    """A multiget has each card that is shown, once, whole; of the others it has only that they are not."""
    twice = [href(OPEN), href(OPEN), f"{app.server.url}{href(OPEN)}", href(ESCAPED)]
    others = [
        href(CLOSED),
        href(STRANGER),
        href(USER),
        "/elsewhere/3.vcf",
        "http://evil.example" + href(OPEN),
    ]
    found = parts(app.report(multiget(*twice, *others)))
    assert set(found) == {href(OPEN), href(ESCAPED), *others}
    assert {found[each].status for each in others} == {"404"}
    for each in (OPEN, ESCAPED):
        got = app.ask("GET", href(each))
        assert found[href(each)].text(_DATA).encode() == got.content
        assert found[href(each)].text("D:getetag") == got.headers["etag"]
        assert got.content.startswith(b"BEGIN:VCARD\r\nVERSION:3.0\r\n")


def test_a_card_is_one_card_of_one_person(app: CardClient) -> None:
    """Each resource is one vCard, with an identifier that no other has and that stays in both versions."""
    ids = set()
    for accept in ("text/vcard;version=3.0", "text/vcard;version=4.0"):
        for each in _SHOWN:
            text = app.ask("GET", each, accept=accept).text
            assert text.count("BEGIN:VCARD") == 1
            ids |= set(re.findall("^UID:(.*)\r$", text, re.MULTILINE))
    assert len(ids) == len(_SHOWN)


def test_hidden_friends_and_strangers_look_the_same(app: CardClient) -> None:
    """A friend who lets nothing through and somebody who does not exist get the very same answer."""
    bodies = []
    for nobody in (CLOSED, STRANGER, 987):
        got = app.ask("GET", href(nobody))
        told = app.report(multiget(href(nobody), href(OPEN))).text
        bodies.append((got.status_code, got.content, told.replace(href(nobody), "")))
    assert len(set(bodies)) == 1


def test_only_the_name_of_a_friend_as_shipped(app: CardClient) -> None:
    """A friend with the setting as shipped is in the address book by name alone."""
    card = app.ask("GET", href(DEFAULT)).text
    assert "FN:Bo Lind" in card
    assert "EMAIL" not in card


@pytest.mark.parametrize(
    ("data", "version"),
    [
        ("<C:address-data/>", "3.0"),
        ('<C:address-data content-type="text/vcard"/>', "3.0"),
        ('<C:address-data content-type="text/vcard" version="3.0"/>', "3.0"),
        ('<C:address-data content-type="text/vcard" version="4.0"/>', "4.0"),
        ('<C:address-data version="4.0"><C:allprop/></C:address-data>', "4.0"),
    ],
)
def test_cards_come_in_the_form_that_is_asked_for(app: CardClient, data: str, version: str) -> None:
    """A report gives version 3.0 or 4.0 as asked, under the one tag that a listing has too."""
    listed = app.propfind(BOOK, "D:getetag", depth=1)[href(OPEN)].text("D:getetag")
    card = parts(app.report(multiget(href(OPEN), data=data)))[href(OPEN)]
    assert f"\r\nVERSION:{version}\r\n" in card.text(_DATA)
    assert card.text("D:getetag") == listed


def test_a_form_that_is_not_there_is_said(app: CardClient) -> None:
    """Another type or version than those advertised is an error of its own."""
    for attributes in ('content-type="application/json"', 'version="2.1"', 'version="x"'):
        body = multiget(href(OPEN), data=f"<C:address-data {attributes}/>")
        answer = app.report(body)
        assert (answer.status_code, conditions(answer)[0]) == (403, "C:supported-address-data")


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        (('name="FN"',), ["FN:Chidi Eze"]),
        (('name="fn"', 'name="X-NONE"'), ["FN:Chidi Eze"]),
        (('name="EMAIL" novalue="yes"', 'name="FN" novalue="no"'), ["FN:Chidi Eze", "EMAIL:"]),
        (('name="X.FN"',), []),
    ],
)
def test_a_part_of_a_card_is_that_part(app: CardClient, asked: tuple[str, ...], lines: list[str]) -> None:
    """Who names properties gets those alone, in what makes a card."""
    data = f"<C:address-data>{''.join(f'<C:prop {each}/>' for each in asked)}</C:address-data>"
    text = parts(app.report(multiget(href(OPEN), data=data)))[href(OPEN)].text(_DATA)
    assert text == "".join(f"{line}\r\n" for line in ["BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD"])


def test_cards_come_by_filter(app: CardClient) -> None:
    """A query finds cards by what they show, and a closed field finds nobody."""
    assert set(parts(app.report(query(""), depth="1"))) == _SHOWN
    assert set(parts(app.report(query(name_is("CHIDI")), depth="1"))) == {href(OPEN)}
    assert set(parts(app.report(query(name_is("Dana")), depth="1"))) == set()
    with_email = '<C:prop-filter name="EMAIL"/>'
    assert set(parts(app.report(query(with_email)))) == _SHOWN - {href(DEFAULT)}
    assert set(parts(app.report(query(""), depth="0"))) == set()


def test_a_filter_gives_data_as_asked(app: CardClient) -> None:
    """A query gives the card's text in the form that is asked for, whatever it was searched in."""
    asked = '<D:prop><C:address-data version="4.0"/></D:prop>'
    found = parts(app.report(query(name_is("chidi"), asked=asked)))
    assert "VERSION:4.0" in found[href(OPEN)].text(_DATA)
    assert set(parts(app.report(query(name_is("chidi"), asked="")))[href(OPEN)].found) >= {"D:getetag"}


def test_a_limited_query_says_that_there_is_more(app: CardClient) -> None:
    """Of more than the limit there come that many, and that there are more; at the limit nothing is said."""
    limited = parts(app.report(query("", more="<C:limit><C:nresults>3</C:nresults></C:limit>")))
    assert len(limited) == 3 + 1
    assert (limited[BOOK].status, limited[BOOK].error) == ("507", "D:number-of-matches-within-limits")
    whole = parts(app.report(query("", more="<C:limit><C:nresults>4</C:nresults></C:limit>")))
    assert set(whole) == _SHOWN


def test_reports_of_one_card_are_about_that_card(app: CardClient) -> None:
    """What is asked of a card finds that one or none."""
    found = parts(app.report(multiget(href(OPEN), href(ESCAPED)), href(OPEN)))
    assert (set(found[href(OPEN)].found), found[href(ESCAPED)].status) == ({"D:getetag", _DATA}, "404")
    assert set(parts(app.report(query(name_is("chidi")), href(OPEN)))) == {href(OPEN)}
    assert set(parts(app.report(query(name_is("finn")), href(OPEN)))) == set()


def test_other_collections_have_no_cards_to_report(app: CardClient) -> None:
    """A report that a resource does not have is refused as RFC 3253 says."""
    for path, body in (("/carddav/books/", multiget(href(OPEN))), (BOOK, element("D:version-tree"))):
        answer = app.report(body, path)
        assert (answer.status_code, conditions(answer)[0]) == (403, "D:supported-report")


def test_properties_are_followed(app: CardClient) -> None:
    """`expand-property` answers with what a property leads to, as deep as is asked."""
    inner = '<D:property name="addressbook-home-set" namespace="urn:ietf:params:xml:ns:carddav"/>'
    body = element(
        "D:expand-property", f'<D:property name="owner">{inner}</D:property><D:property name="displayname"/>'
    )
    for path in (BOOK, href(OPEN)):
        owner = parts(app.report(body, path))[path].found["D:owner"]
        assert [each.text for each in owner.iter("{DAV:}href")] == ["/carddav/principal/", "/carddav/books/"]
    for name in ("", "a b", "x><y", "1"):
        bad = element("D:expand-property", f'<D:property name="{name.replace("<", "&lt;")}"/>')
        assert app.report(bad).status_code == 400


def test_nobody_else_is_found(app: CardClient) -> None:
    """Searches for principals find none, and nothing to search by."""
    search = element("D:principal-property-search", "<D:property-search/>")
    assert parts(app.report(search, "/carddav/principal/")) == {}
    by = app.report(element("D:principal-search-property-set"), "/carddav/principal/")
    assert (by.status_code, by.text.count("search-property>")) == (200, 0)


@pytest.mark.parametrize(
    ("accept", "version"),
    [
        ("", "3.0"),
        ("*/*", "3.0"),
        ("text/*;q=0.1", "3.0"),
        ("text/vcard", "3.0"),
        ("text/vcard; version=4.0", "4.0"),
        ('text/vcard;version="4.0"', "4.0"),
        ("text/vcard;version=3.0, text/vcard;version=4.0;q=0.9", "3.0"),
        ("text/vcard;version=4.0, text/vcard;q=0.9", "4.0"),
        ("text/vcard;version=3.0;q=0, text/vcard", "4.0"),
        ("text/html, */*;q=0.1", "3.0"),
        ("text/vcard;version=2.1", ""),
        ("application/vcard+json", ""),
        ("text/vcard;q=0", ""),
        ("text/vcard;q=inf", ""),
        (";;,,=;q", ""),
    ],
)
def test_a_card_comes_in_a_form_that_is_accepted(app: CardClient, accept: str, version: str) -> None:
    """GET negotiates the version, 3.0 where both are as good, and says when there is none."""
    answer = app.ask("GET", href(OPEN), accept=accept)
    if not version:
        assert answer.status_code == 406
        assert conditions(answer)[0] == "C:supported-address-data-conversion"
        return
    assert answer.status_code == 200
    assert f"\r\nVERSION:{version}\r\n" in answer.text
    assert ("version=4.0" in answer.headers["content-type"]) is (version == "4.0")
    assert "Accept" in answer.headers["vary"]


def test_tags_are_conditions(app: CardClient) -> None:
    """Who has it is told so, who expects another is refused; each version has a tag of its own."""
    v4 = {"accept": "text/vcard;version=4.0"}
    tag, tag4 = (app.ask("GET", href(OPEN), **each).headers["etag"] for each in ({}, v4))
    assert tag != tag4
    for sent in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        assert app.ask("GET", href(OPEN), if_none_match=sent).status_code == 304
    for sent in ('"x"', tag4, "", "nonsense"):
        assert app.ask("GET", href(OPEN), if_none_match=sent).status_code == 200
    assert app.ask("GET", href(OPEN), if_none_match=tag4, **v4).status_code == 304
    for sent, status in ((tag, 200), ("*", 200), (f"W/{tag}", 412), ('"x"', 412), (tag4, 412)):
        assert app.ask("GET", href(OPEN), if_match=sent).status_code == status


def test_head_is_get_without_a_body(app: CardClient) -> None:
    """HEAD says what GET would, and is as much of a disclosure."""
    got, head = app.ask("GET", href(OPEN)), app.ask("HEAD", href(OPEN))
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-length", "content-type"):
        assert head.headers[name] == got.headers[name]
    assert "bailment-receipt" in head.headers


def test_every_answer_with_cards_is_in_the_ledger(app: CardClient) -> None:
    """Listing, multiget, query, synchronisation and GET are each recorded, under the receipt they carry."""
    asked = [
        app.ask("PROPFIND", BOOK, propfind("D:getetag"), depth="1"),
        app.report(multiget(href(OPEN))),
        app.report(query("")),
        app.ask("GET", href(OPEN)),
        app.ask("GET", href(CLOSED)),
    ]
    receipts = [answer.headers["bailment-receipt"] for answer in asked]
    assert len(set(receipts)) == len(asked)
