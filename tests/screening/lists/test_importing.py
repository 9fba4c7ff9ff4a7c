"""The front door: deterministic, guessing formats, and checking what is said and read."""

import hashlib

import pytest

from bailment.model.errors import Malformed
from bailment.screening.lists.importing import FORMATS, guess_format, read_list
from tests.screening.lists.samples import (
    DATE,
    OFAC_ENTRIES,
    PLAIN,
    SAMPLES,
    ofac_file,
    read_one,
    read_sample,
)


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_same_files_give_the_same_snapshot(format_name: str) -> None:
    """Order and folders of the names make no difference, and the digest is of the bytes in order of name."""
    files = SAMPLES[format_name]
    snapshot = read_list("test", format_name, files, DATE)
    shuffled = {f"C:\\lists\\{name.upper()}": files[name] for name in reversed(files)}
    if format_name != "plain":
        assert read_list("test", format_name, shuffled, DATE).records == snapshot.records
    assert read_list("test", format_name, shuffled, DATE).digest == snapshot.digest
    assert snapshot.digest == hashlib.sha256(b"".join(files[name] for name in sorted(files))).digest()
    assert (snapshot.list_id, snapshot.format, snapshot.published_on) == ("test", format_name, DATE)


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_format_is_guessed(format_name: str) -> None:
    """The names and first bytes of every sample tell its format."""
    heads = {name: content[:1000] for name, content in SAMPLES[format_name].items()}
    assert guess_format(heads) == format_name


@pytest.mark.parametrize(
    "heads",
    [
        {},
        {"a.csv": b"colour,size\n"},
        {"a.json": b'{"a": 1}'},
        {"a": b"\xff\xfe"},
        {"a.csv": b"name", "b.csv": b"name"},
    ],
    ids=["none", "header", "json", "binary", "two"],
)
def test_what_is_not_known_is_not_guessed(heads: dict[str, bytes]) -> None:
    """No format is better than a wrong one."""
    assert guess_format(heads) is None


@pytest.mark.parametrize(
    ("list_id", "format_name", "date", "reason"),
    [
        ("test", "xml", DATE, "'xml' is none of the formats ofac-sdn"),
        (" ", "plain", DATE, "list id: is empty"),
        ("test", "plain", "", "date of publication: is empty"),
        ("test", "plain", "2026-13-01", "date of publication: '2026-13-01' is no date"),
    ],
    ids=["format", "list", "no-date", "date"],
)
def test_what_the_operator_says_is_checked(list_id: str, format_name: str, date: str, reason: str) -> None:
    """Format, list and date of publication must be given and right."""
    with pytest.raises(Malformed, match=reason):
        read_list(list_id, format_name, {"a.csv": PLAIN}, date)


def test_files_must_be_those_of_the_format() -> None:
    """One file where there is one, and no two of one name."""
    with pytest.raises(Malformed, match="this format is one file; 0 were given: none"):
        read_list("test", "plain", {}, DATE)
    with pytest.raises(Malformed, match="this format is one file; 2 were given"):
        read_list("test", "plain", {"a.csv": PLAIN, "b.csv": PLAIN}, DATE)
    with pytest.raises(Malformed, match="two files have one name"):
        read_list("test", "plain", {"a.csv": PLAIN, "x/A.csv": PLAIN}, DATE)


@pytest.mark.parametrize(
    ("bad", "good", "refused"), [(2, 100, True), (1, 99, False), (21, 4000, True), (20, 4000, False)]
)
@pytest.mark.parametrize("damage", ["Ã©", "\ufffd", "â€™", "Ð\x9b", "å\x8d\x8e"], ids=ascii)
def test_text_that_a_wrong_encoding_left_is_refused(
    damage: str, bad: int, good: int, *, refused: bool
) -> None:
    """More than one record in a hundred, or than twenty, refuse the list; fewer are told."""
    names = [f"Caf{damage} {n}" for n in range(bad)] + [f"Lumen {n}" for n in range(good)]
    content = "\n".join(["name", *names, ""]).encode()
    if refused:
        with pytest.raises(
            Malformed, match=f"{bad} of {bad + good} records hold characters that a wrong encoding"
        ):
            read_one("plain", content)
    else:
        assert sum("wrong encoding" in line for line in read_one("plain", content).skipped) == bad


def test_letters_of_other_scripts_are_no_damage() -> None:
    """Names as they rightly stand in lists pass."""
    names = [
        "CAFÉ”",
        "São João",
        "SÃO PAULO",
        "Ñandú Øre",
        "Çelik’s",
        "华为技术有限公司",
        "Люмен",
        "المصباح",
        "Âşir",
    ]
    assert read_one("plain", "\n".join(["name", *names, ""]).encode()).skipped == ()


def test_notices_are_at_most_a_hundred() -> None:
    """A snapshot tells the first hundred."""
    rows = ofac_file(OFAC_ENTRIES * 60)
    assert len(read_sample("ofac-sdn", sdn_csv=rows).skipped) == 100
