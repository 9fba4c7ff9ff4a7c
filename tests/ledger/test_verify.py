"""The whole verification finds every flipped bit, every missing file, and every broken promise."""

import random
from dataclasses import dataclass

import pytest

from bailment.ledger.policy import parse_policy, policy_of_keys
from bailment.ledger.tiles import Edge, encode_bundle, extend
from bailment.ledger.verify import Checked, Flaw, verify_ledger
from bailment.model.errors import Unavailable
from tests.ledger.samples import LOG_VKEY, POLICY, Files, disclosure, ledger, signed, story

TRUST = parse_policy(POLICY.encode())
ENTRIES = story(700)
SIZES = [0, 1, 255, 256, 257, 512, 700]


def flaws(files: Files, **options: bytes | bool) -> list[Flaw]:
    """Verify and return the flaws."""
    findings = verify_ledger(files, TRUST, **options)  # type: ignore[arg-type]  # As the cases give them.
    return [finding for finding in findings if isinstance(finding, Flaw)]


@pytest.mark.parametrize("size", SIZES)
def test_a_sound_ledger_holds(size: int) -> None:
    """Every size verifies, with every older checkpoint, and its entries replay."""
    files = ledger(ENTRIES[:size])
    findings = list(verify_ledger(files, TRUST, entries=True))
    assert all(isinstance(finding, Checked) for finding in findings)
    for old in (*SIZES, size // 2):
        if old <= size:
            older = bytes(signed(extend(Edge(), ENTRIES[:old])[0]))
            assert flaws(files, old=older) == []


def test_every_file_matters() -> None:
    """A flipped bit in any file, partial tiles of earlier sizes included, is a flaw that names it."""
    files = ledger(ENTRIES, 100, 300, 500)
    assert flaws(files) == []
    source = random.Random(7)
    for path, content in files.content.items():
        if path == "vkey":
            continue
        for bit in source.sample(range(8 * len(content)), 40 if path == "checkpoint" else 8):
            damaged = bytearray(content)
            damaged[bit // 8] ^= 1 << bit % 8
            found = flaws(Files({**files.content, path: bytes(damaged)}))
            assert found, f"bit {bit} of {path}"
            assert any(path in f"{flaw.file}: {flaw.sentence}" for flaw in found)


def test_every_file_must_be_there() -> None:
    """A missing file of the present size is a flaw in its name; the rest is still checked."""
    files = ledger(ENTRIES)
    for path in files.content.keys() - {"vkey"}:
        rest = {name: content for name, content in files.content.items() if name != path}
        assert [flaw.file for flaw in flaws(Files(rest))] == [path]


def test_bundle_and_tile_both_gone() -> None:
    """Where neither entries nor hashes can be read, the root does not come out either."""
    files = ledger(ENTRIES)
    del files.content["tile/entries/000"], files.content["tile/0/000"]
    found = [flaw.file for flaw in flaws(files)]
    assert found == ["tile/entries/000", "tile/0/000", "tile/1/000.p/2", "checkpoint"]


def test_a_full_file_stands_in_for_a_partial_one() -> None:
    """A log that has grown may have dropped the partial files of the checkpoint's size."""
    files, grown = ledger(ENTRIES[:300]), ledger(ENTRIES)
    full = {path: raw for path, raw in grown.content.items() if ".p/" not in path}
    full["tile/1/000.p/1"] = files.content["tile/1/000.p/1"]
    assert flaws(Files({**full, "checkpoint": files.content["checkpoint"]})) == []


def test_a_rewritten_entry_is_found_against_an_older_checkpoint() -> None:
    """A log that signs a changed history is sound by itself, and caught by whoever kept a checkpoint."""
    older = bytes(signed(extend(Edge(), ENTRIES[:400])[0]))
    rewritten = ledger([*ENTRIES[:10], disclosure(999_999), *ENTRIES[11:]])
    assert flaws(rewritten) == []
    assert [flaw.sentence for flaw in flaws(rewritten, old=older)] == [
        "the first 400 entries are not those of the old checkpoint."
    ]


def test_a_shrunk_ledger_is_found() -> None:
    """A log that took entries back is caught, and so is a checkpoint of another log or without a key."""
    older = bytes(signed(extend(Edge(), ENTRIES)[0]))
    assert "shrunk from 700 to 400" in flaws(ledger(ENTRIES[:400]), old=older)[0].sentence
    assert flaws(ledger(ENTRIES), old=older[:-8])[0].file == "old checkpoint"
    assert flaws(ledger(ENTRIES), old=b"")[0].file == "old checkpoint"


def test_an_older_checkpoint_of_another_log() -> None:
    """An older checkpoint of another log that the policy trusts says nothing about this one."""
    other = signed(extend(Edge(), ENTRIES)[0], origin="ledger.example/other")
    both = policy_of_keys([LOG_VKEY, type(LOG_VKEY)("ledger.example/other", 1, LOG_VKEY.public)])
    findings = verify_ledger(ledger(ENTRIES), both, old=bytes(other))
    assert [flaw.sentence for flaw in findings if isinstance(flaw, Flaw)] == ["it is of another log."]


def test_without_a_checkpoint_nothing_else_is_said() -> None:
    """A missing or unsigned checkpoint ends the verification with that flaw."""
    files = ledger(ENTRIES)
    del files.content["checkpoint"]
    assert [flaw.sentence for flaw in flaws(files)] == ["it is missing or empty."]


def test_a_wrong_root_is_a_flaw_of_the_checkpoint() -> None:
    """A signed checkpoint whose root is not that of the entries is told."""
    files = ledger(ENTRIES)
    files.content["checkpoint"] = bytes(signed(extend(Edge(), [*ENTRIES[:-1], b"other"])[0]))
    found = flaws(files)
    assert Flaw("checkpoint", "its root is not the root over the entries.") in found


def test_entries_out_of_place_are_told_by_their_number() -> None:
    """A disclosure that should not be is a flaw only when entries are asked for."""
    files = ledger([*ENTRIES, disclosure(1, purpose="advertising"), b"no entry"])
    assert flaws(files) == []
    assert [flaw.file for flaw in flaws(files, entries=True)] == ["entry 700", "entry 701"]


def test_a_bundle_of_another_length_is_told() -> None:
    """A bundle with an entry more or fewer, or cut short, is a flaw."""
    files = ledger(ENTRIES[:300])
    path = "tile/entries/001.p/44"
    for raw in (encode_bundle(ENTRIES[256:299]), encode_bundle(ENTRIES[256:301]), files.content[path][:-1]):
        assert path in {flaw.file for flaw in flaws(Files({**files.content, path: raw}))}


@dataclass
class Unreachable(Files):
    """A ledger that cannot be reached."""

    def read(self, path: str) -> bytes:
        """Fail."""
        raise Unavailable("no route")


def test_a_ledger_out_of_reach_is_no_flaw() -> None:
    """If the ledger cannot be asked, the verification ends as unavailable, not as flawed."""
    with pytest.raises(Unavailable):
        flaws(Unreachable())
