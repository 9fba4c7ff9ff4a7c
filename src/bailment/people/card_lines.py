"""Content lines of vCard 3.0 and 4.0 on the way out: escaping, folding, and XML round both.

What a person wrote can never become a line of its own: every line break in a text, Unicode's too, is
escaped, because some readers split lines at those as well. Characters that XML 1.0 cannot carry
and other controls are dropped. Lines are folded at 75 octets before XML escapes them, for that is what
a reader unfolds, and never inside a character.

Sources: RFC 2426 section 5.8.4, RFC 6350 sections 3.2 to 3.4, XML 1.0 sections 2.2 and 2.4.
"""

import re

MAX_LINE_BYTES = 75

_BREAK = re.compile("\r\n|[\r\x85\u2028\u2029]")
_UNCARRIED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_URI = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def escape(text: str) -> str:
    """Return a text as a value, or one component of a value."""
    # Nothing that is dropped or escaped for its own sake is printable, so nearly every text is done here.
    if text.isprintable() and "," not in text and ";" not in text and "\\" not in text:
        return text
    text = _UNCARRIED.sub("", _BREAK.sub("\n", text)).replace("\\", "\\\\")
    return text.replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")


def escape_uri(url: str) -> str:
    """Return a web address as a value of type URI, which knows no escapes but its own."""
    if url.isprintable() and "\\" not in url:
        return url
    return _NOT_IN_URI.sub("", url).replace("\\", "%5C")


def encode_lines(lines: str) -> bytes:
    """Return lines, each ended by a line feed, folded, in XML, and ended by CRLF; CR is spelled `&#13;`.

    XML readers make a bare line feed of a CRLF that is not spelled so, and vCard wants both.
    """
    raw_lines = lines.encode()
    if max(map(len, raw_lines.split(b"\n"))) > MAX_LINE_BYTES:
        raw_lines = b"\n".join(map(_fold, raw_lines.split(b"\n")))
    if b"&" in raw_lines or b"<" in raw_lines or b">" in raw_lines:
        raw_lines = raw_lines.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return raw_lines.replace(b"\n", b"&#13;\n")


def decode_xml(text: bytes) -> bytes:
    """Return the lines that `encode_lines` put into XML, still folded."""
    text = text.replace(b"&#13;", b"\r").replace(b"&lt;", b"<").replace(b"&gt;", b">")
    return text.replace(b"&amp;", b"&")  # Last, or "&amp;lt;" would come out as markup.


def _fold(line: bytes) -> bytes:
    """Return a line in pieces of up to 75 octets, of which a space begins every one but the first."""
    pieces = []
    # A mark between a card's parts is no part of the line that it stands before.
    start, end = 0, MAX_LINE_BYTES + line.startswith(b"\0")
    while end < len(line):
        while line[end] & 0xC0 == 0x80:  # In the middle of a character.
            end -= 1
        pieces.append(line[start:end])
        start, end = end, end + MAX_LINE_BYTES - 1
    pieces.append(line[start:])
    return b"\n ".join(pieces)
