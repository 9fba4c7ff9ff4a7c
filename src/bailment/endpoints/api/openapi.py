"""The OpenAPI 3.1 description of the JSON API; tests hold it against the server in both directions.

It is built once from the tables that the server uses: `schemas.py` has the shapes, `problems.py` every
error. What stands only here is which operation may answer which problem.
"""

import functools
from collections.abc import Sequence
from typing import Any

import msgspec

from bailment.endpoints.api.openapi_parts import ALWAYS, TOKENS, header_refs, parameter, problems
from bailment.endpoints.api.openapi_posts import post_paths
from bailment.endpoints.api.problems import ALGORITHMS
from bailment.endpoints.api.schemas import Json, ref, schemas

_TITLE = "Bailment: a user's data, lent to their device"
_DESCRIPTION = (
    "What a platform lends to a device of one of its users, field by field. Every read is a disclosure: "
    "it is decided afresh, recorded in a public ledger before a byte leaves, and acknowledged by a receipt. "
    "A field or person that may not be shown is absent; nothing tells why."
)
_VERSION = "1"
_READ = (*ALWAYS, "not-found", "unavailable")
_LIST = (*ALWAYS, "stale-sync-token", "unavailable")
_ENROL = (
    "malformed-request",
    "invalid-dpop-proof",
    "refused",
    "invalid-code",
    "method-not-allowed",
    "too-large",
    "unavailable",
)
_WIPE = (
    "malformed-request",
    "invalid-token",
    "invalid-dpop-proof",
    "not-found",
    "method-not-allowed",
    "too-large",
    "unavailable",
)
_PROVEN: list[Json] = [{"proof": []}]


@functools.lru_cache(4)
def openapi_document(origin: str) -> bytes:
    """Return the document as JSON bytes."""
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": _TITLE,
                "description": _DESCRIPTION,
                "version": _VERSION,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": origin}],
            "paths": _paths(),
            "components": {
                "schemas": schemas(),
                "securitySchemes": _security(),
                "headers": _headers(),
                "parameters": _parameters(),
            },
        }
    )


def _paths() -> Json:
    friend = {"name": "friend_id", "in": "path", "required": True, "schema": {"type": "string"}}
    either = {"oneOf": [ref("FriendsList"), ref("FriendsChanges")]}
    return {
        "/v1/me": {"get": _read("readMe", "Read the device's own user", ref("Person"), _READ)},
        "/v1/friends": {
            "get": _read(
                "readFriends",
                "Read the friends who let something through, or what changed since a sync token",
                either,
                _LIST,
                parameter("since"),
            )
        },
        "/v1/friends/{friend_id}": {
            "get": _read("readFriend", "Read one friend", ref("Friend"), _READ, friend)
        },
        "/v1/devices": {"post": _enrolment()},
        "/v1/secrets": {"post": _secret()},
        "/v1/wipes/{order}": {"post": _wipe()},
        **post_paths(),
        "/v1/openapi.json": {
            "get": {
                "operationId": "readOpenapi",
                "summary": "Read this document",
                "security": [],
                "responses": {
                    "200": {
                        "description": "This document.",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    **problems(["method-not-allowed"]),
                },
            }
        },
    }


def _read(name: str, summary: str, schema: Json, kinds: Sequence[str], *more: Json) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "security": TOKENS,
        "parameters": [*more, parameter("build"), parameter("ifNoneMatch"), parameter("acceptEncoding")],
        "responses": {
            "200": {
                "description": "What may be shown. Compressed with gzip when that is accepted.",
                "headers": header_refs("Bailment-Receipt", "ETag", "Cache-Control", "Vary"),
                "content": {"application/json": {"schema": schema}},
            },
            "304": {
                "description": "The device holds this already. It is recorded as a disclosure too.",
                "headers": header_refs("Bailment-Receipt", "ETag", "Cache-Control", "Vary"),
            },
            **problems(kinds),
        },
    }


def _enrolment() -> Json:
    return {
        "operationId": "enrolDevice",
        "summary": "Spend a one-time code for an access token that is bound to the device's key",
        "security": _PROVEN,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ref("EnrolmentRequest")}},
        },
        "responses": {
            "201": {
                "description": "The device is enrolled.",
                "headers": header_refs("Cache-Control"),
                "content": {"application/json": {"schema": ref("Enrolment")}},
            },
            **problems(_ENROL),
        },
    }


def _secret() -> Json:
    return {
        "operationId": "enrolSecret",
        "summary": "Spend a one-time code for a user and a password, for a client that cannot prove a key",
        "description": "Only where the agreement takes such devices. Whoever has the password is the device.",
        "security": [],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ref("EnrolmentRequest")}},
        },
        "responses": {
            "201": {
                "description": "The device is enrolled; an address-book client is set up with this.",
                "headers": header_refs("Cache-Control"),
                "content": {"application/json": {"schema": ref("Secret")}},
            },
            **problems([kind for kind in _ENROL if kind != "invalid-dpop-proof"]),
        },
    }


def _wipe() -> Json:
    return {
        "operationId": "acknowledgeWipe",
        "summary": "Say that this device has deleted what a wipe order names; the body is empty",
        "security": TOKENS,
        "parameters": [{"name": "order", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {
            "204": {
                "description": "It is recorded; a token that has ended is accepted for this alone.",
                "headers": header_refs("Cache-Control"),
            },
            **problems(_WIPE),
        },
    }


def _security() -> Json:
    return {
        "accessToken": {
            "type": "http",
            "scheme": "DPoP",
            "description": "`Authorization: DPoP TOKEN` (RFC 9449 section 7.1), once.",
        },
        "bearerToken": {
            "type": "http",
            "scheme": "bearer",
            "description": "`Authorization: Bearer TOKEN` (RFC 6750 section 2.1), once, for the token of a "
            "device that the platform lets do without a key; with no proof. A bound token is refused so.",
        },
        "proof": {
            "type": "apiKey",
            "in": "header",
            "name": "DPoP",
            "description": "A proof of the device's key, once and new for every request (RFC 9449 section "
            f"4.2). Algorithms: {ALGORITHMS}.",
        },
    }


def _headers() -> Json:
    return {
        "Bailment-Receipt": _header(
            "The commitment by which this answer's entry is found in the ledger, base64url.",
            pattern="^[A-Za-z0-9_-]{43}$",
        ),
        "ETag": _header("The answer's entity tag, of this coding alone.", pattern='^"[!#-~]+"$'),
        "Cache-Control": _header("How long an answer may be kept."),
        "Vary": _header("What the answer depends on."),
        "WWW-Authenticate": _header(
            "The challenges (RFC 9449 section 7.1, RFC 6750 section 3), with the resource's metadata."
        ),
        "Allow": _header("The methods that this resource has."),
        "Retry-After": _header("Seconds to wait."),
        "X-Content-Type-Options": _header("`nosniff`: a picture is what its type says."),
        "Content-Security-Policy": _header("Nothing in a picture is run."),
    }


def _header(description: str, **schema: str) -> Json:
    return {"description": description, "schema": {"type": "string", **schema}}


def _parameters() -> dict[str, Any]:
    return {
        "since": {
            "name": "since",
            "in": "query",
            "schema": ref("SyncToken"),
            "description": "A sync token of this device: the answer is what changed since.",
        },
        "build": {
            "name": "Bailment-Build",
            "in": "header",
            "schema": {"type": "string", "pattern": "^(sha256:)?[0-9a-fA-F]{64}$"},
            "description": "The SHA-256 signing digest of the build that asks, as declared by the client. "
            "Without an approved one the answer is 403.",
        },
        "ifNoneMatch": {
            "name": "If-None-Match",
            "in": "header",
            "schema": {"type": "string"},
            "description": "Entity tags that the device holds, of the coding that it asks for; not `*`.",
        },
        "acceptEncoding": {
            "name": "Accept-Encoding",
            "in": "header",
            "schema": {"type": "string"},
            "description": "`gzip` compresses the answer.",
        },
    }
