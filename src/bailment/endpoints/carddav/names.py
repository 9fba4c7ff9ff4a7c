"""Namespaces, names and their spelling in what goes out."""

DAV = "DAV:"
CARDDAV = "urn:ietf:params:xml:ns:carddav"
CALENDARSERVER = "http://calendarserver.org/ns/"

_PREFIXES = {DAV: "D", CARDDAV: "C", CALENDARSERVER: "CS"}
DECLARATIONS = " ".join(f'xmlns:{prefix}="{uri}"' for uri, prefix in _PREFIXES.items()).encode()


def d(local: str) -> str:
    """Return a name of WebDAV in Clark notation."""
    return f"{{{DAV}}}{local}"


def c(local: str) -> str:
    """Return a name of CardDAV in Clark notation."""
    return f"{{{CARDDAV}}}{local}"


def cs(local: str) -> str:
    """Return a name of CalendarServer's extensions in Clark notation."""
    return f"{{{CALENDARSERVER}}}{local}"


def escape(text: str) -> bytes:
    """Return text as XML character data, which is good between double quotes too."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text.replace("\r", "&#13;").encode()


def element(name: str, content: bytes = b"") -> bytes:
    """Return an element, with a namespace declaration of its own where it is none of ours."""
    uri, _, rest = name[1:].rpartition("}") if name.startswith("{") else ("", "", name)
    local = rest.encode()
    if uri in _PREFIXES:
        tag = opening = _PREFIXES[uri].encode() + b":" + local
    elif uri:
        tag, opening = b"x:" + local, b'x:%b xmlns:x="%b"' % (local, escape(uri))
    else:
        tag = opening = local
    return b"<%b>%b</%b>" % (opening, content, tag) if content else b"<%b/>" % opening
