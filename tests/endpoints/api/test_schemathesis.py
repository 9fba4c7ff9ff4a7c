"""Schemathesis, from the served document against the real server: no failure, nothing undocumented.

Its pytest plugin does not go with our pytest; its strategies do, and Hypothesis drives them.
"""

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bailment.phone.dpop import make_proof
from tests.support.server import APPROVED, EnrolledDevice, GatewayServer

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
OPERATIONS = [
    ("/v1/me", "GET"),
    ("/v1/friends", "GET"),
    ("/v1/friends/{friend_id}", "GET"),
    ("/v1/devices", "POST"),
]
CASES = [
    *((path, method, mode) for path, method in OPERATIONS for mode in (POSITIVE, NEGATIVE)),
    ("/v1/openapi.json", "GET", POSITIVE),  # It takes nothing that could be wrong.
]


@pytest.fixture(scope="module")
def device(shared_server: GatewayServer) -> EnrolledDevice:
    """Give a device that all requests come from."""
    return shared_server.enrol()


@pytest.mark.parametrize(("path", "method", "mode"), CASES)
def test_any_request_gets_a_documented_answer(
    shared_server: GatewayServer, device: EnrolledDevice, path: str, method: str, mode: GenerationMode
) -> None:
    """Whatever is asked, by the document or against it, the answer is one that the document describes."""
    document = schemathesis.openapi.from_url(f"{shared_server.url}/v1/openapi.json")
    document.config.generation.update(modes=[mode])
    statuses = set[int]()

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(document[path][method].as_strategy(generation_mode=mode), st.booleans())
    def ask(case: schemathesis.Case[Any], with_build: bool) -> None:  # noqa: FBT001 - Hypothesis gives it
        statuses.add(send_case(case, shared_server, device, APPROVED if with_build else ""))

    ask()
    assert statuses


def send_case(case: schemathesis.Case[Any], server: GatewayServer, device: EnrolledDevice, build: str) -> int:
    """Send a case with a good token and proof, check the answer, and return its status."""
    with requests.Session() as session:
        request = requests.Request(case.method, **_target(case, server))
        path = urlsplit(str(session.prepare_request(request).url)).path
        now_s = server.now_ms() // 1000
        proof = make_proof(device.key, case.method.upper(), server.url + path, device.token, now_s)
        headers = {"Authorization": f"DPoP {device.token}", "DPoP": proof}
        if build:
            headers["Bailment-Build"] = build
        response = case.call(base_url=server.url, session=session, headers=headers)
        case.validate_response(response, checks=CHECKS)
        return response.status_code


def _target(case: schemathesis.Case[Any], server: GatewayServer) -> dict[str, Any]:
    """Return what the case is about to send, for the URL as it goes over the wire."""
    sent = case.as_transport_kwargs(base_url=server.url)
    return {name: sent[name] for name in ("url", "params") if name in sent}
