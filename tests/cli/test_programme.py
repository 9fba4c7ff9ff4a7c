"""The whole programme by commands: each a process of its own, most of them while the server runs."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.acme import (
    KEY,
    admission_file,
    hire_two,
    statement_file,
    uses_file,
)
from tests.support.command_line import HOST, CommandLine, Ended, fields_of, new_shell, served
from tests.support.crash_ledger import Published, receipts
from tests.support.outside import check_slot_proof, check_tlog_proof

APPROVED, OTHER = "a1" * 32, "b2" * 32


@dataclass
class Programme:
    """A served platform with one partner and one approved build, and its user's shell."""

    shell: CommandLine
    url: str
    second: str
    person: int = 1
    homes: int = field(default=0)

    @property
    def ledger(self) -> Path:
        """The published folder."""
        return self.shell.place / "data" / "ledger"

    @property
    def vkey(self) -> str:
        """The ledger's verifier key."""
        return (self.ledger / "vkey").read_text().strip()

    def phone(self, build: str = APPROVED, *, person: int = 1) -> tuple[str, str]:
        """Give a grant, enrol a phone with it; return the phone's home and the grant's id."""
        self.homes += 1
        home = str(self.shell.place / f"phone-{self.homes}")
        given = self.shell.does(
            "grant", "give", str(person), "--integration", "acme-hub", "--purpose", "address-book",
            "--country", "DE", "--friends", "name,city,email",
        )  # fmt: skip
        code = given.found(r"code +(\S+)")
        self.shell.does("phone", "enrol", "--url", self.url, "--code", code, "--build", build, "--home", home)
        return home, given.found(r"grant +(\S+)")


@pytest.fixture(scope="module")
def programme() -> Iterator[Programme]:
    """Set everything up by commands, the last steps beside the running server."""
    with new_shell(BAILMENT_LEDGER_NAME="acme.example/ledger") as shell:
        said = shell.does("people", "generate", "30", "--friendships", "120", "--seed", "7")
        assert said.out == "imported 30 persons and 120 friendships\n"
        vkey = (shell.place / "data" / "ledger" / "vkey").read_text().strip()
        witness = ("witness", "--dir", "witness", "--name", "witness.example", "--log", vkey)
        with shell.running(*witness) as (process, line):
            shell.variables["BAILMENT_WITNESSES"] = line.strip()
            with served(shell) as url:
                second = hire_two(shell)
                _admit(shell, second)
                _agree(shell, second)
                yield Programme(shell, url, second)
            process.terminate()
            assert process.wait() == 0


def _admit(shell: CommandLine, second: str) -> None:
    """See what blocks, file what is known of Acme, which screens it, and let two operators admit it."""
    shell.does("partner", "add", "acme", "--name", "Acme", "--country", "DE")
    assert "18 of 18 steps block" in shell.does("partner", "checklist", "acme").lines
    assert "the checklist of acme blocks" in shell.fails("partner", "admit", "acme", "--reason", "x").error
    said = shell.does("partner", "file", "acme", "--file", admission_file(shell.place))
    assert said.lines[0] == "admission file of acme: revision 1 is filed and in effect"
    assert shell.does("partner", "checklist", "acme").lines[-1] == "nothing blocks"
    admit = ("partner", "admit", "acme", "--reason", "every part has its evidence")
    assert "proposed" in shell.does(*admit).out
    assert "second operator" in shell.fails(*admit).error
    assert "admitted, in effect" in shell.does(*admit, **{KEY: second}).out


def _agree(shell: CommandLine, second: str) -> None:
    """Draft and sign the terms, submit and review the build."""
    shell.does(
        "agreement", "draft", "acme", "--self", "all", "--friends", "name,city", "--purpose", "address-book",
        "--partner-country", "DE", "--device-country", "DE", "--uses", uses_file(shell.place),
    )  # fmt: skip
    sign = ("agreement", "sign", "acme", "--version", "1", "--reason", "as negotiated")
    shell.does(*sign)
    assert "in force" in shell.does(*sign, **{KEY: second}).out
    shell.does("integration", "add", "acme-hub", "--partner", "acme", "--name", "Acme Hub")
    _approve(shell, second, APPROVED, "1.0")


def _approve(shell: CommandLine, second: str, digest: str, version: str) -> None:
    """Submit a build as the first operator and approve it as the second."""
    file = statement_file(shell.place, digest, version)
    assert "every check passes" in shell.does("build", "submit", "acme-hub", "--statement", file).out
    review = ("build", "review", "acme-hub", "--digest", f"sha256:{digest}", "--decision", "approve")
    assert "does not review" in shell.fails(*review, "--reason", "tested").error
    assert "is approved" in shell.does(*review, "--reason", "tested", **{KEY: second}).out


def test_a_phone_syncs_and_shows_what_it_holds(programme: Programme) -> None:
    """It holds its user's profile and friends, the second sync brings no change, showing asks nobody."""
    home, _ = programme.phone()
    first = programme.shell.does("phone", "sync", "--home", home)
    held = int(first.found(r"friends +(\d+) held; the whole list"))
    assert held > 0
    again = programme.shell.does("phone", "sync", "--home", home)
    assert f"friends  {held} held; changes: 0 new, 0 changed, 0 gone" in again.lines
    assert "me       unchanged" in again.lines
    shown = programme.shell.does("phone", "show", "--home", home)
    assert f"friends  {held}" in shown.lines


def test_a_closed_setting_takes_a_friend_away_at_the_next_sync(programme: Programme) -> None:
    """`setting set` beside the running server is in effect when it returns, for one partner or for all."""
    shell = programme.shell
    home, _ = programme.phone()
    friend = shell.does("phone", "sync", "--home", home).found(r"new: .*?\((\d+)\)")
    for partner in ([], ["--partner", "acme"]):
        said = shell.does("setting", "set", friend, "--fields", "none", *partner)
        assert said.out == "the setting is in effect\n"
        gone = shell.does("phone", "sync", "--home", home)
        assert "0 new, 0 changed, 1 gone" in gone.out
        assert gone.found(r"gone: .*?\((\d+)\)") == friend
        shell.does("setting", "set", friend, "--fields", "name,city", *partner)
        assert "1 new, 0 changed, 0 gone" in shell.does("phone", "sync", "--home", home).out


def held_in(synced: Ended) -> set[str]:
    """Return the friends that a first sync tells of."""
    return set(re.findall(r"\((\d+)\)", synced.out.partition("new: ")[2].splitlines()[0]))


def with_common_friend(programme: Programme, mine: set[str]) -> tuple[str, str]:
    """Return the phone of somebody who is not among these, and one of these whom it holds too."""
    for other in range(2, 31):
        if str(other) not in mine:
            home, _ = programme.phone(person=other)
            common = mine & held_in(programme.shell.does("phone", "sync", "--home", home))
            if common:
                return home, min(common)
    raise AssertionError("nobody has a friend in common")


def test_an_audience_takes_a_person_away_from_one_friend_alone(programme: Programme) -> None:
    """`setting set --friend` is in effect for that friend's phones; the person's setting holds besides."""
    shell = programme.shell
    home, _ = programme.phone()
    mine = held_in(shell.does("phone", "sync", "--home", home))
    other_home, friend = with_common_friend(programme, mine)
    said = shell.does("setting", "set", friend, "--fields", "none", "--friend", "1")
    assert said.out == "the setting is in effect\n"
    gone = shell.does("phone", "sync", "--home", home)
    assert "0 new, 0 changed, 1 gone" in gone.out
    assert gone.found(r"gone: .*?\((\d+)\)") == friend
    assert "0 new, 0 changed, 0 gone" in shell.does("phone", "sync", "--home", other_home).out
    shell.does("setting", "set", friend, "--fields", "all", "--friend", "1")
    assert "1 new, 0 changed, 0 gone" in shell.does("phone", "sync", "--home", home).out
    shell.does("setting", "set", friend, "--fields", "none", "--partner", "acme")
    for each in (home, other_home):
        assert "0 new, 0 changed, 1 gone" in shell.does("phone", "sync", "--home", each).out
    shell.does("setting", "set", friend, "--fields", "name,city", "--partner", "acme")


def test_a_hold_stops_a_partner_until_it_is_lifted(programme: Programme) -> None:
    """The next sync after `partner hold` is refused with the rule, until a second operator has lifted it."""
    home, _ = programme.phone()
    programme.shell.does("partner", "hold", "acme", "--reason", "a test")
    refused = programme.shell.fails("phone", "sync", "--home", home)
    assert refused.status == 1
    assert "partner.on-hold" in refused.error
    lift = ("partner", "lift", "acme", "--reason", "the test is over")
    assert "still lies" in programme.shell.does(*lift).out
    assert "partner.on-hold" in programme.shell.fails("phone", "sync", "--home", home).error
    programme.shell.does(*lift, **{KEY: programme.second})
    programme.shell.does("phone", "sync", "--home", home)


def test_an_unapproved_or_withdrawn_build_is_refused(programme: Programme) -> None:
    """A build counts as soon as it is approved, and no longer once that is withdrawn."""
    shell = programme.shell
    home, _ = programme.phone(OTHER)
    assert "build.not-approved" in shell.fails("phone", "sync", "--home", home).error
    _approve(shell, programme.second, OTHER, "1.1")
    shell.does("phone", "sync", "--home", home)
    shell.does("build", "withdraw", "acme-hub", "--digest", OTHER, "--reason", "a test")
    assert "build." in shell.fails("phone", "sync", "--home", home).error


def test_a_grant_may_be_for_several_purposes(programme: Programme) -> None:
    """`--purpose` repeats; each purpose gets the same fields, and one that is agreed is enough."""
    shell = programme.shell
    given = shell.does(
        "grant", "give", "1", "--integration", "acme-hub", "--purpose", "photos", "--purpose", "address-book",
        "--country", "DE", "--self", "name", "--friends", "name",
    )  # fmt: skip
    home = str(shell.place / "phone-of-two-purposes")
    enrol = ("--url", programme.url, "--code", given.found(r"code +(\S+)"), "--build", APPROVED)
    shell.does("phone", "enrol", *enrol, "--home", home)
    shell.does("phone", "sync", "--home", home)


def test_a_withdrawn_grant_shows_nothing_more(programme: Programme) -> None:
    """After `grant withdraw` the phone gets no answer; a second withdrawal is a clear error."""
    home, grant = programme.phone()
    programme.shell.does("phone", "sync", "--home", home)
    programme.shell.does("grant", "withdraw", "1", grant)
    assert "grant" in programme.shell.fails("phone", "sync", "--home", home).error
    assert "no such grant" in programme.shell.fails("grant", "withdraw", "1", grant).error


def test_a_report_is_proven_to_its_person_by_anyone(programme: Programme) -> None:
    """Every line's proofs hold under code that is not ours, and each shows the person's own slot."""
    shell, folder = programme.shell, programme.shell.place / "report"
    home, _ = programme.phone()
    first = shell.does("phone", "sync", "--home", home)
    friend = first.found(r"new: .*?\((\d+)\)")
    _index_of(programme, first.found(r"(?s)friends .*receipt (\S+)"))
    said = shell.does("person", "report", friend, "--prove", str(folder), "--reason", "audit")
    line = said.lines[0]
    assert line.startswith("Acme (acme): ")
    assert set(fields_of(line)) <= {"name", "city"}
    assert "evidence bound (build as declared by the client)" in line
    assert "friend" in line
    proofs = sorted(folder.iterdir())
    assert len(proofs) == int(said.found(r"on (\d+) friend"))
    for file in proofs:
        document, entry = check_slot_proof(file, programme.vkey)
        assert document["person"] == friend
        assert (entry["partner"], entry["build_evidence"]) == ("acme", "declared")
        shell.does("ledger", "verify", "--slot", str(file), "--vkey", programme.vkey)


def test_an_entry_is_proven_and_opened(programme: Programme) -> None:
    """`ledger prove` gives a proof that we and an outsider accept; `disclosure open` what is behind it."""
    shell, place = programme.shell, programme.shell.place
    home, _ = programme.phone()
    receipt = shell.does("phone", "sync", "--home", home).found(r"receipt (\S+)")
    index = _index_of(programme, receipt)
    shell.does("ledger", "prove", str(index), "--output", "proofs")
    proof, entry = place / "proofs" / f"{index}.tlog-proof", place / "proofs" / f"{index}.entry"
    assert check_tlog_proof(proof.read_text(), entry.read_bytes(), programme.vkey) == index
    policy = str(programme.ledger / "policy")
    said = shell.does("ledger", "verify", "--proof", str(proof), "--entry", str(entry), "--policy", policy)
    assert "cosigned by w1" in said.out
    assert shell.does("ledger", "prove", str(index)).out.startswith("c2sp.org/tlog-proof@v1\nindex ")
    entry.write_bytes(entry.read_bytes()[:-1] + b"?")
    flawed = shell.run("ledger", "verify", "--proof", str(proof), "--entry", str(entry), "--policy", policy)
    assert flawed.status == 1
    opened = json.loads(shell.does("disclosure", "open", str(index), "--reason", "audit").out)
    assert opened["entry"]["commitment"] == receipt
    assert (opened["details"]["person"], opened["details"]["route"]) == (1, "me")


def test_the_ledger_verifies_from_its_folder_and_over_http(programme: Programme) -> None:
    """Both ways, with a cosignature as the policy asks, and against an older checkpoint that was kept."""
    shell = programme.shell
    kept = shell.place / "kept"
    kept.write_bytes((programme.ledger / "checkpoint").read_bytes())
    home, _ = programme.phone()
    _index_of(programme, shell.does("phone", "sync", "--home", home).found(r"receipt (\S+)"))
    policy = str(programme.ledger / "policy")
    for ledger in (str(programme.ledger), f"{programme.url}/ledger"):
        said = shell.does("ledger", "verify", ledger, "--policy", policy, "--entries", "--from", str(kept))
        assert said.lines[-1] == "verdict: everything holds"
        assert "cosigned by w1" in said.out


def _index_of(programme: Programme, receipt: str) -> int:
    """Wait until the server has published the entry with this receipt, and return its index."""
    published = Published(programme.ledger)
    while receipt not in (places := receipts(published.entries())):
        time.sleep(0.05)
    return places[receipt]


def test_the_host_is_the_machine_itself(programme: Programme) -> None:
    """As shipped the server listens where nobody else can reach it."""
    assert programme.url.startswith(f"http://{HOST}:")
