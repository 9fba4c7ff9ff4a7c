"""What every importer refuses, whatever the format."""

from collections.abc import Callable

import pytest

from bailment.model.errors import Malformed
from bailment.screening.lists import reading
from bailment.screening.lists.followthemoney import read_stakes
from bailment.screening.lists.importing import FORMATS, read_list
from tests.screening.lists.samples import (
    CSL_CSV,
    CSL_JSON,
    DATE,
    FTM,
    SAMPLES,
    read_one,
    read_sample,
)

_TABLES = ["csl-csv", "fcc", "plain", "section-889", "section-1260h"]


def _content(format_name: str) -> bytes:
    return next(iter(SAMPLES[format_name].values()))


_FAULTS: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("empty", lambda _: b"", "is empty"),
    ("blank", lambda _: b" \n\n", "is empty"),
    ("utf-16", lambda content: content.decode().encode("utf-16"), "is UTF-16"),
    ("latin-1", lambda content: content + "Lampe Süd\n".encode("latin-1"), "is not UTF-8: byte 0xfc on row"),
    ("nul", lambda content: content[:1] + b"\0" + content[1:], "a NUL byte on row"),
    ("control", lambda content: content[:1] + b"\x07" + content[1:], "control byte 0x07 on row"),
    ("html", lambda _: b"\r\n<!DOCTYPE html><html>Too many requests</html>", "a web page"),
    ("xml", lambda _: b'<?xml version="1.0"?><sdnList/>', "a web page or XML"),
    ("zip", lambda _: b"PK\x03\x04" + bytes(9), "a ZIP archive or a spreadsheet"),
    ("gzip", lambda _: b"\x1f\x8b" + bytes(9), "compressed"),
    ("pdf", lambda _: b"%PDF-1.7", "a PDF"),
]


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize(("fault", "spoil", "reason"), _FAULTS, ids=[fault for fault, _, _ in _FAULTS])
def test_a_file_that_is_no_text_of_a_list_is_refused(
    format_name: str, fault: str, spoil: Callable[[bytes], bytes], reason: str
) -> None:
    """Whatever the format, the refusal names the file and says what it is instead."""
    files = SAMPLES[format_name]
    for name, content in files.items():
        with pytest.raises(Malformed, match=reason) as refusal:
            read_list("test", format_name, {**files, name: spoil(content)}, DATE)
        assert str(refusal.value).startswith(name)


@pytest.mark.parametrize("format_name", _TABLES)
def test_a_byte_order_mark_is_no_fault(format_name: str) -> None:
    """Excel writes one."""
    assert (
        read_one(format_name, b"\xef\xbb\xbf" + _content(format_name)).records
        == read_sample(format_name).records
    )


# A table with a column `name` is a plain one too.
_OTHERS = [
    (format_name, other)
    for format_name in _TABLES
    for other in FORMATS
    if format_name != other and (format_name, other) not in {("plain", "csl-csv"), ("plain", "section-889")}
]


@pytest.mark.parametrize(("format_name", "other"), _OTHERS)
def test_another_lists_file_is_refused(format_name: str, other: str) -> None:
    """A header that lacks what this list has is told."""
    with pytest.raises(Malformed, match=r"lacks the column|broken or cut"):
        read_one(format_name, _content(other))


@pytest.mark.parametrize("format_name", _TABLES)
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda content: content.rstrip(b"\r\n"), "the last row has no line end: the file was cut"),
        (lambda content: content + b"x,y\n", r"row \d+: has 2 columns, the header \d+|row \d+, column"),
        (lambda content: content + b'"open\n', "broken or cut"),
        (lambda content: content.splitlines(keepends=True)[0], "no entry: the list would be empty"),
    ],
    ids=["line-end", "columns", "quote", "header-only"],
)
def test_a_cut_table_is_refused(format_name: str, spoil: Callable[[bytes], bytes], reason: str) -> None:
    """A last row without its end, a short row, an open quote and a header alone are refused."""
    with pytest.raises(Malformed, match=reason):
        read_one(format_name, spoil(_content(format_name)))


def test_blank_lines_are_passed_over() -> None:
    """They say nothing, wherever they stand."""
    assert len(read_one("plain", b"name\n\nLumen\n\n").records) == 1


def test_a_header_has_a_thousand_columns_at_most() -> None:
    """A line of commas is no header."""
    with pytest.raises(Malformed, match="has 1001 columns; the limit is 1000"):
        read_one("plain", b"name" + b"," * 1000 + b"\n")


def test_a_column_may_not_stand_twice() -> None:
    """Which of the two would count is not guessed."""
    with pytest.raises(Malformed, match="has the column 'name' twice"):
        read_one("plain", b"name,name\nA,B\n")


def test_large_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits of bytes and rows hold before anything is built."""
    with pytest.raises(Malformed, match="268435457 bytes together; the limit is 268435456"):
        read_one("plain", bytes(reading.MAX_BYTES + 1))
    with pytest.raises(Malformed, match="has 268435457 bytes"):
        read_stakes({"e.json": bytes(reading.MAX_BYTES + 1)})
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    with pytest.raises(Malformed, match="has more than 3 rows"):
        read_one("csl-csv", CSL_CSV)
    with pytest.raises(Malformed, match="has more than 3 rows"):
        read_one("ftm", FTM)
    monkeypatch.setattr(reading, "MAX_ROWS", 1)
    with pytest.raises(Malformed, match="has more than 1 rows"):
        read_one("csl-json", CSL_JSON)


def test_windows_characters_in_utf_8_are_read_as_what_they_were() -> None:
    """U+0092 in a publisher's file is the apostrophe of Windows-1252."""
    assert read_one("plain", "name\nGui\x92an\n".encode()).records[0].names[0].text == "Gui’an"
