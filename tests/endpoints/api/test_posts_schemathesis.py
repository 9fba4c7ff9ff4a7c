"""Schemathesis over statuses, pictures and albums, by a device that may write; see `test_schemathesis.py`."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests.endpoints.api.test_openapi import DOCUMENT
from tests.endpoints.api.test_schemathesis import CHECKS, NEGATIVE, POSITIVE, send_case
from tests.support.posting_server import posting, writer
from tests.support.server import APPROVED, EnrolledDevice, GatewayServer
from tests.support.small_world import USER
from tests.support.world import Free

__all__ = ["posting"]

OPERATIONS = [
    (path, verb.upper())
    for path, item in DOCUMENT["paths"].items()
    for verb in item
    if path.startswith(("/v1/timeline", "/v1/statuses", "/v1/media", "/v1/albums"))
]


@pytest.fixture(scope="module")
def device(posting: GatewayServer) -> EnrolledDevice:
    """Give a device that all requests come from."""
    return writer(posting, USER)


@pytest.mark.parametrize("mode", [POSITIVE, NEGATIVE], ids=["by-the-document", "against-it"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_any_request_gets_a_documented_answer(
    posting: GatewayServer, device: EnrolledDevice, path: str, method: str, mode: GenerationMode
) -> None:
    """Whatever is asked, by the document or against it, the answer is one that the document describes."""
    document = schemathesis.openapi.from_url(f"{posting.url}/v1/openapi.json")
    document.config.generation.update(modes=[mode])
    statuses = set[int]()

    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    @given(document[path][method].as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case[Free]) -> None:
        statuses.add(send_case(case, posting, device, APPROVED))

    ask()
    assert statuses
    assert CHECKS
