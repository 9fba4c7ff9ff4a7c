"""`bailment winddown certificate --output` and `winddown verify`: what the generated commands cannot do.

The first writes a file; the second needs no platform, no network and no operator: whoever was handed a
certificate checks it against the ledger's published verifier key.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from bailment.app import Platform
from bailment.cli.common import acting, with_platform
from bailment.clock import now_ms
from bailment.ledger.certificate import Checked, check_certificate
from bailment.ledger.note import MAX_NOTE_BYTES, VerifierKey, parse_vkey
from bailment.model.errors import Malformed
from bailment.partners.certificate import Certificate, CertifyWinddown, show_certificate
from bailment.partners.plans import spell

GROUP = "winddown"


def register(root: typer.Typer) -> None:
    """Add the commands that read or write files to the group that `cli.operations` has made."""
    group = next(each.typer_instance for each in root.registered_groups if each.name == GROUP)
    if group is None:
        raise AssertionError("the group of wind-downs is not registered")
    group.command("certificate")(certificate)
    group.command("verify")(verify)


def certificate(
    partner: Annotated[str, typer.Argument(help="The partner's short name.")],
    output: Annotated[Path | None, typer.Option(help="Where to write it; printed if left out.")] = None,
) -> None:
    """Write the certificate of an ended agreement into a file, or print it."""

    async def work(platform: Platform) -> Certificate:
        office, actor = await acting(platform)
        return await show_certificate(office, actor, CertifyWinddown(partner), now_ms())

    found = with_platform(work)
    if output is None:
        print(found.certificate, end="")
        return
    output.write_bytes(found.certificate.encode())
    print(f"{output}: certificate {found.digest} of {found.partner}")


def verify(
    file: Annotated[Path, typer.Argument(help="The certificate.")],
    vkey: Annotated[
        list[str], typer.Option(help="The ledger's verifier key, or a file of it; repeat for more.")
    ],
) -> None:
    """Check a certificate offline and say what it shows."""
    with file.open("rb") as source:
        raw = source.read(MAX_NOTE_BYTES + 1)
    print("\n".join(lines_of(check_certificate(raw, [_key(each) for each in vkey]))))


def _key(text: str) -> VerifierKey:
    if "+" in text:
        return parse_vkey(text.strip())
    try:
        return parse_vkey(Path(text).read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed("neither a verifier key nor a file of one", where="vkey") from error


def lines_of(checked: Checked) -> list[str]:
    """Say what a certificate shows and what it does not."""
    said: Any = checked.statement
    last, wipes = said["last_disclosure"], said.get("wipes", {})
    shown, gone = "there never was a disclosure", "there never were any"
    if last is not None:
        shown = f"entry {last['index']}, minute {spell(last['minute'] * 60_000)}: its place is proven"
        gone = f"all sent or cut by {spell(last['out_by'])}" if "out_by" in last else "not waited for"
    return [
        f"signed       {', '.join(checked.keys)}",
        f"ended        {said['partner']}, agreement {said['agreement']}, {spell(said.get('ended_at'))}",
        f"last served  {shown}",
        f"last bytes   {gone}",
        f"disclosures  {said.get('disclosures')} in all",
        *(f"ended        {count} {kind}" for kind, count in said.get("ended", {}).items() if count),
        f"alive        {sum(said.get('alive', {}).values())} of {len(said.get('alive', {}))} kinds",
        *(f"wipes        {kind.replace('_', ' ')}: {_number(kind, count)}" for kind, count in wipes.items()),
        *(f"not known    {each}" for each in said.get("not_known", [])),
    ]


def _number(kind: str, value: int) -> str:
    return spell(value) if kind.endswith("_at") else str(value)
