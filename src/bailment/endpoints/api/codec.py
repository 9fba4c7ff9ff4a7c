"""From the wire to the model and back: header fields to an `Ask`, an `Answer` to a response. Pure."""

import re
import zlib
from urllib.parse import parse_qsl

import msgspec

from bailment.endpoints.api.problems import challenge_response, problem_response
from bailment.endpoints.credentials import Headers, parse_build, parse_person_id, parse_proof, parse_token
from bailment.endpoints.wire import Response
from bailment.model.answers import (
    Absent,
    Answer,
    Cards,
    Disclosed,
    NotModified,
    Posts,
    Refused,
    StaleSync,
    Unauthorized,
    Written,
)
from bailment.model.disclosure import Ask, Route
from bailment.model.encoding import base64url, hash_token
from bailment.model.errors import Malformed

_ETAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e]*")')
_GZIP_SUFFIX = "-gzip"


def parse_ask(
    headers: Headers,
    *,
    uri: str,
    query: bytes,
    route: Route,
    raw_friend_id: str | None,
    now: int,
) -> Ask:
    """Parse and authenticate a read of `uri`, which has no query.

    Raises:
        Malformed: in one of its kinds, each with its own problem.
    """
    token, bearer = parse_token(headers)
    proof = None if bearer else parse_proof(headers, "GET", uri, token, now)
    return Ask(
        token_hash=hash_token(token),
        jkt=proof.jkt if proof else "",
        mark=proof.mark if proof else None,
        mark_bucket=proof.bucket if proof else 0,
        build=parse_build(headers.get(b"bailment-build")),
        route=route,
        now=now,
        friend_id=None if raw_friend_id is None else parse_person_id(raw_friend_id),
        since=parse_since(query, route),
        if_none_match=parse_etags(headers.get(b"if-none-match"), gzip=wants_gzip(headers)),
    )


def parse_since(query: bytes, route: Route) -> str | None:
    """Return the sync token of `?since=`.

    Raises:
        Malformed: an unknown or repeated parameter.
    """
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, strict_parsing=bool(query), max_num_fields=8
        )
    except (ValueError, UnicodeDecodeError) as error:
        raise Malformed("the query cannot be understood", where="query") from error
    if not pairs:
        return None
    if route is not Route.FRIENDS or len(pairs) > 1 or pairs[0][0] != "since":
        raise Malformed("the only parameter is `since`, once, and only on the friends list", where="query")
    return pairs[0][1]


def parse_etags(raw: str, *, gzip: bool) -> tuple[str, ...]:
    """Return the entity tags of If-None-Match (RFC 9110 section 13.1.2) that name the coding asked for.

    Our own gzip suffix is taken off. The tag of the other coding does not count: a 304 carries the tag of
    what a 200 would have sent, and a cache that holds only the other could not use it. `*` does not count
    either: a 304 is recorded as "the device holds this", which nobody has said.
    """
    tags = _ETAG.findall(raw)
    if not gzip:
        return tuple(tag for tag in tags if not tag.endswith(_GZIP_SUFFIX + '"'))
    return tuple(tag.replace(_GZIP_SUFFIX + '"', '"') for tag in tags if tag.endswith(_GZIP_SUFFIX + '"'))


def encode_answer(answer: Answer, *, origin: str, gzip: bool) -> Response:
    """Turn an answer into a response; `origin` is the configured one."""
    match answer:
        case Disclosed():
            return _encode_body(answer, gzip=gzip)
        case NotModified():
            return Response(304, b"", [*answer_fields(answer.receipt), _etag(answer.etag, gzip=gzip)])
        case Absent():
            return _with_receipt(problem_response("not-found"), answer.receipt)
        case Refused():
            return _with_receipt(problem_response("refused", answer.remedy, rule=answer.rule), answer.receipt)
        case Unauthorized():
            kind = "invalid-dpop-proof" if answer.proof else "invalid-token"
            return challenge_response(kind, answer.reason, origin)
        case StaleSync():
            return problem_response("stale-sync-token")
        case Cards() | Posts() | Written():
            raise AssertionError("the JSON API asks for none of these")


def encode_wipe(answer: Refused | Unauthorized, order_id: str) -> Response:
    """Tell a device that is refused of its wipe order, whatever else refuses it."""
    detail = (
        "the wind-down of this agreement has reached its end: delete what this device received, and say so "
        f"by POST /v1/wipes/{order_id}"
    )
    response = problem_response("refused", detail, rule="agreement.wound-down", wipe={"order": order_id})
    return _with_receipt(response, answer.receipt) if isinstance(answer, Refused) else response


def _encode_body(answer: Disclosed, *, gzip: bool) -> Response:
    headers = [
        *answer_fields(answer.receipt),
        (b"content-type", b"application/json"),
        _etag(answer.etag, gzip=gzip),
    ]
    if not gzip:
        return Response(200, answer.body, headers)
    headers.append((b"content-encoding", b"gzip"))
    return Response(200, compress(answer.body), headers)


def _etag(etag: str, *, gzip: bool) -> tuple[bytes, bytes]:
    """Return the header field; each coding has a tag of its own (RFC 9110 section 8.8.3.3)."""
    return b"etag", (etag[:-1] + _GZIP_SUFFIX + '"' if gzip else etag).encode()


def compress(body: bytes) -> bytes:
    """Compress with gzip at its lowest level: nearly as small as at its highest, in far less time."""
    compressor = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return compressor.compress(body) + compressor.flush()


def answer_fields(receipt: bytes) -> list[tuple[bytes, bytes]]:
    """Return the header fields that every answer has that shows something."""
    return [
        (b"cache-control", b"private, no-cache"),
        (b"vary", b"Accept-Encoding, Authorization, Bailment-Build"),
        (b"bailment-receipt", base64url(receipt).encode()),
    ]


def _with_receipt(response: Response, receipt: bytes) -> Response:
    response.headers.append((b"bailment-receipt", base64url(receipt).encode()))
    return response


class _Enrolment(msgspec.Struct, forbid_unknown_fields=True):
    code: str


def parse_enrolment(raw: bytes) -> str:
    """Return the one-time code of an enrolment request.

    Raises:
        Malformed: the body is not `{"code": "..."}`.
    """
    try:
        return msgspec.json.decode(raw, type=_Enrolment).code
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed('the body is a JSON object like {"code": "..."}', where="body") from error


def wants_gzip(headers: Headers) -> bool:
    """Tell whether the answer goes out compressed."""
    return accepts_gzip(headers.get(b"accept-encoding"))


def accepts_gzip(raw: str) -> bool:
    """Tell whether Accept-Encoding (RFC 9110 section 12.5.3) takes gzip."""
    for item in raw.lower().split(","):
        coding, _, weight = item.partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return not re.fullmatch(r"\s*q=0(\.0{0,3})?\s*", weight)
    return False
