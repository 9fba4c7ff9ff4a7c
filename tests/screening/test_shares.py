"""Shares in millionths: nothing is rounded on the way in or out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.errors import Malformed
from bailment.model.screening import WHOLE
from bailment.screening.shares import parse_share, spell_bounds, spell_share


@given(st.integers(0, 10 * WHOLE))
def test_a_share_comes_back_as_it_was(share: int) -> None:
    """What is spelled is read as the same share."""
    assert parse_share(spell_share(share).removesuffix(" %"), "share") == share


@pytest.mark.parametrize(
    ("share", "text"),
    [(500_000, "50 %"), (499_990, "49.999 %"), (0, "0 %"), (1_000_000, "100 %"), (1, "0.0001 %")],
)
def test_shares_are_spelled_without_rounding(share: int, text: str) -> None:
    """49.999 % never reads 50 %."""
    assert spell_share(share) == text


@pytest.mark.parametrize("raw", ["", "-1", "50 %", "1e2", "50.00001", ".5", "5.", "½", "\u0665"])
def test_what_is_no_share_is_refused(raw: str) -> None:
    """Signs, exponents, units, more than four decimals and other digits are refused with the place."""
    with pytest.raises(Malformed, match=r"owners\.share"):
        parse_share(raw, "owners.share")


def test_bounds_are_spelled() -> None:
    """A known share is one number, an unknown one says so, and others are a range."""
    spelled = [spell_bounds(low, high) for low, high in ((250_000, 250_000), (0, WHOLE), (250_000, 400_000))]
    assert spelled == ["25 %", "an unknown share", "25 % to 40 %"]
