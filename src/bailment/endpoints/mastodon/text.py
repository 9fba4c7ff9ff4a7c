"""A status's text as HTML, which is what clients of this protocol show. Pure.

The rules it enforces:

1. Nothing that somebody wrote survives as markup: every character of HTML's own is escaped.
2. The only elements are paragraphs, line breaks and links, and the only links are http and https, to what is
   written there: the text of a link is the address that it leads to.

It renders no Markdown, no mentions and no tags: the platform has none.
"""

import re
from html import escape

# It begins with a letter or digit of a host, or of an address in brackets.
_LINK = re.compile(r"\bhttps?://[\w\[][^\s<>\"'`\\^{|}]*", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n{2,}")
_END = ".,:;!?…"


def html_of(text: str) -> str:
    """Return `text` as HTML; "" for a text without anything in it."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not plain:
        return ""
    return "".join(f"<p>{_linked(each)}</p>" for each in _PARAGRAPH.split(plain))


def _linked(text: str) -> str:
    parts, last = [], 0
    for match in _LINK.finditer(text):
        url = _without_end(match[0])
        parts += [_escaped(text[last : match.start()]), _link(url)]
        last = match.start() + len(url)
    return "".join([*parts, _escaped(text[last:])])


def _without_end(url: str) -> str:
    """Take off what ends the sentence rather than the address."""
    url = url.rstrip(_END)
    for opening, closing in ("()", "[]"):
        if url.endswith(closing) and url.count(closing) > url.count(opening):
            url = url[:-1].rstrip(_END)
    return url


def _link(url: str) -> str:
    address = escape(url)
    return f'<a href="{address}" target="_blank" rel="nofollow noopener noreferrer">{address}</a>'


def _escaped(text: str) -> str:
    return escape(text).replace("\n", "<br />")
