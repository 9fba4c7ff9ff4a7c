"""The system's Chromium, driven by Playwright; nothing is downloaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NEEDS = "needs Chromium: `apt-get install chromium`"
# No sandbox, for root's sake; no traffic but the test's own.
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """Give the browser while the block runs; None where there is none.

    While it lives Playwright runs an event loop in this thread: tests with one of their own cannot run.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()
