"""The standalone verifier: `verify DIR_OR_URL`, on the standard library and `cryptography` alone.

It imports no server code, so that whoever does not trust the gateway can read all that runs here:
`bailment.ledger` and `bailment.model`. It prints what it checked, line by line, and a verdict.

Exit status: 0 if everything holds, 1 on any flaw, 2 on wrong usage or a ledger out of reach.

Trust anchors come from `--policy` or `--vkey`. Without them the keys that lie beside the ledger
are used, which shows that it agrees with itself, not whose it is; the output says so.
"""

import argparse
import http.client
import json
import os
import re
import sys
import zlib
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from bailment.ledger.note import MAX_NOTE_BYTES, parse_vkey
from bailment.ledger.policy import MAX_POLICY_BYTES, Policy, parse_policy, policy_of_keys
from bailment.ledger.proof import MAX_PROOF_BYTES, parse_proof, verify_proof
from bailment.ledger.slot_proof import MAX_SLOT_PROOF_BYTES, parse_slot_proof, verify_slot_proof
from bailment.ledger.tiles import MAX_BUNDLE_BYTES, MAX_ENTRY_BYTES, Missing
from bailment.ledger.tree import leaf_hash
from bailment.ledger.verify import Checked, Flaw, LedgerReader, verify_ledger
from bailment.model.errors import Malformed, Tampered, Unavailable
from bailment.model.fields import names_of

_SOUND, _FLAWED, _USAGE = 0, 1, 2
_TIMEOUT_S = 30
_OK, _NOT_FOUND = 200, 404
_MAX_FLAWS_SHOWN = 100
_SELF = "key taken from the ledger itself: this shows consistency, not identity"


class Folder:
    """Reads a ledger's files from a folder."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        if not root.is_dir():
            raise Unavailable(f"{root} is not a folder")

    def read(self, path: str) -> bytes:
        """Return the whole file."""
        try:
            # A million entries are 8,000 files.
            with open(f"{self._root}/{path}", "rb", buffering=0) as file:  # noqa: PTH123 - quicker
                if os.fstat(file.fileno()).st_size > MAX_BUNDLE_BYTES:
                    raise Missing(f"{path} is larger than any file of a ledger")
                return file.readall()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise Missing(f"{path} is missing") from None
        except OSError as error:
            raise Unavailable(f"{path} cannot be read: {error.strerror}") from error

    def close(self) -> None:
        """Do nothing: no file stays open."""

    def partials(self, path: str) -> Collection[int]:
        """Return the widths of the partial files that stand beside a full one."""
        try:
            names = [entry.name for entry in Path(f"{self._root}/{path}.p").iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise Unavailable(f"{path}.p cannot be read: {error.strerror}") from error
        return sorted(int(name) for name in names if re.fullmatch("[1-9][0-9]{0,2}", name))


class Site:
    """Reads a ledger's files from a web server, over one connection that is kept."""

    def __init__(self, url: str) -> None:
        try:
            self._url = urlsplit(url.rstrip("/"))
            self._connection = _connect(self._url)
        except ValueError as error:
            raise Unavailable(f"{url} is not the address of a ledger") from error

    def read(self, path: str) -> bytes:
        """Return the whole file."""
        try:
            try:
                return self._get(path)
            except ConnectionError:
                # A server may close a connection that it kept: one new attempt is due.
                self._connection.close()
                return self._get(path)
        except (OSError, ValueError, http.client.HTTPException, EOFError, zlib.error) as error:
            raise Unavailable(f"{path} cannot be fetched: {error}") from error

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def partials(self, path: str) -> Collection[int]:  # noqa: ARG002 - a server tells no names
        """Return nothing: a web server does not say which files it has."""
        return ()

    def _get(self, path: str) -> bytes:
        headers = {"Accept-Encoding": "gzip, identity", "User-Agent": "bailment-verify"}
        self._connection.request("GET", f"{self._url.path}/{path}", headers=headers)
        response = self._connection.getresponse()
        body = response.read(MAX_BUNDLE_BYTES + 1)
        if response.status == _NOT_FOUND:
            response.read()
            raise Missing(f"{path} is missing")
        if response.status != _OK or len(body) > MAX_BUNDLE_BYTES:
            raise Unavailable(f"{path} cannot be fetched: status {response.status}")
        return _gunzip(body) if response.headers.get("Content-Encoding") == "gzip" else body


def _gunzip(body: bytes) -> bytes:
    """Decompress, up to the size of the greatest bundle: no more is read from a bomb."""
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    content = stream.decompress(body, MAX_BUNDLE_BYTES)
    if not stream.eof:
        raise EOFError("compressed file cut short or too large")
    return content


def _connect(url: SplitResult) -> http.client.HTTPConnection:
    """Make a connection, which opens when first used (ValueError: not a web address)."""
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise ValueError("not a web address")
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    return kind(url.hostname, url.port, timeout=_TIMEOUT_S)


@dataclass(frozen=True, slots=True)
class Anchors:
    """A policy and, if it was not the verifier's own, what must be said about that."""

    policy: Policy
    remark: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.proof is not None:
            return _verify_proof(options)
        if options.slot is not None:
            return _verify_slot(options)
        return _verify_ledger(options)
    except (Unavailable, Malformed) as error:
        print(f"verify: {error}", file=sys.stderr)
        return _USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verify", description="Verify a ledger, or one entry's proof, offline."
    )
    parser.add_argument("ledger", nargs="?", metavar="DIR_OR_URL", help="folder or address")
    parser.add_argument("--policy", type=Path, help="your trust policy (C2SP tlog-policy)")
    parser.add_argument("--vkey", help="the log's verifier key, or a file with one per line")
    parser.add_argument("--from", dest="old", type=Path, help="an older checkpoint that you kept")
    parser.add_argument("--entries", action="store_true", help="decode and replay every entry")
    parser.add_argument("--proof", type=Path, help="a .tlog-proof file, instead of a ledger")
    parser.add_argument("--slot", type=Path, help="a slot proof of a person's report, instead of a ledger")
    parser.add_argument("--entry", type=Path, help="the entry that the proof is about")
    return parser


def _verify_ledger(options: argparse.Namespace) -> int:
    if options.ledger is None:
        raise Malformed("say which ledger: a folder or an address")
    source: str = options.ledger
    old = None if options.old is None else _load(options.old, MAX_NOTE_BYTES)
    with closing(open_ledger(source)) as reader:
        anchors = find_anchors(options, reader)
        _say(anchors.remark)
        flaws = 0
        for finding in verify_ledger(reader, anchors.policy, old=old, entries=options.entries):
            flaws += isinstance(finding, Flaw)
            if flaws <= _MAX_FLAWS_SHOWN or isinstance(finding, Checked):
                _say(spell_finding(finding))
    return _conclude(flaws)


def open_ledger(source: str) -> Folder | Site:
    """Return a reader of the ledger in a folder or at an address.

    Raises:
        Unavailable: it is neither.
    """
    return Site(source) if "://" in source else Folder(Path(source))


def spell_finding(finding: Checked | Flaw) -> str:
    """Say a finding in one line."""
    if isinstance(finding, Checked):
        return f"ok    {finding.sentence}"
    return f"FLAW  {finding.file}: {finding.sentence}"


def _conclude(flaws: int) -> int:
    """Print the verdict and return the exit status."""
    if flaws > _MAX_FLAWS_SHOWN:
        _say(f"      and {flaws - _MAX_FLAWS_SHOWN} more flaws")
    _say(f"verdict: {flaws} flaw(s): do not rely on this" if flaws else "verdict: everything holds")
    return _FLAWED if flaws else _SOUND


def _verify_proof(options: argparse.Namespace) -> int:
    if options.entry is None or (options.policy is None and options.vkey is None):
        raise Malformed("a proof needs --entry and your own --policy or --vkey")
    entry = _load(options.entry, MAX_ENTRY_BYTES)
    raw = _load(options.proof, MAX_PROOF_BYTES)
    policy = _own_policy(options)
    try:
        proof = parse_proof(raw)
        endorsed = verify_proof(proof, leaf_hash(entry), policy, every_key=True)
    except (Malformed, Tampered) as error:
        _say(spell_finding(Flaw(str(options.proof), f"{error}.")))
        return _conclude(1)
    checkpoint = endorsed.checkpoint
    _say(f"ok    entry {proof.index} of {checkpoint.size} in {checkpoint.origin}")
    _say(f"ok    cosigned by {', '.join(endorsed.witnesses) or 'no witness of the policy'}")
    return _conclude(0)


def _verify_slot(options: argparse.Namespace) -> int:
    if options.policy is None and options.vkey is None:
        raise Malformed("a slot proof needs your own --policy or --vkey")
    raw, policy = _load(options.slot, MAX_SLOT_PROOF_BYTES), _own_policy(options)
    try:
        proof = parse_slot_proof(json.loads(raw))
        entry, endorsed = verify_slot_proof(proof, policy)
    except (Malformed, Tampered, ValueError, RecursionError) as error:
        _say(spell_finding(Flaw(str(options.slot), f"{error}.")))
        return _conclude(1)
    partner, minute = entry.fields.get("partner"), entry.fields.get("minute")
    _say(f"ok    person {proof.person_id}: {', '.join(names_of(proof.mask)) or 'nothing'}")
    _say(f"ok    in slot {proof.slot} of a holding that a {entry.kind} to {partner} commits to")
    _say(f"ok    entered in minute {minute} (Unix minutes), in {endorsed.checkpoint.origin}")
    _say(f"ok    cosigned by {', '.join(endorsed.witnesses) or 'no witness of the policy'}")
    return _conclude(0)


def find_anchors(options: argparse.Namespace, reader: LedgerReader) -> Anchors:
    """Return the verifier's own anchors, or those beside the ledger with a warning."""
    if options.policy is not None or options.vkey is not None:
        return Anchors(_own_policy(options), "trust: your own policy or key")
    keys = _text(_beside(reader, "vkey"))
    own = policy_of_keys([parse_vkey(line) for line in keys.split()])
    try:
        stated = parse_policy(_beside(reader, "policy"))
    except Missing:
        return Anchors(own, f"trust: {_SELF}")
    # The ledger's own policy lends no trust, but with it damage to any signature is found.
    if not set(own.logs) <= set(stated.logs):
        raise Malformed("the ledger's vkey and policy files disagree: bring your own --policy")
    return Anchors(stated, f"trust: {_SELF} (its policy file likewise)")


def _beside(reader: LedgerReader, name: str) -> bytes:
    raw = reader.read(name)
    if len(raw) > MAX_POLICY_BYTES:
        raise Malformed(f"{name} is too large")
    return raw


def _own_policy(options: argparse.Namespace) -> Policy:
    if options.policy is not None:
        return parse_policy(_load(options.policy, MAX_POLICY_BYTES))
    given: str = options.vkey
    is_key = "+" in given and not Path(given).is_file()
    text = given if is_key else _text(_load(Path(given), MAX_POLICY_BYTES))
    return policy_of_keys([parse_vkey(line) for line in text.split()])


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Malformed("verifier key that is not UTF-8") from error


def _load(path: Path, limit: int) -> bytes:
    """Read one of the verifier's own files, up to a limit."""
    try:
        with path.open("rb") as file:
            raw = file.read(limit + 1)
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}") from error
    if len(raw) > limit:
        raise Malformed(f"{path} is too large")
    return raw


def _say(line: str) -> None:
    print(line)


if __name__ == "__main__":
    sys.exit(main())
