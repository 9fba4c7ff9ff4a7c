"""A plain table: every column is taken, and what is not understood is refused."""

import pytest

from bailment.model.errors import Malformed
from bailment.model.screening import Identifier, Kind, ListName, NameKind
from tests.screening.lists.samples import PLAIN, read_one


def test_a_plain_table_is_read() -> None:
    """Every column is taken, a row without an id has one of its name, and unknown columns are told."""
    snapshot = read_one("plain", PLAIN)
    first, second = snapshot.records
    assert first.names == (
        ListName("Lumen Mobile GmbH"),
        ListName("LuMo", NameKind.ALIAS),
        ListName("Lumen", NameKind.ALIAS),
        ListName("Lampe AG", NameKind.FORMER),
        ListName("流明移动", NameKind.NATIVE),
    )
    assert (first.kind, first.countries) == (Kind.ENTITY, ("DE", "CN"))
    assert first.identifiers == (Identifier("lei", "529900T8BM49AURSDO55"), Identifier("tax", "DE1", "DE"))
    assert (first.parents, first.listed_on, first.ended_on) == (("Glow Group",), "2024-02-29", "2026-01-01")
    assert (second.record_id, second.kind) == ("glowworks", Kind.UNKNOWN)
    assert snapshot.unknown_columns == ("colour",)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"entity,", b"ghost,", r"row 2, column kind: 'ghost' is none of entity"),
        (b"DE;China", b"DE;Chino", r"row 2, column country: 'Chino'"),
        (b"lei:", b"vat:", r"row 2, column identifiers: 'vat:529900T8BM49AURSDO55'"),
        (b"DE1:DE", b"DE1:Chino", r"row 2, column identifiers: 'Chino'"),
        (b"2024-02-29", b"2023-02-29", r"row 2, column listed_on: '2023-02-29' is no date"),
        (b"2024-02-29", b"yesterday", r"'yesterday' is no date"),
        (b"Glow Works", b"", r"row 3, column name: the name is empty"),
        (b",Glow Works", b"P1,Glow Works", r"row 3: the id 'P1' stands twice"),
    ],
    ids=["kind", "country", "scheme", "number-country", "leap-day", "word", "name", "double"],
)
def test_a_plain_cell_that_is_not_what_its_column_wants_is_refused(
    old: bytes, new: bytes, reason: str
) -> None:
    """The refusal names row and column."""
    with pytest.raises(Malformed, match=reason):
        read_one("plain", PLAIN.replace(old, new, 1))
