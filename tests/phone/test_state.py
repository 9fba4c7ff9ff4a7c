"""The state file: whole or not at all, private, and in step with a real gateway."""

import errno
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.errors import Malformed, Unavailable
from bailment.phone.address_book import AddressBook
from bailment.phone.client import PhoneClient
from bailment.phone.problems import Refused
from bailment.phone.state import PhoneState, load_state, store_state, sync_state
from tests.support.server import APPROVED, GatewayServer
from tests.support.small_world import LONG, OPEN

STATE = PhoneState(
    "http://h", "", "dev_x", "token", 9, AddressBook({"id": "1"}, '"e"', {"2": {"id": "2"}}, "s")
)


def test_round_trip(tmp_path: Path) -> None:
    """A stored state comes back the same, from a file of mode 0600."""
    path = tmp_path / "phone.json"
    assert load_state(path) is None
    store_state(path, STATE)
    assert load_state(path) == STATE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@given(st.binary(max_size=60) | st.sampled_from([b"{}", b"[]", b'{"form":1}', b'{"form":2}', b"[" * 5000]))
def test_a_broken_state_is_malformed(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """Whatever is no state is malformed, never an empty phone."""
    path = tmp_path_factory.getbasetemp() / "phone.json"
    path.write_bytes(raw)
    with pytest.raises(Malformed):
        load_state(path)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
@pytest.mark.parametrize("error", [Killed(), OSError(errno.ENOSPC, "No space left on device")])
def test_a_crash_leaves_the_old_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: BaseException
) -> None:
    """At whatever step a write ends, the state is the old one, and the next write goes through."""
    path = tmp_path / "phone.json"
    store_state(path, STATE)
    newer = replace(STATE, token="newer")

    def fail(*_arguments: object, **_keywords: object) -> NoReturn:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(Path if call == "replace" else os, call, fail)
        with pytest.raises(Unavailable if isinstance(error, OSError) else Killed):
            store_state(path, newer)
    assert load_state(path) == STATE
    store_state(path, newer)
    assert load_state(path) == newer
    assert list(tmp_path.iterdir()) == [path]


def phone(server: GatewayServer) -> tuple[PhoneState, PhoneClient]:
    """Enrol a phone."""
    device = server.enrol()
    state = PhoneState(server.url, APPROVED, device.device_id, device.token, 0)
    return state, PhoneClient(server.url, device.key, token=device.token, build=APPROVED)


def test_a_retraction_leaves_the_phone(server: GatewayServer) -> None:
    """A friend who closes their setting is gone from the phone after the next sync, and only they are."""
    state, client = phone(server)
    with client:
        first = sync_state(state, client).state
        server.set_setting(OPEN, 0)
        second = sync_state(first, client)
        server.set_setting(OPEN, 1)
        third = sync_state(second.state, client)
    assert set(first.book.friends) - set(second.state.book.friends) == {str(OPEN)}
    assert second.changes.retracted == (str(OPEN),)
    assert second.me is not None
    assert second.me.content is None
    assert second.state.book.me == first.book.me
    assert set(third.state.book.friends[str(OPEN)]) == {"id", "since", "name"}


def test_a_lost_answer_costs_nothing(server: GatewayServer) -> None:
    """A phone that was killed before it stored a sync gets the same changes again."""
    state, client = phone(server)
    with client:
        first = sync_state(state, client).state
        server.set_setting(OPEN, 0)
        lost = sync_state(first, client)
        again = sync_state(first, client)
    assert lost.state.book == again.state.book
    assert str(OPEN) not in again.state.book.friends


def test_a_stale_sync_token_reads_the_whole_list(server: GatewayServer) -> None:
    """A phone whose token the gateway does not know holds exactly the whole list afterwards."""
    state, client = phone(server)
    with client:
        first = sync_state(state, client).state
        stale = replace(first, book=replace(first.book, sync="A" * 22 + ".7", friends={"77": {"id": "77"}}))
        synced = sync_state(stale, client)
    assert synced.changes.whole
    assert synced.state.book.friends == first.book.friends
    assert str(LONG) in first.book.friends


def test_a_refusal_leaves_the_phone_as_it_was(server: GatewayServer) -> None:
    """The request after a hold is refused with its rule; after the hold is lifted the phone goes on."""
    state, client = phone(server)
    with client:
        first = sync_state(state, client).state
        server.hold()
        with pytest.raises(Refused) as caught:
            sync_state(first, client)
        server.lift_hold()
        assert sync_state(first, client).state.book == first.book
    assert caught.value.rule == "partner.on-hold"
