"""Trust policies: which logs and witnesses are believed, and how many of them it takes.

A policy is a text file with `log`, `witness`, `group` and one `quorum` line. It is the verifier's
own and must never be taken from the ledger that it judges.

One rule is stricter than the specification where the caller asks for it (`every_key`): of several
keys listed for one origin, all must have signed. Our logs sign with two, and a damaged one of two
signatures should be told, not passed over. Whoever retires a key takes it out of the policy.

Source: C2SP tlog-policy (June 2026).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bailment.ledger.checkpoint import Checkpoint, parse_checkpoint
from bailment.ledger.cosignature import verifier_for
from bailment.ledger.note import (
    COSIGNATURE_ED25519,
    COSIGNATURE_MLDSA44,
    ED25519,
    Note,
    VerifierKey,
    parse_note,
    parse_vkey,
    verify_note,
)
from bailment.model.errors import Malformed, Tampered

MAX_POLICY_BYTES = 1 << 20
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_BLANKS = re.compile(r"[ \t]+")
_LOG_TYPES = frozenset({ED25519, COSIGNATURE_MLDSA44})
_WITNESS_TYPES = frozenset({COSIGNATURE_ED25519, COSIGNATURE_MLDSA44})
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Endorsed:
    """A checkpoint that a policy accepts, with the keys and the witnesses that signed it."""

    checkpoint: Checkpoint
    log_keys: tuple[VerifierKey, ...]
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Named members of which at least `threshold` must have cosigned."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs by key, witnesses and groups by name, and the name of the quorum or `none`."""

    logs: tuple[VerifierKey, ...]
    witnesses: dict[str, VerifierKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = _NONE

    def endorse(self, raw_note: bytes, *, every_key: bool = False) -> Endorsed:
        """Accept a signed checkpoint, or say why not.

        Raises:
            Malformed: not a checkpoint.
            Tampered: not signed by a listed log, too few witnesses, or a bad signature.

        Source: tlog-policy, "What is a policy?".
        """
        note = parse_note(raw_note)
        checkpoint = parse_checkpoint(note.text)
        logs = [key for key in self.logs if key.name == checkpoint.origin]
        if not logs:
            raise Tampered("the checkpoint is of a log that the policy does not list")
        signed = self._signers(note, logs)
        log_keys = tuple(key for key in logs if key in signed)
        if not log_keys or (every_key and len(log_keys) < len(logs)):
            raise Tampered("a key that is listed for the log has not signed the checkpoint")
        witnesses = tuple(name for name, key in self.witnesses.items() if key in signed)
        if not self.is_quorum(witnesses):
            raise Tampered(f"too few witnesses: the quorum is {self.quorum}")
        return Endorsed(checkpoint, log_keys, witnesses)

    def is_quorum(self, witnesses: Sequence[str]) -> bool:
        """Say whether these witnesses suffice. Source: tlog-policy, "Defining the quorum"."""
        reached = set(witnesses)
        # Groups refer to names defined before them only, so one pass in order settles all.
        for name, group in self.groups.items():
            if len(reached.intersection(group.members)) >= group.threshold:
                reached.add(name)
        return self.quorum == _NONE or self.quorum in reached

    def _signers(self, note: Note, logs: Sequence[VerifierKey]) -> frozenset[VerifierKey]:
        """Verify every signature by a listed key."""
        keys = [*logs, *self.witnesses.values()]
        return frozenset(verify_note(note, [verifier_for(key) for key in keys]))


def policy_of_keys(keys: Sequence[VerifierKey]) -> Policy:
    """Return the policy that trusts these keys of a log and asks for no witness."""
    return Policy(tuple(keys))


def parse_policy(raw: bytes) -> Policy:
    """Parse a policy file.

    Raises:
        Malformed: anything outside the format, with the line's number.

    Source: tlog-policy, "Policy file syntax and structure". Octets above 0x7F are opaque, which
    surrogate escapes keep them.
    """
    if len(raw) > MAX_POLICY_BYTES or _FORBIDDEN.search(raw):
        raise Malformed("policy file with a control character, or above 1 MiB")
    draft = _Draft()
    for number, line in enumerate(raw.decode("utf-8", "surrogateescape").split("\n"), 1):
        words = [word for word in _BLANKS.split(line) if word]
        if words and not words[0].startswith("#"):
            try:
                draft.add(words)
            except Malformed as error:
                raise Malformed(error.message, where=f"line {number}") from error
    return draft.finish()


@dataclass(slots=True)
class _Draft:
    """A policy while its lines are read."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[str, VerifierKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    grouped: set[str] = field(default_factory=set)
    quorum: str | None = None

    def add(self, words: Sequence[str]) -> None:
        """Take one line in."""
        lines: dict[str, Callable[[Sequence[str]], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }
        if words[0] not in lines:
            raise Malformed("unknown keyword")
        lines[words[0]](words[1:])

    def finish(self) -> Policy:
        """Return the policy; its quorum must have been said."""
        if self.quorum is None:
            raise Malformed("policy without a quorum line")
        return Policy(tuple(self.logs), self.witnesses, self.groups, self.quorum)

    def _log(self, words: Sequence[str]) -> None:
        _expect(len(words) in {1, 2}, "log takes a key and maybe a URL")
        key = _key(words[0], _LOG_TYPES)
        _expect(all(key.public != other.public for other in self.logs), "duplicate log")
        self.logs.append(key)

    def _witness(self, words: Sequence[str]) -> None:
        _expect(len(words) in {2, 3}, "witness takes a name, a key and maybe a URL")
        key = _key(words[1], _WITNESS_TYPES)
        known = self.witnesses.values()
        _expect(all(key.public != other.public for other in known), "duplicate witness")
        self.witnesses[self._new_name(words[0])] = key

    def _group(self, words: Sequence[str]) -> None:
        _expect(len(words) > 2, "group takes a name, a threshold and members")
        name, threshold, *members = words
        for member in members:
            _expect(self._is_defined(member), "group with an unknown member")
            _expect(member not in self.grouped, "member of a group twice")
            self.grouped.add(member)
        name = self._new_name(name)
        self.groups[name] = Group(_threshold(threshold, len(members)), tuple(members))

    def _quorum(self, words: Sequence[str]) -> None:
        _expect(len(words) == 1 and self.quorum is None, "one quorum line with one name")
        _expect(words[0] == _NONE or self._is_defined(words[0]), "quorum with an unknown name")
        self.quorum = words[0]

    def _is_defined(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def _new_name(self, name: str) -> str:
        _expect(name != _NONE and not self._is_defined(name), "name that is taken")
        return name


def _threshold(text: str, members: int) -> int:
    """Parse a group's threshold: `all`, `any` or a number of members."""
    if text in {"all", "any"}:
        return members if text == "all" else 1
    _expect(text.isascii() and text.isdecimal() and text[0] != "0", "group without a threshold")
    _expect(len(text) < 10 and int(text) <= members, "group with too high a threshold")
    return int(text)


def _key(text: str, types: frozenset[int]) -> VerifierKey:
    key = parse_vkey(text)
    _expect(key.type in types, "key of a type that does not fit its role")
    return key


def _expect(holds: bool, message: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise Malformed(message)
