"""`bailment`: the root of the command line."""

import os
import sys

import typer

from bailment.cli import (
    ask,
    client,
    ledger,
    operations,
    people,
    person,
    phone,
    reports,
    screen,
    server,
    winddown,
)
from bailment.cli.common import reported

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Lend a platform's user data to partners, on terms that are enforced or evidenced.",
)
server.register(app)
app.add_typer(client.client, name="client")
app.add_typer(person.grant, name="grant")
app.add_typer(person.setting, name="setting")
app.add_typer(person.person, name="person")
app.add_typer(people.app, name="people")
app.add_typer(ledger.ledger, name="ledger")
app.add_typer(ledger.disclosure, name="disclosure")
app.add_typer(ask.ask, name="ask")
app.command("screen")(screen.screen)
app.add_typer(phone.app, name="phone")
operations.register(app)
winddown.register(app)
reports.register(app)


def run() -> None:
    """Run the command line; an error of ours is one line and an exit status."""
    try:
        with reported():
            app()
    except SystemExit as end:
        _leave(end.code if isinstance(end.code, int) else 1)


def _leave(status: int) -> None:
    """Exit, and do not tear the interpreter down where a server ran in this process.

    Granian's embedded server says that it has stopped a moment before its own threads have, and such a
    thread aborts the process when it finds the interpreter gone.
    """
    if "granian" not in sys.modules:
        sys.exit(status)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
