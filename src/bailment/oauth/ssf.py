"""The transmitter of OpenID Shared Signals Framework 1.0: its metadata and the management of streams.

A stream belongs to one client, and a client has one stream: a second is a 409. Another client's stream is a
404, as one that never was. All subjects of the client's own integration are in its stream from the start
(`default_subjects` is ALL), and only those. So adding a subject changes nothing and is always answered alike,
known or not, for nobody learns here whose grant exists (section 9.1). Removing one is refused with 403: what
a stream would not tell any more is that access has ended.

A stream begins with the events that follow its creation. Paused, it keeps what comes; disabled, it does not,
and begins again where it is enabled. The caller has authenticated the client and seen to the scope:
`ssf.read` for what only reads, `ssf.manage` for everything.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bailment.model.oauth import Client, Stream, StreamStatus
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import Document, ProtocolError
from bailment.oauth.server import Server, in_transaction
from bailment.oauth.ssf_configuration import (
    DELIVERY_METHODS,
    POLL,
    Delivery,
    bad,
    check_supplied,
    configuration,
    need_text,
    parse_delivery,
    parse_events,
    text_of,
)
from bailment.oauth.streams import (
    MOST_NOTICES,
    VERIFICATION,
    Notice,
    change_stream,
    notices_of,
    restart,
    stream_of,
    with_notices,
)
from bailment.seal.secret import random_id

SPEC_VERSION = "1_0"
MANAGE = "ssf.manage"
READ = "ssf.read"


def transmitter_metadata(issuer: str) -> Document:
    """Return the Transmitter Configuration Metadata (section 7.1)."""
    ssf = f"{issuer}/ssf"
    return {
        "spec_version": SPEC_VERSION,
        "issuer": issuer,
        "jwks_uri": f"{issuer}/oauth/jwks",
        "delivery_methods_supported": list(DELIVERY_METHODS),
        "configuration_endpoint": f"{ssf}/stream",
        "status_endpoint": f"{ssf}/status",
        "add_subject_endpoint": f"{ssf}/subjects:add",
        "remove_subject_endpoint": f"{ssf}/subjects:remove",
        "verification_endpoint": f"{ssf}/verify",
        "authorization_schemes": [{"spec_urn": "urn:ietf:rfc:6749"}, {"spec_urn": "urn:ietf:rfc:9449"}],
        "default_subjects": "ALL",
    }


async def create_stream(server: Server, client: Client, document: Mapping[str, Any]) -> Document:
    """Create the client's stream and return its configuration (section 8.1.1.1); 201.

    Raises:
        ProtocolError: 400, or 409 when the client has a stream.
    """
    delivery = parse_delivery(document, server.issuer) or POLL
    events = parse_events(document) or ""
    description = text_of(document, "description") or ""
    stream_id = random_id("stream")

    async def work(transaction: OAuthTransaction) -> Stream:
        stream = Stream(
            stream_id,
            client.client_id,
            client.integration_id,
            *delivery,
            events,
            StreamStatus.ENABLED.value,
            description,
            cursor=await transaction.newest_event(),
            failures=0,
            retry_at=0,
        )
        if not await transaction.add_stream(stream):
            raise ProtocolError("invalid_request", "the client has a stream: update it", status=409)
        return stream

    return configuration(await in_transaction(server, work), server.issuer)


async def read_streams(server: Server, client: Client) -> list[Document]:
    """Return the configurations of the client's streams: none or one (section 8.1.1.2)."""
    async with server.store.reading() as transaction:
        stream = await stream_of(transaction, client.client_id)
    return [] if stream is None else [configuration(stream, server.issuer)]


async def read_stream(server: Server, client: Client, stream_id: str) -> Document:
    """Return a stream's configuration (section 8.1.1.2).

    Raises:
        ProtocolError: 404.
    """
    return configuration(await _found(server, client, stream_id), server.issuer)


async def update_stream(server: Server, client: Client, document: Mapping[str, Any]) -> Document:
    """Change the members that are there (section 8.1.1.3, PATCH).

    Raises:
        ProtocolError: 400 or 404.
    """
    delivery = parse_delivery(document, server.issuer)
    events = parse_events(document)
    description = text_of(document, "description")

    def change(stream: Stream) -> Stream:
        check_supplied(document, stream, server.issuer)
        changed = stream if delivery is None else _moved(stream, delivery)
        return changed._replace(
            events=stream.events if events is None else events,
            description=stream.description if description is None else description,
        )

    return configuration(await _changed(server, client, document, change), server.issuer)


async def replace_stream(server: Server, client: Client, document: Mapping[str, Any]) -> Document:
    """Set all members that are the receiver's; those that are missing go (section 8.1.1.4, PUT).

    Raises:
        ProtocolError: 400 or 404.
    """
    delivery = parse_delivery(document, server.issuer) or POLL
    events = parse_events(document) or ""
    description = text_of(document, "description") or ""

    def change(stream: Stream) -> Stream:
        check_supplied(document, stream, server.issuer)
        return _moved(stream, delivery)._replace(events=events, description=description)

    return configuration(await _changed(server, client, document, change), server.issuer)


async def delete_stream(server: Server, client: Client, stream_id: str) -> None:
    """Delete a stream with what waits in it (section 8.1.1.5); 204.

    Raises:
        ProtocolError: 404.
    """

    async def work(transaction: OAuthTransaction) -> None:
        # Found first: what cannot be a name may be no text for a database either.
        stream = await stream_of(transaction, client.client_id)
        if stream is None or stream.stream_id != stream_id:
            raise _unknown()
        await transaction.remove_stream(stream_id, client.client_id)

    await in_transaction(server, work)


async def read_status(server: Server, client: Client, stream_id: str) -> Document:
    """Return a stream's status (section 8.1.2.1).

    Raises:
        ProtocolError: 404.
    """
    return _status(await _found(server, client, stream_id))


async def update_status(server: Server, client: Client, document: Mapping[str, Any]) -> Document:
    """Set a stream's status (section 8.1.2.2).

    Raises:
        ProtocolError: 400 or 404.
    """
    status = need_text(document, "status")
    if status not in {each.value for each in StreamStatus}:
        raise bad("status is enabled, paused or disabled")
    reason = text_of(document, "reason") or ""

    async with server.store.reading() as transaction:
        last = await transaction.newest_event()

    def change(stream: Stream) -> Stream:
        disabled = StreamStatus.DISABLED.value in (status, stream.status)
        begun = restart(stream, last) if disabled else stream
        return begun._replace(status=status, reason=reason, failures=0, retry_at=0)

    return _status(await _changed(server, client, document, change))


async def request_verification(server: Server, client: Client, document: Mapping[str, Any], now: int) -> None:
    """Put a verification event into a stream (section 8.1.4.2); 204. It goes out before what waits there.

    Raises:
        ProtocolError: 400, 404, or 429 when several wait in it already.
    """
    state = text_of(document, "state")
    notice = Notice(random_id("evt"), VERIFICATION, now, {} if state is None else {"state": state})

    def change(stream: Stream) -> Stream:
        notices = notices_of(stream)
        if stream.status == StreamStatus.DISABLED.value:
            raise bad("the stream is disabled: nothing is sent on it")
        if len(notices) >= MOST_NOTICES:
            raise ProtocolError("slow_down", "verification events wait in the stream already", status=429)
        return with_notices(stream, [*notices, notice])

    await _changed(server, client, document, change)


async def add_subject(server: Server, client: Client, document: Mapping[str, Any]) -> None:
    """Answer that a subject is in the stream, as all of the integration's are (section 8.1.3.2); 200, empty.

    Raises:
        ProtocolError: 400 or 404; never because of the subject.
    """
    _check_subject(document)
    if not isinstance(document.get("verified", True), bool):
        raise bad("verified is true or false")
    await _found(server, client, need_text(document, "stream_id"))


async def remove_subject(server: Server, client: Client, document: Mapping[str, Any]) -> None:
    """Refuse to leave a subject out (section 8.1.3.3): "not allowed to remove in general".

    Raises:
        ProtocolError: 400, 404, and otherwise 403.
    """
    _check_subject(document)
    await _found(server, client, need_text(document, "stream_id"))
    raise ProtocolError("access_denied", "a stream tells of all subjects of its integration", status=403)


async def _found(server: Server, client: Client, stream_id: str) -> Stream:
    async with server.store.reading() as transaction:
        stream = await stream_of(transaction, client.client_id)
    if stream is None or stream.stream_id != stream_id:
        raise _unknown()
    return stream


async def _changed(
    server: Server, client: Client, document: Mapping[str, Any], change: Callable[[Stream], Stream]
) -> Stream:
    stream_id = need_text(document, "stream_id")

    async def work(transaction: OAuthTransaction) -> Stream:
        stream = await change_stream(transaction, client.client_id, change, stream_id)
        if stream is None:
            raise _unknown()
        return stream

    return await in_transaction(server, work)


def _moved(stream: Stream, delivery: Delivery) -> Stream:
    """Return the stream with its events going elsewhere, or by the same way tried at once."""
    method, endpoint_url, authorization = delivery
    return stream._replace(
        method=method, endpoint_url=endpoint_url, authorization=authorization, failures=0, retry_at=0
    )


def _status(stream: Stream) -> Document:
    document: Document = {"stream_id": stream.stream_id, "status": stream.status}
    if stream.reason:
        document["reason"] = stream.reason
    return document


def _check_subject(document: Mapping[str, Any]) -> None:
    """Check only that it is a subject identifier (RFC 9493 section 3): what it names is looked up nowhere."""
    subject = document.get("subject")
    if not isinstance(subject, dict) or not isinstance(subject.get("format"), str):
        raise bad("subject is a subject identifier: an object with a format")


def _unknown() -> ProtocolError:
    return ProtocolError("invalid_request", "the client has no such stream", status=404)
