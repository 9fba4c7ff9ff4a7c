"""The processes: one a picture, confined, bounded in number and time, ended and replaced whatever happens."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest
import uvloop

from bailment.model.errors import Unavailable
from bailment.people.picture_frames import HEAD, READY, Head
from bailment.people.pictures import BadPicture, Flaw, Limits, Picture, PictureWorkers
from tests.support.pictures import opened, plain

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds processes in /proc")

# The worker of production, but a picture may tell it to die or to stop, as a broken decoder might.
MOODY = """
import os, signal
from bailment.people import picture_worker
decode = picture_worker.decode
def moody(raw, keep):
    if raw.endswith(b"die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if raw.endswith(b"crash"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if raw.endswith(b"leave"):
        os._exit(0)
    if raw.endswith(b"stop"):
        os.kill(os.getpid(), signal.SIGSTOP)
    return decode(raw, keep)
picture_worker.decode = moody
picture_worker.main()
"""
RED = plain("GIF", colour="red")


def python(source: str) -> tuple[str, ...]:
    """Return a command for a program."""
    return (sys.executable, "-P", "-c", source)


def answering(answer: bytes) -> tuple[str, ...]:
    """Return a worker that says it is ready and then answers with these bytes, whatever it is asked."""
    return python(f"import os; os.write(1, {READY!r}); os.read(0, 100); os.write(1, {answer!r})")


def children() -> dict[int, str]:
    """Return this process's children with their states."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == os.getpid():
            found[int(stat.parent.name)] = state
    return found


def command_lines() -> list[bytes]:
    """Return the command lines of all processes."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(each.read_bytes())
    return found


async def gone(mark: str) -> None:
    """Wait until no process has this in its command line."""
    while True:
        if not any(mark.encode() in line for line in command_lines()):
            return
        await asyncio.sleep(0.01)


async def stopped(but: frozenset[int] = frozenset()) -> int:
    """Wait until a child has stopped itself; return its id."""
    while True:
        for number, state in children().items():
            if state == "T" and number not in but:
                return number
        await asyncio.sleep(0.01)


Make = Callable[..., PictureWorkers]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Give a maker of workers, which are closed at the end and leave no process behind."""
    before = children().keys()
    made: list[PictureWorkers] = []

    def make(command: tuple[str, ...] = python(MOODY), **limits: float) -> PictureWorkers:
        made.append(PictureWorkers(Limits(**limits), command=command))  # type: ignore[arg-type]  # As named.
        return made[-1]

    yield make
    for each in made:
        await each.close()
    assert children().keys() <= before


async def flaw_of(workers: PictureWorkers, raw: bytes) -> Flaw:
    """Return why a picture is not taken."""
    with pytest.raises(BadPicture) as refused:
        await workers.prepare(raw)
    return refused.value.flaw


@pytest.mark.parametrize("mood", [b"die", b"crash", b"leave"])
async def test_a_worker_that_ends_costs_its_picture_alone(make: Make, mood: bytes) -> None:
    """A picture whose decoder crashes or is killed is refused, and the next one is taken."""
    workers = make()
    assert await flaw_of(workers, RED + mood) is Flaw.WORK
    assert (await workers.prepare(RED)).width == 64


async def test_a_worker_that_is_killed_in_the_middle_costs_its_picture_alone(make: Make) -> None:
    """Where somebody kills the process from outside, the same holds."""
    workers = make()
    asked = asyncio.create_task(flaw_of(workers, RED + b"stop"))
    os.kill(await stopped(), signal.SIGKILL)
    assert await asked is Flaw.WORK
    assert (await workers.prepare(RED)).width == 64


async def test_a_worker_that_takes_too_long_is_ended(make: Make) -> None:
    """At the deadline the process is killed; no zombie of it stays."""
    workers = make(deadline_s=0.5)
    assert await flaw_of(workers, RED + b"stop") is Flaw.WORK
    assert "T" not in children().values()


async def test_a_caller_who_goes_takes_the_worker_along(make: Make) -> None:
    """Where the caller is cancelled, the process is ended and the turn given on."""
    workers = make(workers=1)
    asked = asyncio.create_task(workers.prepare(RED + b"stop"))
    number = await stopped()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert number not in children()
    assert (await workers.prepare(RED)).width == 64


async def test_too_many_at_once_are_turned_away(make: Make) -> None:
    """With all workers busy and the queue full, the next caller is told so; the others are served."""
    workers = make(workers=1, most_waiting=1)
    busy = asyncio.create_task(flaw_of(workers, RED + b"stop"))
    number = await stopped()
    waiting = asyncio.create_task(workers.prepare(RED))
    await asyncio.sleep(0)  # Lets the task begin, and so take its place in the queue.
    with pytest.raises(Unavailable, match="send this one again later"):
        await workers.prepare(RED)
    os.kill(number, signal.SIGKILL)
    assert await busy is Flaw.WORK
    assert (await waiting).width == 64
    assert (await workers.prepare(RED)).width == 64


async def test_only_so_many_run_at_once(make: Make) -> None:
    """Two workers are two processes, however many ask."""
    workers = make(workers=2)
    asked = [asyncio.create_task(flaw_of(workers, RED + b"stop")) for _ in range(4)]
    first = await stopped()
    second = await stopped(frozenset({first}))
    assert children().keys() & {first, second} == {first, second}
    assert list(children().values()).count("T") == 2
    await workers.close()
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in ended] == [Unavailable] * 4


async def test_several_at_once_get_their_own(make: Make) -> None:
    """Each caller gets the picture that it sent."""
    workers = make()
    colours = {(255, 0, 0): "red", (0, 128, 0): "green", (0, 0, 255): "blue", (0, 0, 0): "black"}
    asked = [workers.prepare(plain("GIF", colour=name)) for name in colours.values()]
    pictures: list[Picture] = await asyncio.gather(*asked)
    assert [opened(each.image).getpixel((5, 5)) for each in pictures] == list(colours)


async def test_after_closing_nothing_is_taken(make: Make) -> None:
    """Closing ends what runs, and whoever comes later is told; closing twice is fine."""
    workers = make()
    asked = asyncio.create_task(workers.prepare(RED + b"stop"))
    await stopped()
    await workers.close()
    await workers.close()
    assert "T" not in children().values()
    for late in (asked, workers.prepare(RED)):
        with pytest.raises(Unavailable, match="the server is ending"):
            await late


SOUND = Head(0, 9, 9, 9, 9, 3, 3, 0, 0)
JPEG_START = b"\xff\xd8\xff"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x63",
        b"\0",
        b"\0" + HEAD.pack(*SOUND),
        b"\0" + HEAD.pack(*SOUND) + b"PNG" + JPEG_START,
        b"\0" + HEAD.pack(*SOUND) + JPEG_START + b"GIF",
        b"\0" + HEAD.pack(*SOUND._replace(written=2)) + JPEG_START * 2,
        b"\0" + HEAD.pack(*SOUND._replace(width=0)) + JPEG_START * 2,
        b"\0" + HEAD.pack(*SOUND._replace(width=16_385)) + JPEG_START * 2,
        b"\0" + HEAD.pack(*SOUND._replace(width=9000, height=9000)) + JPEG_START * 2,
        b"\0" + HEAD.pack(*SOUND._replace(thumbnail_width=1601)) + JPEG_START * 2,
        b"\0" + HEAD.pack(*SOUND._replace(image_bytes=2**32 - 1)) + JPEG_START * 2,
        b"\0" + HEAD.pack(*SOUND._replace(place_bytes=13)) + b"1.00000,2.000" + JPEG_START * 2,
        b"\0" + HEAD.pack(*SOUND._replace(place_bytes=15)) + b"1.00000,2.00000" + JPEG_START * 2,
        b"\0" + HEAD.pack(*SOUND._replace(camera_bytes=1)) + b"\n" + JPEG_START * 2,
        b"\0" + HEAD.pack(*SOUND._replace(camera_bytes=1)) + b"\xff" + JPEG_START * 2,
    ],
)
async def test_what_no_sound_worker_says_is_not_believed(make: Make, answer: bytes) -> None:
    """A process that was taken over can lie about its own picture at most, within the limits."""
    assert await flaw_of(make(answering(answer)), RED) is Flaw.WORK


async def test_a_sound_answer_is_believed(make: Make) -> None:
    """The answer that the lies above are made from is taken."""
    picture = await make(answering(b"\0" + HEAD.pack(*SOUND) + JPEG_START * 2)).prepare(RED)
    assert picture == Picture(JPEG_START, "image/jpeg", 9, 9, JPEG_START, 9, 9, {})


async def test_an_endless_answer_ends(make: Make) -> None:
    """Of a process that never stops writing no more is read than a picture can have."""
    endless = f"import os\nos.write(1, {READY!r})\nwhile True: os.write(1, bytes(65536))"
    assert await flaw_of(make(python(endless)), RED) is Flaw.WORK


async def test_what_a_worker_leaves_behind_is_ended_too(make: Make) -> None:
    """A process that was taken over and started another, as root could, takes it along."""
    mark = os.urandom(16).hex()
    leaving = (
        f"import os, time; mark = '{mark}'\n"
        "if os.fork() == 0: time.sleep(600)\n"
        f"os.write(1, {READY!r}); os.read(0, 100); os.write(1, bytes([5]))"
    )
    assert await flaw_of(make(python(leaving)), RED) is Flaw.BROKEN
    await gone(mark)


@pytest.mark.parametrize(
    "command",
    [("/nowhere/to/be/found",), python("import sys; sys.exit(1)"), python("import os; os.write(1, b'?')")],
)
async def test_a_worker_that_does_not_begin_is_not_the_pictures_fault(
    make: Make, command: tuple[str, ...]
) -> None:
    """Where no process can be started, the caller is told to come again, not to change the picture."""
    with pytest.raises(Unavailable):
        await make(command).prepare(RED)


async def test_a_worker_that_hangs_before_it_begins_is_ended(make: Make) -> None:
    """A process that says nothing is not waited for for ever."""
    with pytest.raises(Unavailable):
        await make(python("import time; time.sleep(600)"), start_s=0.3).prepare(RED)


async def test_the_worker_gets_no_secret_of_the_server(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment has what Python needs, not a database's password; its descriptors are its own three."""
    monkeypatch.setenv("BAILMENT_DATABASE", "postgresql://someone:secret@nowhere")
    looking = (
        "import os\n"
        "sound = not [name for name in os.environ if 'BAIL' in name or 'PATH' == name]\n"
        "sound = sound and len(os.listdir('/proc/self/fd')) == 4\n"  # And the one that lists.
        f"os.write(1, {READY!r}); os.read(0, 100); os.write(1, bytes([4 if sound else 5]))"
    )
    one_more = os.open(os.devnull, os.O_RDONLY)
    try:
        os.set_inheritable(one_more, True)  # noqa: FBT003 - the function takes it by position.
        assert await flaw_of(make(python(looking)), RED) is Flaw.SIDE
    finally:
        os.close(one_more)


def confined(deed: str, cpu_s: int = 5) -> "subprocess.CompletedProcess[str]":
    """Do something in a process that is confined as the worker is."""
    source = (
        "import os, socket, sys, threading\n"
        "from bailment.people.picture_worker import confine\n"
        # The number of processes is not limited for root.
        "if os.geteuid() == 0: os.setuid(65534)\n"
        f"confine({cpu_s}, 1 << 30)\n"
        f"try:\n    {deed}\n"
        "except (OSError, MemoryError, ImportError, RuntimeError) as error:\n"
        "    print('refused', type(error).__name__)\n"
        "else:\n"
        "    print('done')\n"
    )
    return subprocess.run(python(source), capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "deed",
    [
        "open('/etc/passwd')",
        "open('/proc/self/environ')",
        "open('bailment-test-made-this', 'x')",
        "socket.socket()",
        "socket.create_connection(('127.0.0.1', 9))",
        "os.pipe()",
        "os.dup(0)",
        "__import__('wave')",
        "os.fork()",
        "threading.Thread(target=print).start()",
        "bytearray(1 << 30)",
    ],
)
def test_a_confined_process_can_only_compute(deed: str) -> None:
    """It opens no file or connection, loads and starts nothing, and takes no more memory than it may."""
    assert confined(deed).stdout.startswith("refused")


def test_a_confined_process_writes_no_file(tmp_path: Path) -> None:
    """Not even a file that it was given grows."""
    confining = "import os\nfrom bailment.people.picture_worker import confine\nconfine(5, 1 << 30)\n"
    source = confining + "os.write(1, b'x')"
    with (tmp_path / "given").open("wb") as given:
        done = subprocess.run(python(source), stdout=given, stderr=subprocess.PIPE, text=True, check=False)
    assert "File too large" in done.stderr
    assert (tmp_path / "given").read_bytes() == b""


async def test_what_a_decoder_mutters_is_heard_by_nobody(
    make: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    """What a worker writes to standard error, which may quote the picture, is not in the server's traces."""
    muttering = f"import os; os.write(1, {READY!r}); os.write(2, os.read(0, 100)); os.write(1, bytes([5]))"
    assert await flaw_of(make(python(muttering)), RED) is Flaw.BROKEN
    assert capfd.readouterr().err == ""


def test_a_confined_process_runs_out_of_time() -> None:
    """The system itself ends it when its processor time is used up."""
    assert -confined("exec('while True: pass')", cpu_s=1).returncode in {signal.SIGXCPU, signal.SIGKILL}


def test_it_works_on_the_loop_that_serves() -> None:
    """On uvloop, which the server runs on, pictures are taken, crashes told, and processes ended."""

    async def main() -> tuple[int, Flaw]:
        workers = PictureWorkers(Limits(workers=1), command=python(MOODY))
        flaw = await flaw_of(workers, RED + b"die")
        taken = await asyncio.gather(*(workers.prepare(RED) for _ in range(3)))
        busy = asyncio.create_task(workers.prepare(RED + b"stop"))
        await stopped()
        await workers.close()
        with pytest.raises(Unavailable):
            await busy
        return len(taken), flaw

    before = children().keys()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(main()) == (3, Flaw.WORK)
    assert children().keys() <= before
