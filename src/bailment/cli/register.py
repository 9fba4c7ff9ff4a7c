"""The outsider's register: `register DIR_OR_URL`, rebuilt from verified entries alone.

It verifies as `verify` does, and while it reads each entry once it rebuilds the public register from the very
bytes that are verified. Like `verify` it imports no server code: `bailment.ledger` and `bailment.model`. On
any flaw there is no register.

With `--json` the register alone is printed, in the one spelling that the gateway serves too; what was checked
goes to standard error. Exit status: 0 if everything holds, 1 on any flaw, 2 on wrong usage or a ledger out of
reach.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bailment.cli.moment import parse_moment
from bailment.cli.verify import find_anchors, open_ledger, spell_finding
from bailment.clock import now_ms
from bailment.ledger.audit import Audit
from bailment.ledger.checkpoint import parse_checkpoint
from bailment.ledger.note import parse_note
from bailment.ledger.public_register import ledger_head, public_register, spell_register
from bailment.ledger.register_text import register_lines
from bailment.ledger.verify import CHECKPOINT, Flaw, LedgerReader, verify_ledger
from bailment.model.errors import Malformed, Unavailable

_SOUND, _FLAWED, _USAGE = 0, 1, 2


class _Held:
    """A ledger whose checkpoint was read once: a newer one must not come between the two uses of it."""

    def __init__(self, reader: LedgerReader) -> None:
        self._reader = reader
        self.checkpoint = reader.read(CHECKPOINT)

    def read(self, path: str) -> bytes:
        return self.checkpoint if path == CHECKPOINT else self._reader.read(path)

    def partials(self, path: str) -> Sequence[int]:
        return list(self._reader.partials(path))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        until = None if options.at is None else parse_moment(options.at)
        return _rebuild(options, until)
    except (Unavailable, Malformed) as error:
        print(f"register: {error}", file=sys.stderr)
        return _USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="register", description="Rebuild the public register from a ledger's verified entries."
    )
    parser.add_argument("ledger", metavar="DIR_OR_URL", help="folder or address")
    parser.add_argument("--policy", type=Path, help="your trust policy (C2SP tlog-policy)")
    parser.add_argument("--vkey", help="the log's verifier key, or a file with one per line")
    parser.add_argument("--at", help="as it stood at this instant (UTC): 2026-11-20T12:00Z, or a date")
    parser.add_argument("--json", action="store_true", help="print the register as JSON, and nothing else")
    return parser


def _rebuild(options: argparse.Namespace, until: int | None) -> int:
    where = sys.stderr if options.json else sys.stdout
    with closing(open_ledger(options.ledger)) as opened:
        reader = _Held(opened)
        anchors = find_anchors(options, reader)
        print(anchors.remark, file=where)
        audit = Audit(until)
        flaws = 0
        for finding in verify_ledger(reader, anchors.policy, entries=True, follow=audit.add):
            flaws += isinstance(finding, Flaw)
            print(spell_finding(finding), file=where)
    if flaws:
        print(f"verdict: {flaws} flaw(s): there is no register to rely on", file=where)
        return _FLAWED
    register = public_register(audit, ledger_head(parse_checkpoint(parse_note(reader.checkpoint).text)))
    if options.json:
        sys.stdout.write(spell_register(register).decode())
    else:
        print("\n".join(["", *register_lines(register, now_ms() if until is None else until)]))
    return _SOUND


if __name__ == "__main__":
    sys.exit(main())
