"""Percentages as registers print them become bounds of a share."""

import pytest

from bailment.model.screening import WHOLE
from bailment.screening.lists.percentages import share_bounds


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("51", 510_000, 510_000),
        ("51%", 510_000, 510_000),
        ("49.999 %", 499_990, 499_990),
        ("49,999", 499_990, 499_990),
        ("49.99999999", 499_999, 499_999),
        ("0", 0, 0),
        ("100.0", WHOLE, WHOLE),
        ("50-75%", 500_000, 750_000),
        ("50% – 75%", 500_000, 750_000),
        ("between 10 and 20 percent", 100_000, 200_000),
        ("more than 25%", 250_000, WHOLE),
        ("More than 25% but not more than 50%", 250_000, 500_000),
        ("more than 25% but less than 50%", 250_000, 499_999),
        ("at least 10", 100_000, WHOLE),
        (">50%", 500_000, WHOLE),
        ("75% or more", 750_000, WHOLE),
        ("less than 50%", 0, 499_999),
        ("less than 0%", 0, WHOLE),
        ("up to 20 %", 0, 200_000),
        ("75-50", 0, WHOLE),
        ("100.1", 0, WHOLE),
        ("half", 0, WHOLE),
        ("-5", 0, WHOLE),
        ("", 0, WHOLE),
    ],
)
def test_percentages_become_bounds(text: str, low: int, high: int) -> None:
    """Bounds are in millionths, rounded down so that 50 % is never reached by rounding."""
    assert share_bounds(text) == (low, high)
