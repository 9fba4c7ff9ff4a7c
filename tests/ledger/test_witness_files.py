"""The witness's files: atomic, durable before the answer, and closed to strange names."""

import os
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from bailment.ledger.witness import Answer, Outcome, WitnessStore
from bailment.model.errors import Unavailable
from bailment.store.witness_files import WitnessFiles

OK = Answer(Outcome.COSIGNED)
HASH = sha256(b"log").hexdigest()


def test_a_note_is_kept(tmp_path: Path) -> None:
    """What a step stores is there for the next step, for monitors, and for the next process."""
    store: WitnessStore = WitnessFiles(tmp_path / "state")
    assert store.latest(HASH) is None
    assert store.exchange("log", lambda stored: (b"one", OK) if stored is None else (None, OK)) is OK
    assert store.latest(HASH) == b"one"
    again = WitnessFiles(tmp_path / "state")
    again.exchange("log", lambda stored: ((stored or b"") + b" two", OK))
    assert store.latest(HASH) == b"one two"
    again.exchange("log", lambda stored: (None, OK))
    assert store.latest(HASH) == b"one two"


@pytest.mark.parametrize("name", ["", "..", "../state/x", HASH.upper(), HASH[:-1], HASH + "\n", "é" * 64])
def test_only_hashes_become_file_names(tmp_path: Path, name: str) -> None:
    """Anything but a hash in lower-case hex has no note."""
    (tmp_path / "x.checkpoint").write_bytes(b"secret")
    assert WitnessFiles(tmp_path).latest(name) is None


def test_steps_do_not_overlap(tmp_path: Path) -> None:
    """Steps from many threads and two stores over one folder each see the one before."""
    stores = [WitnessFiles(tmp_path), WitnessFiles(tmp_path)]

    def count(store: WitnessFiles) -> None:
        for _ in range(20):
            store.exchange("log", lambda stored: (str(int(stored or b"0") + 1).encode(), OK))

    threads = [threading.Thread(target=count, args=(stores[number % 2],)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stores[0].latest(HASH) == b"80"


def test_the_note_is_flushed_before_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is flushed, renamed, and its folder flushed, in this order."""
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def flush(number: int) -> None:
        steps.append(f"flush {Path(f'/proc/self/fd/{number}').readlink().suffix or 'folder'}")
        fsync(number)

    def rename(path: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(Path, "replace", rename)
    WitnessFiles(tmp_path).exchange("log", lambda _: (b"note", OK))
    assert steps == ["flush .draft", "rename", "flush folder"]


def test_a_failing_disk_gives_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the note cannot be made durable there is no answer, and the old note stands."""
    store = WitnessFiles(tmp_path)
    store.exchange("log", lambda _: (b"old", OK))

    def fail(number: int) -> None:
        raise OSError(5, "input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(Unavailable):
        store.exchange("log", lambda _: (b"new", OK))
    monkeypatch.undo()
    assert store.latest(HASH) == b"old"


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    """A folder that is a file, or a note that is a folder, is unavailable."""
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        WitnessFiles(tmp_path / "file" / "state")
    (tmp_path / f"{HASH}.checkpoint").mkdir()
    with pytest.raises(Unavailable):
        WitnessFiles(tmp_path).latest(HASH)
