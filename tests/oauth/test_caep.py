"""What events are called outside, and that they say nothing else."""

import json

import pytest

from bailment.model.oauth import EventKind, OutboxEvent
from bailment.oauth import caep
from tests.support.world import NOW

INTEGRATION = "lumen-hub"


def event(kind: str, grant_id: str = "") -> OutboxEvent:
    """Return an outbox row."""
    return OutboxEvent(7, "evt_1", INTEGRATION, kind, grant_id, NOW)


@pytest.mark.parametrize(
    ("kind", "uri", "members"),
    [
        (EventKind.GRANT_WITHDRAWN, "caep/event-type/session-revoked", {"event_timestamp", "reason_admin"}),
        (EventKind.GRANT_NARROWED, "caep/event-type/token-claims-change", {"event_timestamp", "claims"}),
        (EventKind.TOKENS_REVOKED, "oauth/event-type/tokens-revoked", set()),
        (
            EventKind.DEVICE_REMOVED,
            "caep/event-type/credential-change",
            {"event_timestamp", "credential_type", "change_type", "reason_admin"},
        ),
        (EventKind.HOLD_PLACED, "risc/event-type/account-disabled", set()),
        (EventKind.HOLD_LIFTED, "risc/event-type/account-enabled", set()),
        (EventKind.AGREEMENT_ENDED, "risc/event-type/account-purged", set()),
    ],
)
def test_each_kind_has_its_type_and_members(kind: EventKind, uri: str, members: set[str]) -> None:
    """The table is that of the module's docstring, and what the types require is there."""
    grant_id = "g1" if kind.value.startswith(("grant", "tokens", "device")) else ""
    described = caep.describe(event(kind.value, grant_id))
    assert described is not None
    assert described.uri == f"https://schemas.openid.net/secevent/{uri}"
    assert set(described.payload) == members
    assert described.subject == {"format": "opaque", "id": grant_id or INTEGRATION}
    assert (described.jti, described.happened_at) == ("evt_1", NOW)
    assert described.payload.get("event_timestamp", NOW // 1000) == NOW // 1000


def test_every_kind_is_told() -> None:
    """A kind that is written and has no type would never reach anybody."""
    types = [described.uri for kind in EventKind if (described := caep.describe(event(kind.value)))]
    assert tuple(types) == caep.EVENT_TYPES
    assert len(set(types)) == len(EventKind)


def test_an_event_says_nothing_but_its_time_and_its_kind() -> None:
    """Of two grants, the payloads are the same: only the subject tells them apart."""
    for kind in EventKind:
        one, two = caep.describe(event(kind.value, "g1")), caep.describe(event(kind.value, "g2"))
        assert one is not None
        assert two is not None
        assert json.dumps(one.payload) == json.dumps(two.payload)


def test_a_kind_of_a_later_version_has_no_word() -> None:
    """It is left out, and stops nothing."""
    assert caep.describe(event("grant-widened", "g1")) is None
