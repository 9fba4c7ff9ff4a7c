"""Instants as people type them: `--at 2026-11-20T12:00Z`, or a date: the end of that day in UTC."""

import re
from datetime import UTC, datetime

from bailment.model.errors import Malformed

_FORM = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)Z?)?")
_DAY_MS = 86_400_000


def parse_moment(text: str) -> int:
    """Return an instant in Unix milliseconds; a date alone is the last millisecond of that day.

    Raises:
        Malformed: it is not of this form, is not in the calendar, or lies before 1970.
    """
    found = _FORM.fullmatch(text.strip())
    try:
        day, time = found.groups() if found else ("", "")
        moment = datetime.fromisoformat(f"{day}T{time or '00:00'}").replace(tzinfo=UTC)
    except ValueError as error:
        raise Malformed("use an instant in UTC like 2026-11-20T12:00Z, or a date", where="at") from error
    unix_ms = int(moment.timestamp()) * 1000 + (0 if time else _DAY_MS - 1)
    if unix_ms < 0:
        raise Malformed("use an instant after 1970", where="at")
    return unix_ms
