"""What every test may ask for."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url", "shared_data"]

ROOT = Path(__file__).resolve().parent.parent

# A deadline per example measures the machine's other load, not our code; the rest is Hypothesis's own
# default, which repeats the same examples under CI.
settings.register_profile("bailment", settings(), deadline=None)
settings.load_profile("bailment")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ask for PostgreSQL, so that `-m "not postgres"` leaves them out."""
    for item in items:
        if "postgres_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of real input: `../shared/data`, or `BAILMENT_TEST_DATA`."""
    folder = Path(os.environ.get("BAILMENT_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"needs the real input in {folder} (or where BAILMENT_TEST_DATA points)")
    return folder
