"""Make the virtual environment `.venv/NAME` from `requirements/NAME.txt`, once per content of that lock.

The Makefile calls this before each verb: `python3 requirements/venv.py NAME`. It uses the standard library
alone, since it runs before anything is installed. It prints nothing where the environment stands already.

Rules: what is installed is exactly what the lock lists, by hash, from wheels; the stamp is written last, so
an interrupted installation is done again; two calls at the same time wait for each other.
"""

import sys

if sys.version_info < (3, 11):  # Stands before the other imports, which an older Python may not have.
    sys.exit(
        "Bailment needs Python 3.11 or newer; this is %d.%d. Name one: make PYTHON=..." % sys.version_info[:2]
    )

import fcntl
import hashlib
import importlib
import importlib.util
import json
import os
import shutil
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Make or keep the environment named on the command line."""
    name = sys.argv[1]
    lock_file = ROOT / "requirements" / f"{name}.txt"
    place = ROOT / ".venv" / name
    place.parent.mkdir(exist_ok=True)
    with (place.parent / f"{name}.busy").open("w", encoding="utf-8") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        stamp = place / "made-from"
        wanted = _fingerprint(lock_file)
        if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
            _require_venv_module()
            print(f"Setting up .venv/{name} from requirements/{name}.txt ...", flush=True)
            _make(place, lock_file)
            stamp.write_text(wanted, encoding="utf-8")


def _fingerprint(lock_file: Path) -> str:
    """Name all that the environment is made from: lock, package metadata, this Python and this place.

    The tools' settings in pyproject.toml are left out, so that changing a lint rule reinstalls nothing. The
    place is in, because an environment that was moved or copied still points at where it was.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    metadata = json.dumps([project["build-system"], project["project"]], sort_keys=True)
    parts = [
        lock_file.read_bytes(),
        metadata.encode(),
        sys.version.encode(),
        sys.base_prefix.encode(),
        bytes(ROOT),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _require_venv_module() -> None:
    """Mend a Python without `venv` where that is one safe command (root on Debian), else name the command.

    Debian ships `venv` but not the `ensurepip` that it needs in a package of its own.
    """
    if _has_venv_module():
        return
    package = "python%d.%d-venv" % sys.version_info[:2]
    command = f"apt-get update && apt-get install -y {package}"
    if shutil.which("apt-get") is None:
        sys.exit(f"{sys.executable} lacks its venv module. Name another Python: make PYTHON=...")
    if os.geteuid() != 0:
        sys.exit(f"This Python lacks its venv module. This mends it:\n    sudo sh -c '{command}'")
    print(f"This Python lacks its venv module; mending that: {command}", flush=True)
    subprocess.run(["sh", "-c", command], env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, check=True)
    importlib.invalidate_caches()
    if not _has_venv_module():
        sys.exit(f"{sys.executable} still lacks its venv module. Name another Python: make PYTHON=...")


def _has_venv_module() -> bool:
    # By origin: a folder that an uninstalled package left behind is found too, but has none.
    return all((spec := importlib.util.find_spec(name)) and spec.origin for name in ("venv", "ensurepip"))


def _make(place: Path, lock_file: Path) -> None:
    """Make the environment afresh, so that nothing of an older lock stays behind."""
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    # `python -m pip`, not `bin/pip`: a script's first line is cut off by the kernel where the path is long.
    pip: list[str | Path] = [
        place / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", lock_file], check=True)
    # Build isolation would fetch a build backend that no lock lists; the lock's own flit-core serves.
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT], check=True)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failed:
        # The command has said on standard error what went wrong; a traceback would bury that.
        sys.exit(f"Failed: {' '.join(map(str, failed.cmd))}")
