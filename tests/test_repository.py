"""The repository keeps its own house rules, so that no reviewer has to."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
VERBS = {"help", "demo", "test", "check", "bench", "torture", "docs"}
MAX_BASE_PACKAGES = 30
PURE_PACKAGES = {"model", "kernel", "ledger", "attest", "screening"}
# What binds a checkout to one machine: an index or a file host in a lock, a home, a path of whoever wrote it.
FOREIGN = re.compile(
    rb"/(?:root|home|work|farm)/[a-z.]+/"
    rb"|files\.pythonhosted\.org|registry\.npmjs\.org|pypi\.org/(?:simple|packages)"
    rb"|--(?:extra-)?index-url[ =]\S|--find-links[ =]\S|\"resolved\": *\"https?:"
)


def _requirements(lock: Path) -> list[str]:
    """Split a lock into its requirements, each with its hashes on one line."""
    lines = [
        line for line in lock.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")
    ]
    return "\n".join(lines).replace("\\\n", " ").splitlines()


def _tracked_files() -> list[Path]:
    """List what git tracks or would track; skip where there is no checkout, as in a source archive."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = (ROOT / name.decode() for name in listed.stdout.split(b"\0") if name)
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_pins_by_hash_and_names_no_address(lock: Path) -> None:
    """Every requirement is one exact version with its hashes, from whichever index the machine trusts."""
    requirements = _requirements(lock)
    assert requirements
    for requirement in requirements:
        assert re.match(r"[a-z0-9-]+==[^ ]+ ", requirement), requirement
        assert " --hash=sha256:" in requirement, requirement
    assert "://" not in lock.read_text(encoding="utf-8")


def test_the_locks_agree() -> None:
    """What is tested and measured is what is shipped: a package has the same pins wherever it stands."""
    pins: dict[str, set[frozenset[str]]] = {}
    for lock in LOCKS:
        in_this_lock: dict[str, set[str]] = {}
        for requirement in _requirements(lock):
            name, version = requirement.split(maxsplit=1)[0].split("==")
            # More than one where newer Pythons get a newer version.
            in_this_lock.setdefault(name, set()).add(version)
        for name, versions in in_this_lock.items():
            pins.setdefault(name, set()).add(frozenset(versions))
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}


def test_the_base_install_is_small() -> None:
    """The base install, with what only some platforms need, stays within the number that we promise."""
    assert len(_requirements(ROOT / "requirements" / "run.txt")) <= MAX_BASE_PACKAGES


def test_no_file_names_a_machine_or_a_registry() -> None:
    """A checkout works elsewhere: nothing that git tracks knows where it was written."""
    # This file has to spell out what it looks for.
    files = [path for path in _tracked_files() if path != Path(__file__).resolve()]
    found = {
        str(path.relative_to(ROOT)): match[0]
        for path in files
        if (match := FOREIGN.search(path.read_bytes()))
    }
    assert found == {}


def test_make_lists_every_verb() -> None:
    """`make` alone shows all verbs, each with what it does, and there are no others."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE)) == VERBS
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^make (\w+) +\S", shown, re.MULTILINE)) == VERBS


def test_continuous_integration_runs_the_verbs_of_developers() -> None:
    """`.ci/run` calls `make check` and `make test` and does nothing else that could differ from a desk."""
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line.partition(" #")[0] for line in lines if line and not line.startswith("#")]
    assert commands == [
        "set -euo pipefail",
        'cd "$(dirname "$0")/.."',
        "export CI=true",
        "make check",
        "make test",
    ]


def test_every_lint_exception_has_its_reason() -> None:
    """A rule is switched off only with the reason beside it, in the settings and in the code."""
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    switched_off = re.findall(r'^ {4}"[A-Z]+[0-9]*",.*$', settings, re.MULTILINE)
    assert switched_off
    assert [line for line in switched_off if not re.search(r"# \S+ \S+", line)] == []
    bare = re.compile(r"# (?:noqa|type: ignore|pragma: no cover)\S*(?: ?[A-Z]+\d+,?)*(?:\[[\w, -]+\])?\s*$")
    silenced = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _tracked_files()
        if path.suffix == ".py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    assert silenced == []


def test_every_pure_package_is_held_to_it() -> None:
    """A package that the design calls pure is under import-linter's contracts from its first file."""
    source = ROOT / "src" / "bailment"
    there = {f"bailment.{name}" for name in PURE_PACKAGES if (source / name / "__init__.py").exists()}
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in settings["tool"]["importlinter"]["contracts"]:
        if contract["id"] == "pure":
            assert set(contract["source_modules"]) == there
        if contract["id"] == "verifier-small":
            # Screening decodes lists of megabytes with a library; a verifier never loads it.
            assert set(contract["source_modules"]) == there - {"bailment.screening"}
