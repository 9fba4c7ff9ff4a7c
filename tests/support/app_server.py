"""A gateway with pages whose integration is open to apps that register themselves, and such apps over HTTP.

with app_server(folder) as server:
    app = register_over_http(server, http)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from httpx import Client as Http

from bailment.app import Platform
from bailment.model.fields import ALL_FIELDS
from bailment.model.programme import WRITABLE, Terms
from bailment.partners import programme
from tests.support.pages import PageServer, page_server
from tests.support.server import APPROVED, DAY_MS, INTEGRATION, PARTNER

PURPOSE = "status"
OOB = "urn:ietf:wg:oauth:2.0:oob"
SITE = "https://client.example/back"
SCOPES = "read write follow push"


async def open_to_apps(platform: Platform, now: int) -> None:
    """Agree on secrets and writes, and open the integration, as two operators would (tests/partners)."""
    terms = Terms(
        ALL_FIELDS,
        ALL_FIELDS,
        ("address-book", PURPOSE),
        ("DE",),
        ("DE", "FR"),
        "device",
        now - 1000,
        now + 365 * DAY_MS,
        write_mask=WRITABLE,
        secrets=True,
    )
    await programme.sign_agreement(platform.store, PARTNER, 2, terms, now)
    build = bytes.fromhex(APPROVED)
    assert await platform.store.disclose(
        lambda transaction: transaction.open_integration(INTEGRATION, build, PURPOSE)
    )


@contextmanager
def app_server(data: Path) -> Iterator[PageServer]:
    """Run a gateway with pages, open to apps."""
    with page_server(data) as server:
        server.run(lambda platform: open_to_apps(platform, server.now_ms()))
        yield server


def register_over_http(server: PageServer, http: Http, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Register an app."""
    about = {"client_name": "Tusk", "redirect_uris": f"{SITE}\n{OOB}", "scopes": SCOPES, **changed}
    answer = http.post(f"{server.url}/api/v1/apps", json=about)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document
