"""Which cards a filter finds."""

import pytest

from bailment.endpoints.carddav.elements import parse_document
from bailment.endpoints.carddav.filters import MOST_CONDITIONS, compile_filter
from bailment.endpoints.carddav.problems import Violated
from bailment.model.errors import Malformed
from tests.support.card_client import element

CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jürgen Groß-Straße\r\nN:Groß\\;x;Jürgen;;;\r\n"
    'TEL;TYPE=HOME,"VOICE:2";PREF=1:+49 30 1\r\nitem1.TEL;TYPE=work:+49 30 2\r\n'
    "NOTE:one\\ntwo\\, and a long line that is fol\r\n ded in the middle of a word\r\nEND:VCARD\r\n"
).encode()


def finds(filters: str, test: str = "") -> bool:
    """Tell whether the card is found."""
    inside = f"<C:filter{test}>{filters}</C:filter>"
    return compile_filter(parse_document(element("C:addressbook-query", inside).encode()))(CARD)


def prop(name: str, inside: str = "", test: str = "") -> str:
    """Return a filter for a property."""
    return f'<C:prop-filter name="{name}"{test}>{inside}</C:prop-filter>'


def text(sought: str, **attributes: str) -> str:
    """Return a condition on a value."""
    spelled = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<C:text-match{spelled}>{sought}</C:text-match>"


def param(name: str, inside: str = "") -> str:
    """Return a condition on a parameter."""
    return f'<C:param-filter name="{name}">{inside}</C:param-filter>'


_UNDEFINED = "<C:is-not-defined/>"
_ASCII, _OCTET = {"collation": "i;ascii-casemap"}, {"collation": "i;octet"}
_ALL = ' test="allof"'


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("", True),
        (prop("FN"), True),
        (prop("fn"), True),
        (prop("NICKNAME"), False),
        (prop("NICKNAME", _UNDEFINED), True),
        (prop("FN", _UNDEFINED), False),
        (prop("X-ABC.FN"), False),
        (prop("item1.TEL"), True),
        (prop("ITEM1.TEL", text("30 1")), False),
        (prop("TEL", text("30 2")), True),
        (prop("FN", text("jürgen")), True),
        (prop("FN", text("JÜRGEN")), True),
        (prop("FN", text("JÜRGEN", **_ASCII)), False),
        (prop("FN", text("JüRGEN", **_ASCII)), True),
        (prop("FN", text("jürgen", **_OCTET)), False),
        (prop("FN", text("Jürgen", **_OCTET)), True),
        (prop("FN", text("GROß-STRAßE")), True),
        (prop("FN", text("JÜRGEN", collation="default")), True),
        (prop("FN", text("jurgen")), False),
        (prop("FN", text("jürgen", match_type="starts-with")), True),
        (prop("FN", text("ürgen", match_type="starts-with")), False),
        (prop("FN", text("straße", match_type="ends-with")), True),
        (prop("FN", text("straß", match_type="ends-with")), False),
        (prop("FN", text("jürgen", match_type="equals")), False),
        (prop("FN", text("jürgen groß-straße", match_type="equals")), True),
        (prop("FN", text("x", negate_condition="yes")), True),
        (prop("FN", text("jürgen", negate_condition="yes")), False),
        (prop("NOTE", text("folded in")), True),
        (prop("NOTE", text("one\ntwo, and")), True),
        (prop("N", text("groß;x")), True),
        (prop("TEL", param("TYPE")), True),
        (prop("FN", param("TYPE")), False),
        (prop("FN", param("TYPE", _UNDEFINED)), True),
        (prop("item1.TEL", param("pref", _UNDEFINED)), True),
        (prop("TEL", param("type", text("work", match_type="equals"))), True),
        (prop("TEL", param("type", text("voice:2", match_type="equals"))), True),
        (prop("TEL", param("type", text("fax"))), False),
        # All conditions hold of one and the same property, or they do not hold.
        (prop("TEL", text("30 1") + param("type", text("work")), _ALL), False),
        (prop("TEL", text("30 2") + param("type", text("work")), _ALL), True),
        (prop("TEL", text("nothing") + param("type", text("work"))), True),
        (prop("FN", text("nobody")) + prop("TEL"), True),
    ],
)
def test_a_filter_finds_what_it_says(filters: str, found: bool) -> None:  # noqa: FBT001 - a column of the table
    """Properties, groups, values, parameters and collations are matched as RFC 6352 says."""
    assert finds(filters) is found


def test_filters_are_joined_as_asked() -> None:
    """`anyof` is what is meant where nothing is said; `allof` wants every one."""
    both = prop("FN") + prop("NICKNAME")
    assert finds(both)
    assert finds(both, ' test="anyof"')
    assert not finds(both, _ALL)
    assert finds(prop("FN") + prop("TEL"), _ALL)


@pytest.mark.parametrize(
    "filters",
    [
        prop(""),
        prop("F N"),
        prop("(a+)+$"),
        prop("FN", param("")),
        prop("FN", text("x", match_type="like")),
        prop("FN", text("x", negate_condition="maybe")),
        prop("FN", "", ' test="noneof"'),
    ],
)
def test_what_is_no_filter_is_malformed(filters: str) -> None:
    """Names that are none, and values that an attribute does not have, are malformed."""
    with pytest.raises(Malformed) as caught:
        finds(filters)
    assert type(caught.value) is Malformed


def test_a_query_has_a_filter() -> None:
    """A query without a filter is malformed."""
    with pytest.raises(Malformed):
        compile_filter(parse_document(element("C:addressbook-query").encode()))


@pytest.mark.parametrize("collation", ["i;nothing", "i;*", "i;ASCII-casemap;x"])
def test_an_unknown_collation_is_said(collation: str) -> None:
    """A collation that is not there, wildcards too, is an error of its own."""
    with pytest.raises(Violated) as caught:
        finds(prop("FN", text("x", collation=collation)))
    assert caught.value.condition == b"<C:supported-collation/>"


def test_a_filter_has_a_limit() -> None:
    """More conditions than a person's question has are refused: each is asked of every card."""
    assert finds(prop("FN", text("ü") * (MOST_CONDITIONS - 1)))
    with pytest.raises(Violated) as caught:
        finds(prop("FN", text("ü") * MOST_CONDITIONS))
    assert caught.value.condition == b"<C:supported-filter/>"
