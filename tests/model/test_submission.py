"""Statements of builds: versions that compare, ranges, and the forms of what a partner says."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from bailment.model.errors import Malformed
from bailment.model.submission import Evidence, Submission, is_in_range, parse_version

SOUND = Submission("com.example.hub", "1.0.0", ">=1.0,<2.0", ("a1" * 32,), ("name",), ("city",), ("/v1/me",))
ORDERED = [
    "0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
    "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2", "1.10", "2",
]  # fmt: skip


def test_versions_are_ordered_as_semantic_versioning_orders_them() -> None:
    """The example of clause 11 and more, each below the next; missing numbers are zeros."""
    assert all(parse_version(low) < parse_version(high) for low, high in pairwise(ORDERED))
    assert parse_version("1.0") == parse_version("1.0.0.0")


@pytest.mark.parametrize(
    ("version", "version_range", "inside"),
    [
        ("1.0", ">=1.0,<2.0", True),
        ("2.0", ">=1.0,<2.0", False),
        ("1.0.0-rc1", ">=1.0", False),
        ("1.5", "> 1.0, <= 1.5", True),
        ("1.5", "==1.5.0", True),
        ("1.5", "<1.5", False),
    ],
)
def test_a_version_is_in_a_range_when_it_meets_every_bound(
    version: str, version_range: str, *, inside: bool
) -> None:
    """Bounds are joined with commas."""
    assert is_in_range(version, version_range) is inside


@pytest.mark.parametrize("version", ["", "v1", "1.", "1.0.0.0.0", "1 .0", "\u0661.0", "1" * 10, "1.0-"])
def test_what_is_no_version_is_refused(version: str) -> None:
    """Digits of other scripts are no digits here."""
    with pytest.raises(Malformed, match="version"):
        parse_version(version)


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("package", {"package": "com example"}),
        ("package", {"package": "com.ex\u0430mple"}),
        ("range", {"version_range": "1.x"}),
        ("range", {"version_range": ""}),
        ("at least one signing digest", {"digests": ()}),
        ("each once", {"digests": ("a1" * 32, "a1" * 32)}),
        ("64 lower-case", {"digests": ("A1" * 32,)}),
        ("at most 64", {"endpoints": ("/v1/me",) * 65}),
        ("no field is called", {"self_fields": ("nme",)}),
        ("notes", {"notes": "x" * 10_001}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_statement_that_is_not_in_form_is_refused(sentence: str, changed: dict[str, Any]) -> None:
    """Each form is told."""
    with pytest.raises(Malformed, match=sentence):
        replace(SOUND, **changed)


@pytest.mark.parametrize(
    "report",
    [(" ", "a1" * 32, "passed"), ("n", "a1", "passed"), ("n", "a1" * 32, "p" * 201)],
    ids=["name", "digest", "result"],
)
def test_a_report_that_is_not_in_form_is_refused(report: tuple[str, str, str]) -> None:
    """It has a name, a digest and a result."""
    with pytest.raises(Malformed):
        Evidence(*report)


def test_the_masks_are_those_of_the_fields() -> None:
    """By ring."""
    assert (SOUND.self_mask, SOUND.friend_mask) == (1, 1 << 6)
