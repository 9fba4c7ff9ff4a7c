"""Over a real server: devices with a key speak this protocol too, and a bound token needs its proof."""

from httpx import Client

from tests.support.server import GatewayServer, http, server, shared_server

__all__ = ["http", "server", "shared_server"]
HOME = "/api/v1/timelines/home"


def test_a_device_with_a_key_proves_it(shared_server: GatewayServer, http: Client) -> None:
    """Each request has a proof of its own, good once; the query is no part of what is signed."""
    device, path = shared_server.enrol(), HOME
    headers: dict[str, str] = {}
    for path in (HOME, HOME + "/", "/api/v1/accounts/verify_credentials"):
        headers = shared_server.headers(device, path)
        answer = http.get(f"{shared_server.url}{path}?limit=1", headers=headers)
        assert answer.status_code == 200, answer.text
    again = http.get(f"{shared_server.url}{path}", headers=headers)
    assert again.status_code == 401
    assert again.headers["www-authenticate"].startswith('DPoP error="invalid_dpop_proof"')


def test_a_bound_token_is_no_bearer_token(shared_server: GatewayServer, http: Client) -> None:
    """Without its proof it is refused, whatever is asked of a person."""
    device = shared_server.enrol()
    for path in (HOME, "/api/v1/accounts/2", "/api/v1/apps/verify_credentials"):
        answer = http.get(shared_server.url + path, headers={"Authorization": f"Bearer {device.token}"})
        assert answer.status_code == 401
        assert set(answer.json()) == {"error", "error_description"}


def test_paths_are_answered_by_this_protocol_alone(shared_server: GatewayServer, http: Client) -> None:
    """What is not there under /api is the protocol's own error, also with a line break in it."""
    for path in (
        "/api/v1/nothing",
        "/api/v1/accounts/%0a",
        "/api/v9",
        "/api/v1/statuses/1/nothing",
    ):
        answer = http.get(shared_server.url + path, headers={"Authorization": "Bearer x"})
        assert answer.status_code in (401, 404)
        assert set(answer.json()) == {"error", "error_description"}
    # What is no UTF-8 comes with a mark in its place, and not as an error of ours.
    odd = http.get(f"{shared_server.url}/api/v1/tags/%ff", headers={"Authorization": "Bearer x"})
    assert odd.status_code in (200, 404)
    assert http.get(f"{shared_server.url}/avatars/original/missing.png").status_code == 200
