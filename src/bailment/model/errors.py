"""The four families of error, by whose fault it is.

A refusal is a value, never one of these. A broken invariant of ours is a plain `AssertionError`.
Messages carry no personal data and no secret; what a caller may need stands in attributes.
"""


class BailmentError(Exception):
    """Base of the four families; never raised itself."""


class Malformed(BailmentError):
    """The caller sent something that cannot be understood or is not allowed by the format.

    `where` names the place in the caller's terms: a parameter, a header, or "file:line".
    """

    def __init__(self, message: str, *, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.message = message
        self.where = where


class Unavailable(BailmentError):
    """The world did not answer: a database, a disk, a witness. Nothing was half-written."""


class Conflict(BailmentError):
    """The request is sound, but the state does not allow it (any more)."""


class Tampered(BailmentError):
    """Evidence does not hold together: stop, and page someone."""
