"""Cleaning of foreign text and values, shared by the importers."""

import re
from collections.abc import Mapping

from bailment.model.errors import Malformed
from bailment.model.fields import DEFAULT_SETTING
from bailment.model.people import JsonValue, PersonRecord
from bailment.people.values import check

# Controls (but for tab and newline) and lone surrogates: they have no place in a person's data,
# and break vCards, terminals and UTF-8.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WEB = re.compile(r"https?://[^\s<>\"]+\Z", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def clean(raw_text: str) -> str:
    """Return the text without controls and lone surrogates, and without space round it."""
    return _UNWANTED.sub("", raw_text).strip()


def web_address(raw_text: str) -> str:
    """Return an http(s) address, or "" where it is none; a bare domain is taken as https."""
    text = clean(raw_text)
    if _SCHEME.match(text) is None and "." in text:
        text = f"https://{text}"
    scheme, _, rest = text.partition(":")
    return f"{scheme.lower()}:{rest}" if _WEB.match(text) else ""


def present(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the values that say something: no None, no empty text, list or mapping."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def checked_record(
    person_id: int,
    values: Mapping[str, JsonValue],
    where: str = "",
    setting: int = DEFAULT_SETTING,
) -> PersonRecord:
    """Return a record whose values are checked, so that a fault is reported where it stands.

    Raises:
        Malformed: a value is not of its field's shape.
    """
    try:
        check(values)
    except Malformed as error:
        raise Malformed(f"{error.message} ({error.where or 'values'})", where=where) from None
    return PersonRecord(person_id, values, setting)
