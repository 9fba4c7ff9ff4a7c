"""The table of docs/mastodon.md is true of what is answered: each path, and each method that it has."""

import re

from bailment.endpoints.mastodon.routes import TABLE, public_answers
from tests.support.documents import ROOT

# What is mounted beside the table, each under a path of its own.
BESIDE = ("/api/v1/apps", "/api/v1/media", "/api/v2/media", "/api/v1/streaming", "/media", "/oauth")


def test_the_table_has_every_path_and_method() -> None:
    """What is there is documented, and what is documented is there."""
    text = (ROOT / "docs" / "mastodon.md").read_text(encoding="utf-8")
    section = text.partition("## Paths")[2].partition("\n## ")[0]
    found: dict[str, set[str]] = {}
    for methods, paths in re.findall(r"^\| ([^|]+) \| ([^|]+) \|", section, re.MULTILINE)[1:]:
        for path in re.findall("`([^`]+)`", paths):
            assert path not in found, f"{path} has two rows"
            found[path] = set(re.findall("[A-Z]+", methods))
    there = {path: set(rows) for path, rows in TABLE.items()}
    there |= {path: {"GET"} for path in public_answers("https://x.example")}
    beside = {path for path in found if path.startswith(BESIDE)} - set(there)
    assert {path: methods for path, methods in found.items() if path not in beside} == there
