"""The SDK against a real gateway."""

import pytest

from bailment.model.errors import Malformed, Unavailable
from bailment.phone.client import PhoneClient
from bailment.phone.key import make_key
from bailment.phone.problems import (
    CodeRejected,
    NotShown,
    ProofRejected,
    Refused,
    SyncTokenStale,
    TokenRejected,
)
from tests.support.server import APPROVED, UNAPPROVED, GatewayServer
from tests.support.small_world import CLOSED, EVERY_FIELD, OPEN, STRANGER


def client_of(server: GatewayServer, build: str = APPROVED) -> PhoneClient:
    """Return a client of a newly enrolled device."""
    device = server.enrol()
    return PhoneClient(server.url, device.key, token=device.token, build=build)


def test_reads_the_profile_and_only_once(shared_server: GatewayServer) -> None:
    """The profile comes whole, and a second read with its entity tag brings nothing but a new receipt."""
    with client_of(shared_server) as client:
        first = client.me()
        second = client.me(first.etag)
    assert first.content == {"id": "1", **EVERY_FIELD}
    assert second.content is None
    assert second.etag == first.etag
    assert len({first.receipt, second.receipt}) == 2
    assert all(len(receipt) == 43 for receipt in (first.receipt, second.receipt))


def test_reads_friends(shared_server: GatewayServer) -> None:
    """The list holds the friends who let something through; one friend reads as in the list."""
    with client_of(shared_server) as client:
        listed = client.friends()
        one = client.friend(str(OPEN))
        later = client.sync(listed.sync)
    assert [item["id"] for item in listed.friends] == ["6", "5", "3", "2"]
    assert one.content in listed.friends
    assert (later.friends, later.retracted, later.sync) == ((), (), listed.sync)


@pytest.mark.parametrize("person_id", [str(CLOSED), str(STRANGER), "999", "0", "x ..y?#", "é"])
def test_shows_no_trace_of_others(shared_server: GatewayServer, person_id: str) -> None:
    """A closed friend, a stranger, nobody and nonsense are the same: not shown, with a receipt."""
    with client_of(shared_server) as client, pytest.raises(NotShown) as caught:
        client.friend(person_id)
    assert caught.value.receipt


def test_a_refusal_names_rule_and_remedy(shared_server: GatewayServer) -> None:
    """An unapproved or undeclared build is refused by a named rule, with what would mend it."""
    with client_of(shared_server, UNAPPROVED) as client, pytest.raises(Refused) as caught:
        client.me()
    assert caught.value.rule == "build.not-approved"
    assert "submit it for approval" in caught.value.remedy
    assert caught.value.receipt
    with client_of(shared_server, "") as client, pytest.raises(Refused, match="declares no build"):
        client.me()


def test_a_code_is_good_once(shared_server: GatewayServer) -> None:
    """A second device cannot spend the same code."""
    code = shared_server.code()
    with PhoneClient(shared_server.url, make_key()) as client:
        assert client.enrol(code).expires_in > 0
    with PhoneClient(shared_server.url, make_key()) as client, pytest.raises(CodeRejected):
        client.enrol(code)


def test_a_token_without_its_key_is_worth_nothing(shared_server: GatewayServer) -> None:
    """A token that is used with another key is rejected; so is one that nobody gave."""
    device = shared_server.enrol()
    for key, token in ((make_key(), device.token), (device.key, "A" * 43)):
        with PhoneClient(shared_server.url, key, token=token) as client, pytest.raises(TokenRejected):
            client.me()


def test_a_wrong_clock_is_told(shared_server: GatewayServer) -> None:
    """A phone whose clock is an hour off hears that its clock is the reason."""
    device = shared_server.enrol()
    off = shared_server.now_ms() // 1000 + 3600
    client = PhoneClient(shared_server.url, device.key, token=device.token, now_s=lambda: off)
    with client, pytest.raises(ProofRejected, match="check the device's clock"):
        client.me()


def test_a_stale_sync_token_is_told(shared_server: GatewayServer) -> None:
    """A sync token of another device, or of no device, is stale."""
    with client_of(shared_server) as other:
        foreign = other.friends().sync
    with client_of(shared_server) as client:
        client.friends()
        for since in (foreign, "nonsense", ""):
            with pytest.raises(SyncTokenStale):
                client.sync(since)


def test_survives_a_restart(server: GatewayServer) -> None:
    """A connection that the gateway closed meanwhile is opened again without the caller's doing."""
    with client_of(server) as client:
        first = client.me()
        server.restart()
        assert client.me(first.etag).content is None


def test_nobody_there() -> None:
    """A gateway that does not answer is unavailable, not a crash."""
    with PhoneClient("http://127.0.0.1:9", make_key(), timeout_s=2) as client, pytest.raises(Unavailable):
        client.friends()


@pytest.mark.parametrize(
    "url", ["", "ftp://x", "http://", "http://x/path", "http://x?q", "http://x:y", "//x"]
)
def test_refuses_what_is_no_origin(url: str) -> None:
    """A gateway is named by its origin and nothing else."""
    with pytest.raises(Malformed):
        PhoneClient(url, make_key())


def test_refuses_a_build_that_is_no_header(shared_server: GatewayServer) -> None:
    """A line break in a build does not reach the wire."""
    with client_of(shared_server, "x\r\nEvil: 1") as client, pytest.raises(Malformed):
        client.me()
