"""A status's text as HTML: nothing of it survives as markup."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.endpoints.mastodon.text import html_of

LINK = '<a href="{0}" target="_blank" rel="nofollow noopener noreferrer">{0}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("\n\n", ""),
        ("plain", "<p>plain</p>"),
        ("a\nb\r\nc\rd", "<p>a<br />b<br />c<br />d</p>"),
        ("a\n\nb\n\n\nc\n", "<p>a</p><p>b</p><p>c</p>"),
        ('<script>alert("1")</script>', "<p>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</p>"),
        ("&amp; it's", "<p>&amp;amp; it&#x27;s</p>"),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ("https:// and http://", "<p>https:// and http://</p>"),
        ("xhttps://example.org", "<p>xhttps://example.org</p>"),
    ],
)
def test_text_becomes_paragraphs(text: str, html: str) -> None:
    """Line breaks and empty lines are kept, and everything else is escaped."""
    assert html_of(text) == html


@pytest.mark.parametrize(
    ("text", "before", "url", "after"),
    [
        ("see https://example.org/a?b=c.", "see ", "https://example.org/a?b=c", "."),
        ("(http://example.org/a)", "(", "http://example.org/a", ")"),
        ("https://example.org/a_(b)", "", "https://example.org/a_(b)", ""),
        ("HTTPS://EXAMPLE.ORG!", "", "HTTPS://EXAMPLE.ORG", "!"),
        ("http://[::1]/x", "", "http://[::1]/x", ""),
        ("[https://example.org]", "[", "https://example.org", "]"),
    ],
)
def test_addresses_become_links(text: str, before: str, url: str, after: str) -> None:
    """An http or https address leads to itself; what ends the sentence is not part of it."""
    assert html_of(text) == f"<p>{before}{LINK.format(url)}{after}</p>"


def test_an_address_cannot_break_out_of_its_attribute() -> None:
    """Quotes end an address, and an ampersand in it is escaped."""
    html = html_of("https://example.org/\"onmouseover=alert(1) https://example.org/?a&b'x")
    assert '"onmouseover' not in html
    assert 'href="https://example.org/"' in html
    assert 'href="https://example.org/?a&amp;b"' in html


_TAGS = re.compile(
    r'</?p>|<br />|<a href="https?://[^"<>]+" target="_blank" rel="nofollow noopener noreferrer">|</a>',
    re.IGNORECASE,
)


@given(st.text(st.sampled_from("ab<>&\"' \n.)(/:https[]\u202e…") | st.characters(codec="utf-8"), max_size=60))
def test_only_our_own_elements_are_ever_there(text: str) -> None:
    """Without our elements there is no `<`, `>` or quote left, and the words are those that were written."""
    html = html_of(text.replace("h", "https://a"))
    left = _TAGS.sub("", html)
    assert not set(left) & set("<>\"'")
