"""Statuses and pictures on the phone: which file is a picture, and how a timeline is printed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bailment.model.errors import Malformed
from bailment.phone.address_book import display_name, printable

_STARTS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}


def read_picture(path: Path) -> tuple[bytes, str]:
    """Return a picture's bytes and its media type, told by how it begins.

    Raises:
        Malformed: it cannot be read, or begins otherwise.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Malformed(f"the picture cannot be read: {error.strerror}", where=str(path)) from error
    for start, media_type in _STARTS.items():
        if raw.startswith(start):
            return raw, media_type
    raise Malformed("give a JPEG, PNG, WebP or GIF", where=str(path))


def timeline_lines(document: dict[str, Any]) -> Iterator[str]:
    """Yield a page of statuses as lines: id, who, what, by which app; other people's text made harmless."""
    people = {person["id"]: person for person in document.get("people", ())}
    for status in document.get("statuses", ()):
        yield f"{status['id']} {display_name(people.get(status['person']))}: {printable(status['text'])}"
        for photo in status["photos"]:
            told = printable(photo["description"])
            yield f"  photo {photo['id']}, {photo['width']}x{photo['height']}{': ' if told else ''}{told}"
        via = status["via"]
        if via:
            app = f"{printable(via['app'])} via " if via["app"] else ""
            yield f"  {app}{printable(via['integration'])} ({printable(via['operator'])})"
        yield f"  likes {status['likes']}, answers {status['replies']}"
