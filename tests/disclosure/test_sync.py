"""Sync tokens: read only for the holding that they name, and never beyond its newest revision."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.disclosure.sync import StaleToken, parse_sync, sync_token

HOLDING = bytes(range(16))


@given(st.integers(0, 10**17), st.integers(0, 10**17))
def test_a_token_gives_back_its_revision(revision: int, newer: int) -> None:
    """A token is good as long as the holding has not gone back behind it."""
    token = sync_token(HOLDING, revision)
    assert parse_sync(token, HOLDING, revision + newer) == revision


def test_no_token_asks_for_everything() -> None:
    """Without a token there is nothing to compare with, whether the device has a holding or not."""
    assert parse_sync(None, HOLDING, 3) is None
    assert parse_sync(None, None, None) is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "x.1",
        sync_token(HOLDING, 4),
        sync_token(bytes(16), 1),
        sync_token(HOLDING, 1) + " ",
        sync_token(HOLDING, 1) + "\n",
        sync_token(HOLDING, 1).replace(".", ".0"),
        sync_token(HOLDING, 1).replace(".", ".-"),
        sync_token(HOLDING, 1).replace(".", ".+"),
        sync_token(HOLDING, 1).replace(".", ".1_"),
        sync_token(HOLDING, 1).replace(".1", ".\u0661"),
        sync_token(HOLDING, 1).replace(".1", "." + "9" * 5000),
        sync_token(HOLDING, 1).split(".")[0],
    ],
)
def test_any_other_text_is_stale(token: str) -> None:
    """Another holding's token, a revision that never was, another spelling: read the whole list again."""
    with pytest.raises(StaleToken):
        parse_sync(token, HOLDING, 3)


def test_a_device_without_a_holding_has_no_token() -> None:
    """Whatever it sends is stale."""
    with pytest.raises(StaleToken):
        parse_sync(sync_token(HOLDING, 0), None, None)


@given(st.text(max_size=40))
def test_text_of_any_kind_is_stale_or_good(token: str) -> None:
    """Nothing but StaleToken comes out."""
    with contextlib.suppress(StaleToken):
        assert parse_sync(token, HOLDING, 3) in range(4)
