"""The phone on the command line: what `bailment phone enrol|sync|show` do and print.

A home folder holds `key.json` and `phone.json`. Functions take a `say` to print with, and let errors of
the four families and `GatewayProblem` through to the command line.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bailment.model.errors import Conflict
from bailment.phone.address_book import Difference, Item, difference, display_name
from bailment.phone.client import PhoneClient, clock_s
from bailment.phone.key import DeviceKey, load_key, make_key, store_key
from bailment.phone.state import PhoneState, Synced, load_state, store_state, sync_state

VARIABLE = "BAILMENT_PHONE"
DEFAULT_HOME = ".bailment-phone"
DECLARED = "build as declared by the client"
_MOST_NAMES = 5

Say = Callable[[str], object]
NowS = Callable[[], int]


def home_of(chosen: Path | None, environment: Mapping[str, str]) -> Path:
    """Return the phone's folder: as chosen, else `$BAILMENT_PHONE`, else `~/.bailment-phone`."""
    return chosen or Path(environment.get(VARIABLE) or Path.home() / DEFAULT_HOME)


def enrol(home: Path, url: str, code: str, build: str, *, say: Say = print, now_s: NowS = clock_s) -> None:
    """Make the phone's key if it has none, spend the code, and store what came of it.

    The key is stored before the code is spent, so a crash between the two costs a new code only.

    Raises:
        Conflict: this folder holds an enrolled phone already.
        CodeRejected: the code is not good.
    """
    if load_state(_state_file(home)) is not None:
        raise Conflict(f"{home} holds an enrolled phone: choose another --home, or remove it")
    key = load_key(_key_file(home))
    if key is None:
        key = make_key()
        store_key(_key_file(home), key)
    with PhoneClient(url, key, build=build, now_s=now_s) as client:
        enrolment = client.enrol(code)
    expires_at = now_s() + enrolment.expires_in
    state = PhoneState(url.rstrip("/"), build, enrolment.device_id, enrolment.token, expires_at)
    store_state(_state_file(home), state)
    say(f"enrolled {enrolment.device_id} at {state.url}")
    say(f"key      {key.thumbprint()} (P-256, private half in {_key_file(home)}, mode 0600)")
    say(f"build    {build or 'none'} ({DECLARED})")


def sync(home: Path, *, say: Say = print, now_s: NowS = clock_s) -> Synced:
    """Bring the phone up to date, store it, and say what changed.

    Raises:
        Conflict: no phone is enrolled in this folder.
        GatewayProblem: a refusal; what the phone holds stays as it was.
    """
    state, key = _enrolled(home)
    client = PhoneClient(state.url, key, token=state.token, build=state.build, now_s=now_s)
    with client:
        synced = sync_state(state, client)
    store_state(_state_file(home), synced.state)
    for line in _sync_lines(state, synced):
        say(line)
    return synced


def show(home: Path, *, say: Say = print) -> None:
    """Print what the phone holds, without asking anyone.

    Raises:
        Conflict: no phone is enrolled in this folder.
    """
    state, _ = _enrolled(home)
    book = state.book
    say(f"{state.device_id} at {state.url}, build {state.build or 'none'} ({DECLARED})")
    say(f"me       {_line(book.me) if book.me else 'nothing held'}")
    say(f"friends  {len(book.friends)}")
    for item in sorted(book.friends.values(), key=display_name):
        say(f"  {_line(item)}")


def _key_file(home: Path) -> Path:
    return home / "key.json"


def _state_file(home: Path) -> Path:
    return home / "phone.json"


def _enrolled(home: Path) -> tuple[PhoneState, DeviceKey]:
    state, key = load_state(_state_file(home)), load_key(_key_file(home))
    if state is None or key is None:
        raise Conflict(f"no phone is enrolled in {home}: run `bailment phone enrol`")
    return state, key


def _sync_lines(before: PhoneState, synced: Synced) -> Iterable[str]:
    after, changes = synced.state.book, synced.changes
    if synced.me is None:
        me = "nothing is shown"
    elif synced.me.content is None:
        me = "unchanged"
    else:
        me = _line(synced.me.content)
    yield f"me       {me}"
    yield f"  receipt {synced.me_receipt}"
    how = "the whole list" if changes.whole else "changes"
    change = difference(before.book, after)
    yield f"friends  {len(after.friends)} held; {how}: {_counts(change)}"
    for word, ids, book in (
        ("new", change.new, after),
        ("changed", change.changed, after),
        ("gone", change.gone, before.book),
    ):
        if ids:
            yield f"  {word}: {_names(book.friends[person_id] for person_id in ids)}"
    yield f"  receipt {changes.receipt}"
    yield f"build    {synced.state.build or 'none'} ({DECLARED})"


def _counts(change: Difference) -> str:
    return f"{len(change.new)} new, {len(change.changed)} changed, {len(change.gone)} gone"


def _names(items: Iterable[Item]) -> str:
    names = [f"{display_name(item)} ({item['id']})" for item in items]
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _line(item: Item) -> str:
    fields = [name for name in item if name not in ("id", "since", "name")]
    return f"{display_name(item)} ({item.get('id')})" + (f": {', '.join(fields)}" if fields else "")
