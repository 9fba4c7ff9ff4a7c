"""The documents are true of the code: tables, help, settings, links, commands, the transcript of the demo."""

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import bailment
from bailment.config import read_config
from tests.support.documents import BLOCK, PARTS, ROOT, documents, regenerated

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE_PATH = re.compile(r"`((?:src|tests|docs|bench|requirements|\.ci)/[\w./-]+)`")
_TRANSCRIPT = re.compile(r"^<!-- transcript:.*?-->\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What differs from run to run: times, ports, ids, receipts, and what of them is cut short.
_RANDOM = [
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "INSTANT"),
    (re.compile(r"\d+(?:\.\d)? ms"), "N ms"),
    (re.compile(r"127\.0\.0\.1:\d+"), "HOST:PORT"),
    (re.compile(r"dev_[\w-]{22}"), "DEVICE"),
    (re.compile(r"grant_[\w-]{22}"), "GRANT"),
    (re.compile(r"[B-Z]{4}-[B-Z]{4}"), "USER-CODE"),
    (re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])"), "KEY"),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Run the demo; give its folder and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, _run(folder, "demo")


def _operator_key(folder: Path) -> str:
    """Return the key that the demo leaves for who wants to look round, once it has."""
    path = folder / ".bailment" / "demo" / "keys" / "operator"
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def _run(folder: Path, *arguments: str) -> list[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BAILMENT_")}
    environment |= {
        "PYTHONUTF8": "1",
        "BAILMENT_DATA": ".bailment/demo",
        "BAILMENT_LEDGER_NAME": "demo.example/ledger",
        "BAILMENT_OPERATOR_KEY": _operator_key(folder),
    }
    done = subprocess.run(
        [sys.executable, "-m", "bailment.cli", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _normal(line: str) -> str:
    for pattern, word in _RANDOM:
        line = pattern.sub(word, line)
    return line


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub makes of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", _text(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_made_from_the_code_is_up_to_date(path: Path) -> None:
    """Tables and help say what the code says; `python -m tests.regenerate_docs` writes them."""
    assert _text(path) == regenerated(_text(path)), "run: .venv/test/bin/python -m tests.regenerate_docs"


def test_every_part_that_can_be_made_stands_in_a_document() -> None:
    """No table is lost by an edit of the comments round it."""
    found = [match["name"] for path in documents() for match in BLOCK.finditer(_text(path))]
    assert sorted(found) == sorted(PARTS)


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    """Relative links name a file that is there, and a heading that it has."""
    broken = []
    for target in _LINK.findall(_FENCE.sub("", _text(path))):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists() or (anchor and anchor not in _anchors(there)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_is_named_is_there(path: Path) -> None:
    """A path of the repository between backquotes exists."""
    named = _CODE_PATH.findall(_FENCE.sub("", _text(path)))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_readme_is_the_package_s() -> None:
    """What an index shows is the README."""
    assert '\nreadme = "README.md"\n' in _text(ROOT / "pyproject.toml")


def test_the_readme_s_commands_are_verbs_of_the_makefile() -> None:
    """Whatever the README tells to `make` can be made, its two commands first."""
    readme = _text(ROOT / "README.md")
    verbs = set(re.findall(r"^([a-z]+):", _text(ROOT / "Makefile"), re.MULTILINE))
    assert re.findall(r"^```sh\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)[0] == "make demo\nmake test\n"
    assert set(re.findall(r"\bmake ([a-z]+)", readme)) - {"of", "work"} <= verbs


def test_the_readme_s_transcript_is_of_a_real_run(demo: tuple[Path, list[str]]) -> None:
    """Every line shown is printed, in this order; where lines are left out, the transcript says so."""
    match = _TRANSCRIPT.search(_text(ROOT / "README.md"))
    assert match
    # Text between two marks of omission is one piece of the output, without a gap.
    groups = itertools.groupby(match[1].splitlines(), lambda line: line == "…")
    pieces = [[_normal(line) for line in lines] for omitted, lines in groups if not omitted]
    printed = [_normal(line) for line in demo[1]]
    start = printed.index(pieces[0][0])
    for piece in pieces:
        at = next((at for at in range(start, len(printed)) if printed[at : at + len(piece)] == piece), None)
        assert at is not None, f"not printed in one piece after line {start}: {piece}"
        start = at + len(piece)
    assert start == len(printed), "the transcript ends where the demo ends"


def test_a_slot_is_proven_as_the_ledger_document_says(demo: tuple[Path, list[str]]) -> None:
    """A report's slot proof is checked with a policy and nothing else."""
    folder, printed = demo
    person = next(re.findall(r"\((\d+)\)", line)[0] for line in printed if line.startswith("me "))
    _run(folder, "person", "report", person, "--reason", "audit", "--prove", "proofs")
    # The view was recorded before it showed anything, and the demo's witness has gone by then.
    shipped = (folder / ".bailment" / "demo" / "policy").read_text(encoding="utf-8").splitlines()
    (folder / "alone").write_text("\n".join([*shipped[:-1], "quorum none"]) + "\n", encoding="utf-8")
    checked = _run(folder, "ledger", "verify", "--slot", "proofs/slot-1.json", "--policy", "alone")
    assert checked[-1] == "verdict: everything holds"


def test_every_detail_behind_a_disclosure_is_documented(demo: tuple[Path, list[str]]) -> None:
    """The names behind a commitment are those of the table in the ledger's document."""
    folder, printed = demo
    index = next(re.findall(r"prove (\d+)", line)[0] for line in printed if "ledger prove" in line)
    opened = "\n".join(_run(folder, "disclosure", "open", index, "--reason", "audit"))
    details = opened.partition('"details": {')[2].partition('"opening"')[0]
    table = _text(ROOT / "docs" / "ledger.md").partition("| name | value |")[2].partition("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    documented = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(documented) == sorted(re.findall(r'^  "(\w+)":', details, re.MULTILINE))


class _Recording(Mapping[str, str]):
    """An environment without any variable, which remembers what was looked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getitem__(self, name: str) -> str:
        self.asked.append(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_every_setting_is_documented_with_its_default() -> None:
    """The table of settings has each variable that is read, and the default that it has."""
    environment = _Recording()
    config = read_config(environment)
    operations = _text(ROOT / "docs" / "operations.md")
    table = dict(re.findall(r"^\| `(BAILMENT_\w+)` \| (.+?) \|", operations, re.MULTILINE))
    assert sorted(table) == sorted(environment.asked)
    assert table["BAILMENT_DATA"] == f"`{config.data}`"
    assert table["BAILMENT_ORIGIN"] == f"`{config.origin}`"
    assert config.first_ledger_name == config.origin.partition("://")[2] + "/ledger"
    assert (config.store_url, config.witnesses, config.console_key) == ("", (), "")
    assert all(
        table[f"BAILMENT_{name}"].startswith("empty") for name in ("STORE", "WITNESSES", "CONSOLE_KEY")
    )


def test_the_changelog_has_the_version() -> None:
    """The version that the package has is one that the changelog tells of."""
    assert re.search(
        rf"^## \[?{re.escape(bailment.__version__)}\b", _text(ROOT / "CHANGELOG.md"), re.MULTILINE
    )


def test_every_decision_is_listed() -> None:
    """The list of decisions has each file of its folder, by number, without a gap."""
    folder = ROOT / "docs" / "adr"
    files = sorted(path.name for path in folder.glob("0*.md"))
    assert [name[:4] for name in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    assert re.findall(r"\((\d{4}-[\w-]+\.md)\)", _text(folder / "README.md")) == files
