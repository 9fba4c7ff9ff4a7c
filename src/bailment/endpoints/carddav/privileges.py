"""What one may do here (RFC 3744): read. Everything else is refused in the form that says so.

An app that learns of it keeps what it would have written and goes on synchronising; one that met another
error would try again for ever.
"""

from urllib.parse import quote

from bailment.endpoints.carddav.names import escape
from bailment.endpoints.carddav.problems import Violated

READS = ("OPTIONS", "GET", "HEAD", "PROPFIND", "REPORT")
# The privilege that each method lacks (section 3, and appendix B).
WRITES = {
    "PUT": b"write-content",
    "POST": b"bind",
    "DELETE": b"unbind",
    "PROPPATCH": b"write-properties",
    "MKCOL": b"bind",
    "COPY": b"bind",
    "MOVE": b"unbind",
    "LOCK": b"write-content",
    "UNLOCK": b"unlock",
    "ACL": b"write-acl",
    "PATCH": b"write-content",
}


def need_privileges(method: str, path: str) -> Violated:
    """Return what tells that a method may not be used on a resource (section 7.1.1); `path` is decoded."""
    return Violated(
        "this address book is read-only: what stands in it is changed by the people in it",
        b"<D:need-privileges><D:resource><D:href>%b</D:href><D:privilege><D:%b/></D:privilege></D:resource>"
        b"</D:need-privileges>" % (escape(quote(path)), WRITES[method]),
    )
