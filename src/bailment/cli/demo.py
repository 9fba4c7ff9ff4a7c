"""`bailment demo`: the whole story on a throwaway platform, told in lines, with real parts only.

Real HTTP between phone and gateway, a witness in a process of its own, and the verifier as a command of
its own. Everything it makes stays under `.bailment/demo/`.
"""

import asyncio
import contextlib
import shutil
import sys
import time
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bailment.answers.person import person_report
from bailment.app import Platform, newest_rows, office_of, open_platform, verifier_keys
from bailment.cli import demo_consent, demo_phones, demo_programme, stage
from bailment.cli.person import describe
from bailment.cli.serving import free_port, serving_platform, until_told_to_stop
from bailment.cli.stage_partner import LUMEN, open_to_apps
from bailment.clock import now_ms
from bailment.config import Config, WitnessConfig
from bailment.endpoints.console.codec import Row
from bailment.endpoints.console.routes import render_page
from bailment.model.errors import Unavailable
from bailment.partners import consent, holds
from bailment.people.sources import open_source
from bailment.phone import commands as phone
from bailment.phone.client import PhoneClient
from bailment.phone.key import load_key
from bailment.phone.problems import GatewayProblem
from bailment.phone.state import load_state
from bailment.seal.ledger_keys import load_or_make_keys
from bailment.seal.secret import random_token

ROOT = Path(".bailment/demo")
HOST = "127.0.0.1"
# A certificate waits for it: nobody wants to watch for half a minute.
MAX_SEND_S = 5
CONSOLE_ROWS = 50
LOGIN = "demo"
_WAIT_S, _MOST_WAITS = 0.05, 400


@dataclass(frozen=True, slots=True)
class Scene:
    """What the scenes share: the platform, the phone's folder and its user."""

    platform: Platform
    url: str
    phone: Path
    user: stage.Figure
    sign_ins: list[stage.SignIn] = field(default_factory=list)


def say(text: str = "") -> None:
    """Print one line of the story."""
    print(text, flush=True)


def title(text: str) -> None:
    """Begin a scene."""
    say(f"\n== {text}")


async def run_demo(people: str, *, serve: bool) -> None:
    """Tell the story; with `serve`, keep serving afterwards."""
    port, name = free_port(HOST), "demo.example/ledger"
    keys = await asyncio.to_thread(_clear)
    vkey = verifier_keys(load_or_make_keys(keys / "ledger.json", name))["vkey"]
    async with _witness(str(vkey)) as witness:
        url = f"http://{HOST}:{port}"
        config = Config(
            ROOT, url, name, witnesses=(witness,), console_key=random_token(), max_send_s=MAX_SEND_S
        )
        async with open_platform(config) as platform:
            await _tell(platform, people, port, serve=serve)


def _clear() -> Path:
    """Remove what an earlier demo made; return the folder of keys."""
    shutil.rmtree(ROOT, ignore_errors=True)
    keys = ROOT / "keys"
    keys.mkdir(parents=True, mode=0o700)
    return keys


async def _tell(platform: Platform, people: str, port: int, *, serve: bool) -> None:
    title("A platform and its people")
    imported = await stage.bring_people(platform, open_source(people))
    say(f"{imported.persons} persons and {imported.friendships} friendships from {people}")
    title("A partner is admitted by a checklist; two operators sign its agreement and approve a build")
    desk = await demo_programme.admit(platform, say)
    await asyncio.to_thread(_keep_key, desk.staff.first_key)
    say(f"partner {stage.PARTNER.name} ({stage.PARTNER.country}), agreement version 1 signed and in force")
    say(f"friends' fields it may receive at most: {', '.join(stage.FRIEND_FIELDS)}")
    digest = stage.APPROVED.digest.hex()
    say(f"build {stage.APPROVED.version} of {stage.INTEGRATION.name} approved: {digest[:16]}…")
    async with serving_platform(platform, HOST, port):
        scene = await _enrol(platform)
        await _first_sync(scene)
        await _friend_closes(scene)
        await _consent(scene)
        await _apps(scene, desk)
        await _unapproved_build(scene)
        title("A list published this morning has the partner on it")
        await demo_programme.match(desk, partial(_ask, scene, stage.APPROVED.digest.hex()))
        title("An agreement ends, at an instant that two operators signed")
        await demo_programme.wind_down(desk, ROOT, scene.user, _verify_certificate)
        await _hold(scene)
        await _report(scene)
        await _until_integrated(platform)
        await _verify(platform)
        if serve:
            await _keep_serving(scene)


def _keep_key(key: str) -> None:
    """Leave the first operator's key for who wants to look round; the platform is a throwaway."""
    path = ROOT / "keys" / "operator"
    path.touch(mode=0o600)
    path.write_text(f"{key}\n", encoding="ascii")


async def _enrol(platform: Platform) -> Scene:
    user = (await stage.figures(platform, 1))[0]
    scene = Scene(platform, platform.config.origin, ROOT / "phone", user)
    title(f"A phone, enrolled with its own key and granted by its user, {user.name}")
    code = await stage.give_code(platform, user.person_id)
    await asyncio.to_thread(phone.enrol, scene.phone, scene.url, code, stage.APPROVED.digest.hex(), say=say)
    return scene


async def _first_sync(scene: Scene) -> None:
    title("The phone asks for the profile and the friends; six rules decide, field by field")
    await asyncio.to_thread(phone.sync, scene.phone, say=say)
    rows = await newest_rows(scene.platform, 2)
    say(f"why ({rows[0].title}, {rows[0].outcome}):")
    for reason in rows[0].reasons:
        say(f"  {reason.rule:13}{reason.sentence}")


async def _friend_closes(scene: Scene) -> None:
    friend = await _some_visible_friend(scene)
    title(f"{friend.name}, a friend, closes the setting for friends' phones")
    began = time.perf_counter()
    await consent.change_setting(scene.platform.store, scene.platform.keys, friend.person_id, 0, now_ms())
    say(f"acknowledged as in effect after {_ms(began)}; the next sync:")
    await asyncio.to_thread(phone.sync, scene.phone, say=say)


async def _some_visible_friend(scene: Scene) -> stage.Figure:
    state = await asyncio.to_thread(load_state, scene.phone / "phone.json")
    if state is None or not state.book.friends:
        raise Unavailable("the demo's person has no friend who lets anything through: take another source")
    person_id = min(int(each) for each in state.book.friends)
    async with scene.platform.store.reading() as transaction:
        content = await transaction.content([person_id])
    return stage.Figure(person_id, stage.name_in(content[person_id][1]), 0)


async def _consent(scene: Scene) -> None:
    title(f"A television asks for a grant; {scene.user.name} signs in and answers, item by item")
    sign_in = await stage.give_sign_in(scene.platform, scene.user.person_id, LOGIN)
    await demo_consent.tell(scene.platform, ROOT, sign_in, say)
    scene.sign_ins.append(sign_in)


async def _apps(scene: Scene, desk: demo_programme.Desk) -> None:
    title("Apps that the handset has already: an address book, and statuses")
    await open_to_apps(office_of(scene.platform), desk.staff, LUMEN, now_ms())
    say(f"(two operators have opened {stage.INTEGRATION.name} to apps that register themselves)")
    await demo_phones.tell(scene.platform, ROOT, scene.sign_ins[0], say)


async def _unapproved_build(scene: Scene) -> None:
    title("The same phone declares a build that nobody approved")
    await asyncio.to_thread(_ask, scene, stage.UNAPPROVED.hex())


async def _hold(scene: Scene) -> None:
    title("The partner is put on hold")
    began = time.perf_counter()
    await holds.place_hold(scene.platform.store, stage.PARTNER.partner_id, "demo", now_ms())
    say(f"acknowledged as in effect after {_ms(began)}; the very next request:")
    await asyncio.to_thread(_ask, scene, stage.APPROVED.digest.hex())


def _ask(scene: Scene, build: str) -> None:
    """Ask for the friends as the enrolled phone, and say how the gateway answers."""
    key, state = load_key(scene.phone / "key.json"), load_state(scene.phone / "phone.json")
    if key is None or state is None:
        raise Unavailable("the demo's phone has lost its key")
    with PhoneClient(scene.url, key, token=state.token, build=build) as client:
        try:
            client.friends()
        except GatewayProblem as problem:
            say(f"refused ({problem.status}): {problem}")
        else:
            raise AssertionError("a request that must be refused was answered")


async def _report(scene: Scene) -> None:
    title(f"What partners hold of {scene.user.name}, and of a friend, as far as disclosures tell")
    friend = await _some_visible_friend(scene)
    for figure in (scene.user, friend):
        for line in await person_report(scene.platform.store, figure.person_id):
            say(f"{figure.name}: {describe(line)}")


async def _keep_serving(scene: Scene) -> None:
    await holds.lift_hold(scene.platform.store, stage.PARTNER.partner_id, now_ms())
    title("Serving (the hold is lifted); stop with Ctrl-C")
    say(f"disclosures as they arrive: {scene.url}/console?key={scene.platform.config.console_key}")
    say(f"make one: {Path(sys.argv[0])} phone sync --home {scene.phone}")
    for each in scene.sign_ins:
        say(f"{scene.user.name}'s devices and grants: {scene.url}/my/grants")
        say(f"  sign in as {each.login} with password {each.password}")
    await until_told_to_stop()


async def _until_integrated(platform: Platform) -> None:
    """Wait until the server's integrator has published everything that was recorded."""
    for _ in range(_MOST_WAITS):
        async with platform.store.reading() as transaction:
            state = await transaction.ledger_state()
            behind = await transaction.ready_entries(state, 1)
        published = platform.folder.read("checkpoint") if state.checkpoint else b""
        if not behind and published.startswith(state.checkpoint.partition(b"\n\n")[0]):
            return
        await asyncio.sleep(_WAIT_S)
    raise Unavailable("the ledger is not published")


async def _verify(platform: Platform) -> None:
    title("The ledger, verified offline by a command of its own")
    rows = await newest_rows(platform, CONSOLE_ROWS)
    await asyncio.to_thread(_write_page, rows)
    policy = ROOT / "policy"
    await asyncio.to_thread(policy.write_bytes, platform.folder.read("policy"))
    say("(the policy here is the platform's own; a verifier who trusts nobody brings one of theirs)")
    ledger = str(platform.config.ledger)
    await _run("ledger", "verify", ledger, "--policy", str(policy), "--entries")
    title("One entry, proven")
    index = await _index_of_first_disclosure(platform)
    proof, entry = ROOT / f"{index}.tlog-proof", ROOT / f"{index}.entry"
    await _run("ledger", "prove", str(index), "--output", str(ROOT))
    await _run("ledger", "verify", "--proof", str(proof), "--entry", str(entry), "--policy", str(policy))
    pages = await asyncio.to_thread(demo_programme.write_pages, platform, ROOT)
    say(f"\nEverything stays under {ROOT}/. Open in a browser:")
    for page in (ROOT / "consent.html", ROOT / "disclosures.html", ROOT / demo_phones.TIMELINE, *pages):
        say(f"  {page}")
    say(f"  {ROOT / demo_phones.CARDS} (in an address book)")


async def _verify_certificate(certificate: Path) -> None:
    """Check a wind-down's certificate by a command that has nothing but the ledger's key."""
    await _run("winddown", "verify", str(certificate), "--vkey", str(ROOT / "ledger" / "vkey"))


async def _index_of_first_disclosure(platform: Platform) -> int:
    rows = await newest_rows(platform, CONSOLE_ROWS)
    receipt = next(row.receipt for row in reversed(rows) if row.kind == "disclosure")
    async with platform.store.reading() as transaction:
        place = await transaction.place_of(urlsafe_b64decode(receipt + "="))
    if place is None:
        raise Unavailable("the ledger has not taken in the first disclosure")
    return place


def _write_page(rows: list[Row]) -> None:
    (ROOT / "disclosures.html").write_text(render_page(rows, live=False))


async def _run(*arguments: str) -> None:
    """Run `bailment` with these arguments as a process of its own, and show what it prints."""
    environment = {
        "BAILMENT_DATA": str(ROOT),
        "LANG": "C.UTF-8",
    }
    say(f"$ bailment {' '.join(arguments)}")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bailment.cli", *arguments, env=environment
    )
    if await process.wait() != 0:
        raise Unavailable(f"bailment {arguments[0]} {arguments[1]} failed")


@contextlib.asynccontextmanager
async def _witness(vkey: str) -> AsyncIterator[WitnessConfig]:
    """Run a witness in a process of its own; it says where it is and which keys it has."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bailment.cli", "witness", "--dir", str(ROOT / "witness"),
        "--name", "witness.example", "--log", vkey, stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # A Ctrl-C in the terminal must not end it before the last checkpoint.
    )  # fmt: skip
    if process.stdout is None:
        raise AssertionError("the witness has no output")
    try:
        url, *keys = (await process.stdout.readline()).decode().split()
        yield WitnessConfig(url, tuple(keys))
    finally:
        process.terminate()
        await process.wait()


def _ms(began: float) -> str:
    return f"{(time.perf_counter() - began) * 1000:.1f} ms"
