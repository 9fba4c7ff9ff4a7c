"""The system's Chromium, for every test of this folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import NEEDS, chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a browser; without one, skip here and fail under continuous integration.

    Not for the session: while it lives, tests with an event loop of their own could not run.
    """
    with chromium() as browser:
        if browser is None:
            if os.environ.get("CI"):
                pytest.fail(NEEDS, pytrace=False)
            pytest.skip(NEEDS)
        yield browser
