"""The phone on the command line: what the commands of `bailment phone` do and print.

A home folder holds `key.json` and `phone.json`. Functions take a `say` to print with, and let errors of
the four families and `GatewayProblem` through to the command line.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bailment.model.errors import Conflict, Malformed
from bailment.phone.address_book import AddressBook, Difference, Item, difference, display_name
from bailment.phone.client import PhoneClient, clock_s
from bailment.phone.key import DeviceKey, load_key, make_key, store_key
from bailment.phone.oauth import DeviceGrant, OAuthProblem
from bailment.phone.posts import read_picture, timeline_lines
from bailment.phone.problems import GatewayProblem
from bailment.phone.state import PhoneState, Synced, load_state, store_state, sync_state

VARIABLE = "BAILMENT_PHONE"
DEFAULT_HOME = ".bailment-phone"
DECLARED = "build as declared by the client"
_MOST_NAMES = 5
# A token that ends within this time is refreshed first.
_EARLY_S = 60

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
    key = _new_phone(home)
    with PhoneClient(url, key, build=build, now_s=now_s) as client:
        enrolment = client.enrol(code)
    expires_at = now_s() + enrolment.expires_in
    state = PhoneState(url.rstrip("/"), build, enrolment.device_id, enrolment.token, expires_at)
    store_state(_state_file(home), state)
    say(f"enrolled {enrolment.device_id} at {state.url}")
    _say_key_and_build(home, key, build, say)


def connect(
    home: Path,
    url: str,
    client_id: str,
    build: str,
    details: list[dict[str, Any]],
    *,
    say: Say = print,
    now_s: NowS = clock_s,
) -> None:
    """Get a grant by device code: show the code, wait until the person has answered, store what came of it.

    Raises:
        Conflict: this folder holds an enrolled phone already.
        OAuthProblem: the server or the person refuses.
    """
    key = _new_phone(home)
    with DeviceGrant(url, key, client_id, now_s=now_s) as grant:
        asked = grant.ask(details)
        say(f"open     {asked.verification_uri}")
        say(f"enter    {asked.user_code} (good for {asked.expires_in // 60} minutes)")
        tokens = grant.wait(asked)
    state = PhoneState(
        url.rstrip("/"),
        build,
        tokens.grant_id,
        tokens.access_token,
        now_s() + tokens.expires_in,
        client_id=client_id,
        refresh_token=tokens.refresh_token,
    )
    store_state(_state_file(home), state)
    say(f"granted  {tokens.grant_id} at {state.url}")
    for detail in tokens.details:
        own, friends = (", ".join(detail.get(ring, ())) or "nothing" for ring in ("self", "friends"))
        say(f"  {detail.get('purpose')}: of the user {own}; of friends {friends}")
    _say_key_and_build(home, key, build, say)


def _new_phone(home: Path) -> DeviceKey:
    """Return the phone's key, made and stored if it has none."""
    if load_state(_state_file(home)) is not None:
        raise Conflict(f"{home} holds an enrolled phone: choose another --home, or remove it")
    key = load_key(_key_file(home))
    if key is None:
        key = make_key()
        store_key(_key_file(home), key)
    return key


def _say_key_and_build(home: Path, key: DeviceKey, build: str, say: Say) -> None:
    say(f"key      {key.thumbprint()} (P-256, private half in {_key_file(home)}, mode 0600)")
    say(f"build    {build or 'none'} ({DECLARED})")


def sync(home: Path, *, say: Say = print, now_s: NowS = clock_s) -> Synced:
    """Bring the phone up to date, store it, and say what changed.

    Raises:
        Conflict: no phone is enrolled in this folder.
        GatewayProblem: a refusal; what the phone holds stays as it was, unless the gateway orders a wipe:
            then it is deleted, and the gateway told so.
        OAuthProblem: no fresh token is given, and no wipe was ordered.
    """
    state, key = _enrolled(home)
    ended: OAuthProblem | None = None
    try:
        state = _fresh(home, state, key, now_s)
    except OAuthProblem as problem:
        ended = problem  # A partner that has ended gives no tokens; its last word may be a wipe order.
    client = PhoneClient(state.url, key, token=state.token, build=state.build, now_s=now_s)
    with client:
        try:
            synced = sync_state(state, client)
        except GatewayProblem as problem:
            if problem.wipe:
                _wipe(home, state, client, problem.wipe, say)
            elif ended is not None:
                raise ended from problem
            raise
    store_state(_state_file(home), synced.state)
    for line in _sync_lines(state, synced):
        say(line)
    return synced


def _wipe(home: Path, state: PhoneState, client: PhoneClient, order: str, say: Say) -> None:
    """Delete all that is held, then say so: after a crash between the two the order comes again."""
    store_state(_state_file(home), replace(state, book=AddressBook()))
    say("wiped    the address book and the profile: the gateway ordered it")
    client.acknowledge_wipe(order)
    say(f"  acknowledged {order}")


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


def post(
    home: Path, text: str, photo: Path | None = None, *, say: Say = print, now_s: NowS = clock_s
) -> None:
    """Post a status, with a picture if there is one.

    Raises:
        Conflict: no phone is enrolled in this folder.
        Malformed: the picture cannot be read, or is none of a type that is taken.
        GatewayProblem: a refusal; a picture that went before it is at the gateway, and nobody else sees it.
    """
    with _client(home, now_s) as client:
        photos = []
        if photo is not None:
            raw, media_type = read_picture(photo)
            added = client.add_photo(raw, media_type)
            photos.append(str((added.content or {})["id"]))
            say(f"photo    {photos[0]}")
            say(f"  receipt {added.receipt}")
        posted = client.post(text, photos)
    say(f"posted   {(posted.content or {})['id']}")
    say(f"  receipt {posted.receipt}")


def like(home: Path, status_id: str, *, say: Say = print, now_s: NowS = clock_s) -> None:
    """Like a status.

    Raises:
        Conflict: no phone is enrolled in this folder.
        GatewayProblem: a refusal, or there is no such status.
    """
    with _client(home, now_s) as client:
        liked = client.like(status_id)
    say(f"liked    {status_id}")
    say(f"  receipt {liked.receipt}")


def timeline(home: Path, *, say: Say = print, now_s: NowS = clock_s) -> None:
    """Print the newest statuses; nothing of them is stored.

    Raises:
        Conflict: no phone is enrolled in this folder.
        GatewayProblem: a refusal.
    """
    with _client(home, now_s) as client:
        shown = client.timeline()
    try:
        lines = list(timeline_lines(shown.content or {}))
    except (KeyError, TypeError) as error:
        raise Malformed("not a timeline", where="/v1/timeline") from error
    for line in lines:
        say(line)
    say(f"  receipt {shown.receipt}")


def _client(home: Path, now_s: NowS) -> PhoneClient:
    state, key = _enrolled(home)
    state = _fresh(home, state, key, now_s)
    return PhoneClient(state.url, key, token=state.token, build=state.build, now_s=now_s)


def _key_file(home: Path) -> Path:
    return home / "key.json"


def _state_file(home: Path) -> Path:
    return home / "phone.json"


def _enrolled(home: Path) -> tuple[PhoneState, DeviceKey]:
    state, key = load_state(_state_file(home)), load_key(_key_file(home))
    if state is None or key is None:
        raise Conflict(f"no phone is enrolled in {home}: run `bailment phone connect` or `phone enrol`")
    return state, key


def _fresh(home: Path, state: PhoneState, key: DeviceKey, now_s: NowS) -> PhoneState:
    """Refresh a token that is about to end, and store its successor before it is used."""
    if not state.refresh_token or now_s() < state.expires_at - _EARLY_S:
        return state
    with DeviceGrant(state.url, key, state.client_id, now_s=now_s) as grant:
        tokens = grant.refresh(state.refresh_token)
    fresh = replace(
        state,
        token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_at=now_s() + tokens.expires_in,
    )
    store_state(_state_file(home), fresh)
    return fresh


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
