"""Instants and dates as text: the only place in `people` that knows their forms.

An instant is RFC 3339 in UTC with exactly three decimals and a `Z` (24 characters). A birthday is
ISO 8601 `YYYY-MM-DD`, or `--MM-DD` where the year is not given (RFC 6350, section 4.3.1). No
function here reads a clock, and no message repeats the text that was wrong.
"""

import re
from datetime import UTC, date, datetime, timedelta

from bailment.model.errors import Malformed

INSTANT_PATTERN = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z"
BIRTHDAY_PATTERN = r"^(\d{4}|-)-\d\d-\d\d\Z"
LEAP_YEAR = 2000
MAX_OFFSET_H = 23
MAX_MINUTE = 59
MAX_UNIX_MS = 4_102_444_800_000  # the year 2100: later instants are units mistaken for others

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_INSTANT = re.compile(INSTANT_PATTERN, re.ASCII)
_BIRTHDAY = re.compile(BIRTHDAY_PATTERN, re.ASCII)
_ZONED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):?(\d\d))\Z", re.ASCII)


def format_instant(moment: datetime) -> str:
    """Return an aware datetime as an instant; what is finer than a millisecond is cut off."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def instant_of_unix_ms(unix_ms: int) -> str:
    """Return the instant of a Unix time in milliseconds.

    Raises:
        Malformed: it lies outside 1970 to 2100.
    """
    if not 0 <= unix_ms <= MAX_UNIX_MS:
        raise Malformed("a time lies outside 1970 to 2100")
    return format_instant(_EPOCH + timedelta(milliseconds=unix_ms))


def unix_ms_of_instant(instant: str) -> int:
    """Return the Unix time in milliseconds of an instant that `check_instant` has accepted."""
    return (datetime.fromisoformat(instant) - _EPOCH) // _MILLISECOND


def parse_instant(raw_text: str) -> str:
    """Return an ISO 8601 date-time with offset as an instant.

    Raises:
        Malformed: the form or the calendar is wrong, or it lies outside 1970 to 2100.
    """
    match = _ZONED.match(raw_text)
    if match is None:
        raise Malformed("a time is not a date-time with an offset")
    body, decimals, sign, hours, minutes = match.groups()
    try:
        moment = datetime.fromisoformat(body).replace(tzinfo=UTC)
    except ValueError:
        raise Malformed("a time is not in the calendar") from None
    if int(hours or 0) > MAX_OFFSET_H or int(minutes or 0) > MAX_MINUTE:
        raise Malformed("a time has an offset that is none")
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    moved = (moment - _EPOCH) + (offset if sign == "-" else -offset)
    return instant_of_unix_ms(moved // timedelta(milliseconds=1) + _millis(decimals))


def _millis(decimals: str | None) -> int:
    """Return the milliseconds of a fraction of a second; finer digits are cut off."""
    return int((decimals or "0").ljust(3, "0")[:3])


def check_instant(text: str) -> None:
    """Raise Malformed unless `text` is an instant in the calendar."""
    if _INSTANT.match(text) is None:
        raise Malformed("a time is not of the form YYYY-MM-DDTHH:MM:SS.mmmZ")
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise Malformed("a time is not in the calendar") from None


def check_birthday(text: str) -> None:
    """Raise Malformed unless `text` is YYYY-MM-DD or --MM-DD, and in the calendar."""
    if _BIRTHDAY.match(text) is None:
        raise Malformed("a birthday is not of the form YYYY-MM-DD or --MM-DD")
    try:
        date.fromisoformat(text if text[0] != "-" else f"{LEAP_YEAR}{text[1:]}")
    except ValueError:
        raise Malformed("a birthday is not in the calendar") from None


def birthday_of(year: int | None, month: int, day: int) -> str:
    """Return the text form of a birthday whose year may be missing (None or 0).

    Raises:
        Malformed: it is not in the calendar.
    """
    for number, top in ((year or 0, 9999), (month, 12), (day, 31)):
        if not 0 <= number <= top:
            raise Malformed("a birthday is not in the calendar")
    text = f"{year:04d}-{month:02d}-{day:02d}" if year else f"--{month:02d}-{day:02d}"
    check_birthday(text)
    return text
