"""What each kind of event is called outside: event types of CAEP 1.0, RISC 1.0 and OAuth Event Types 1.0.

| the outbox says | event type | about | payload |
|---|---|---|---|
| `grant-withdrawn` | CAEP `session-revoked` | the grant | when, why |
| `grant-narrowed` | CAEP `token-claims-change` | the grant | when, `claims.updated_at` |
| `tokens-revoked` | OAuth `tokens-revoked` | the grant | |
| `device-removed` | CAEP `credential-change` | the grant | when, why, `device-key` deleted |
| `hold-placed` | RISC `account-disabled` | the integration | |
| `hold-lifted` | RISC `account-enabled` | the integration | |
| `agreement-ended` | RISC `account-purged` | the integration | |

A subject is an opaque identifier (RFC 9493) that the client has already: its grant's id or its integration's.
Nothing else about a person is told, not even what a grant was narrowed to. CAEP wants the new value of a
claim there, so it is told when the grant changed (seconds since 1970), and the client reads the grant itself.
Who did it is not told either: what a person does and what a client asks for come to the same row. A grant
stands for its device too, for it has only one.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from bailment.model.oauth import EventKind, OutboxEvent
from bailment.oauth.rfc8417 import SecurityEvent, opaque

_SCHEMAS = "https://schemas.openid.net/secevent"
SESSION_REVOKED = f"{_SCHEMAS}/caep/event-type/session-revoked"
TOKEN_CLAIMS_CHANGE = f"{_SCHEMAS}/caep/event-type/token-claims-change"
CREDENTIAL_CHANGE = f"{_SCHEMAS}/caep/event-type/credential-change"
TOKENS_REVOKED = f"{_SCHEMAS}/oauth/event-type/tokens-revoked"
ACCOUNT_DISABLED = f"{_SCHEMAS}/risc/event-type/account-disabled"
ACCOUNT_ENABLED = f"{_SCHEMAS}/risc/event-type/account-enabled"
ACCOUNT_PURGED = f"{_SCHEMAS}/risc/event-type/account-purged"


class _Form(NamedTuple):
    uri: str
    payload: Callable[[int], Mapping[str, Any]]


def _nothing(_at_s: int) -> Mapping[str, Any]:
    return {}


def _withdrawn(at_s: int) -> Mapping[str, Any]:
    return {"event_timestamp": at_s, "reason_admin": {"en": "The grant was withdrawn."}}


def _narrowed(at_s: int) -> Mapping[str, Any]:
    return {"event_timestamp": at_s, "claims": {"updated_at": at_s}}


def _removed(at_s: int) -> Mapping[str, Any]:
    return {
        "event_timestamp": at_s,
        "credential_type": "device-key",
        "change_type": "delete",
        "reason_admin": {"en": "The device was removed."},
    }


_FORMS = {
    EventKind.GRANT_WITHDRAWN.value: _Form(SESSION_REVOKED, _withdrawn),
    EventKind.GRANT_NARROWED.value: _Form(TOKEN_CLAIMS_CHANGE, _narrowed),
    EventKind.TOKENS_REVOKED.value: _Form(TOKENS_REVOKED, _nothing),
    EventKind.DEVICE_REMOVED.value: _Form(CREDENTIAL_CHANGE, _removed),
    EventKind.HOLD_PLACED.value: _Form(ACCOUNT_DISABLED, _nothing),
    EventKind.HOLD_LIFTED.value: _Form(ACCOUNT_ENABLED, _nothing),
    EventKind.AGREEMENT_ENDED.value: _Form(ACCOUNT_PURGED, _nothing),
}
EVENT_TYPES: tuple[str, ...] = tuple(form.uri for form in _FORMS.values())


def describe(event: OutboxEvent) -> SecurityEvent | None:
    """Return an outbox event in its outside form; None for a kind that this version has no word for."""
    form = _FORMS.get(event.kind)
    if form is None:
        return None
    subject = opaque(event.grant_id or event.integration_id)
    return SecurityEvent(
        event.event_id, event.happened_at, form.uri, subject, form.payload(event.happened_at // 1000)
    )
