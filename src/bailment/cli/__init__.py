"""The command line. Importing this package stays light: the verifier stands alone."""

import sys


def main() -> None:
    """Run `bailment`; `ledger verify` runs without loading anything of the server."""
    if sys.argv[1:3] == ["ledger", "verify"]:
        from bailment.cli.verify import main as verify

        sys.exit(verify(sys.argv[3:]))
    from bailment.cli.commands import run

    run()
