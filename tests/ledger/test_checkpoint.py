"""Checkpoints have one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.ledger.checkpoint import MAX_SIZE, Checkpoint, is_sound, parse_checkpoint, parse_decimal
from bailment.ledger.tree import EMPTY_ROOT
from bailment.model.errors import Malformed

lines = st.text(min_size=1, max_size=20).filter(lambda text: "\n" not in text)


@given(lines, st.integers(0, MAX_SIZE), st.binary(min_size=32, max_size=32), st.lists(lines, max_size=3))
def test_round_trip(origin: str, size: int, root: bytes, extensions: list[str]) -> None:
    """A checkpoint parses back, extension lines included."""
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    assert parse_checkpoint(str(checkpoint)) == checkpoint


@given(st.text(max_size=80) | st.text(alphabet="01A=\n", max_size=60))
def test_any_text_is_refused_or_is_the_one_form(text: str) -> None:
    """Random text is malformed, or formatting what it parses to gives it back."""
    try:
        assert str(parse_checkpoint(text)) == text
    except Malformed:
        return


ROOT = "A" * 43 + "="


@pytest.mark.parametrize(
    "text",
    [
        f"log\n1\n{ROOT}",
        f"\n1\n{ROOT}\n",
        f"log\n01\n{ROOT}\n",
        f"log\n+1\n{ROOT}\n",
        f"log\n-1\n{ROOT}\n",
        f"log\n\u0661\n{ROOT}\n",
        f"log\n{MAX_SIZE + 1}\n{ROOT}\n",
        f"log\n{'9' * 5000}\n{ROOT}\n",
        f"log\n1\n{ROOT[:-2]}B=\n",
        "log\n1\nAAAA\n",
        f"log\n1\n{ROOT}\n\n",
        f"log\n1\n{ROOT}\n\nextension\n",
    ],
)
def test_refuses(text: str) -> None:
    """Whatever is not a checkpoint in its one form is malformed."""
    with pytest.raises(Malformed):
        parse_checkpoint(text)


def test_an_empty_log_has_the_empty_root() -> None:
    """A checkpoint of size zero with another root is not sound."""
    assert is_sound(Checkpoint("log", 0, EMPTY_ROOT))
    assert not is_sound(Checkpoint("log", 0, bytes(32)))
    assert is_sound(Checkpoint("log", 1, bytes(32)))


def test_decimals() -> None:
    """Zero is 0, and the greatest size is 2^63 - 1."""
    assert parse_decimal("0") == 0
    assert parse_decimal(str(MAX_SIZE)) == MAX_SIZE
