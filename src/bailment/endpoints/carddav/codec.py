"""From header fields to whoever asks, and an answer about one card to a response. Pure.

A password comes as `Authorization: Basic` (RFC 7617): the device's id as user, its secret as password. Who
can prove a key does so as everywhere else (RFC 9449).
"""

import base64
import binascii
import re
from dataclasses import dataclass

from bailment.endpoints.carddav.problems import Violated
from bailment.endpoints.carddav.properties import CARD_TYPE
from bailment.endpoints.credentials import (
    MOST_TOKEN,
    Headers,
    Unauthenticated,
    parse_build,
    parse_proof,
    parse_token,
)
from bailment.endpoints.wire import Response
from bailment.model.answers import Card
from bailment.model.disclosure import Ask, Form, Route
from bailment.model.encoding import base64url, hash_token
from bailment.people.card import plain_card

_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e]*")')
_MOST_RANGES = 50
_FORMS = {"": Form.CARD3, "3.0": Form.CARD3, "4.0": Form.CARD4}
# The tag of a card is that of version 3.0, which a GET without Accept gives; the other has its own.
_SUFFIX = {Form.CARD3: "", Form.CARD4: "-4"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, before anything is known about the token; see `model.disclosure.Ask`."""

    token_hash: bytes
    now: int
    device_id: str = ""
    jkt: str = ""
    mark: bytes | None = None
    mark_bucket: int = 0
    build: bytes | None = None

    def ask(
        self,
        route: Route,
        *,
        form: Form = Form.CARD3,
        since: str | None = None,
        friend_ids: tuple[int, ...] = (),
    ) -> Ask:
        """Return what is to be disclosed."""
        return Ask(
            token_hash=self.token_hash,
            jkt=self.jkt,
            mark=self.mark,
            mark_bucket=self.mark_bucket,
            build=self.build,
            route=route,
            now=self.now,
            since=since,
            form=form,
            friend_ids=friend_ids,
            # This protocol has no field for it: what was declared with the grant counts unless one is sent.
            build_of_grant=self.build is None,
            device_id=self.device_id,
        )


def parse_caller(headers: Headers, method: str, uri: str, now: int) -> Caller:
    """Return who sends a request.

    Raises:
        Unauthenticated: it has no usable credentials.
        ProofRejected: it has a token that is bound to a key, and no proof that holds.
        Malformed: it declares what is no build.
    """
    build = parse_build(headers.get(b"bailment-build"))
    if not is_dpop(headers) and headers.get(b"authorization")[:7].lower() != "bearer ":
        device_id, secret = parse_basic(headers)
        return Caller(hash_token(secret), now, device_id, build=build)
    token, bearer = parse_token(headers)
    if bearer:
        return Caller(hash_token(token), now, build=build)
    proof = parse_proof(headers, method, uri, token, now)
    return Caller(hash_token(token), now, "", proof.jkt, proof.mark, proof.bucket, build)


def is_dpop(headers: Headers) -> bool:
    """Tell whether a request comes with a token that is bound to a key."""
    return headers.get(b"authorization")[:5].lower() == "dpop "


def parse_basic(headers: Headers) -> tuple[str, str]:
    """Return the device's id and its secret.

    Raises:
        Unauthenticated: there are none.
    """
    scheme, _, raw = headers.get(b"authorization").partition(" ")
    try:
        pair = base64.b64decode(raw.strip(), validate=True).decode() if len(raw) <= 4 * MOST_TOKEN else ""
    except (binascii.Error, UnicodeError):
        pair = ""
    device_id, _, secret = pair.partition(":")
    if scheme.lower() != "basic" or not device_id or not secret or len(secret) > MOST_TOKEN:
        raise Unauthenticated("the user is the device's id, the password its secret", where="Authorization")
    return device_id, secret


def parse_accept(raw: str) -> Form:
    """Return in which form a card is wanted (RFC 9110 section 12.5.1); 3.0 where both are as good.

    Raises:
        Violated: in none that there is (RFC 6352 section 5.1.1.1).
    """
    ranges = [_range(each) for each in raw.split(",")[:_MOST_RANGES] if each.strip()]
    weights = {form: _weight(form, ranges) for form in (Form.CARD3, Form.CARD4)}
    best = max(weights, key=lambda form: weights[form])
    if ranges and not weights[best]:
        content = b"<C:supported-address-data-conversion/>"
        raise Violated("a card comes as text/vcard, version 3.0 or 4.0", content, status=406)
    return best


def _range(raw: str) -> tuple[str, str, float]:
    """Return a media range, the version that it names, and its weight."""
    kind, *parameters = (part.strip().lower() for part in raw.split(";"))
    named = dict(part.partition("=")[::2] for part in parameters)
    weight = named.get("q", "1")
    usable = float(weight) if re.fullmatch(r"[01](\.[0-9]{0,3})?", weight) else 0.0
    return kind, named.get("version", "").strip('"'), min(usable, 1.0)


def _weight(form: Form, ranges: list[tuple[str, str, float]]) -> float:
    """Return the weight of the range that says most about a form."""
    found = [
        (("*/*", "text/*", "text/vcard").index(kind) + bool(version), weight)
        for kind, version, weight in ranges
        if kind in ("*/*", "text/*", "text/vcard") and (not version or _FORMS.get(version) is form)
    ]
    return max(found)[1] if found else 0.0


def encode_card(card: Card, form: Form, headers: Headers, receipt: bytes) -> Response:
    """Answer a GET of a card, with regard to the tags that the client names (RFC 9110 section 13)."""
    etag = card.etag.decode()
    etag = f'{etag[:-1]}{_SUFFIX[form]}"'
    fields = [
        (b"etag", etag.encode()),
        (b"cache-control", b"private, no-cache"),
        (b"vary", b"Accept, Authorization, Bailment-Build"),
        receipt_field(receipt),
    ]
    if headers.has(b"if-match") and not _matches(headers.get(b"if-match"), etag, weakly=False):
        return Response(412, b"", fields)
    if headers.has(b"if-none-match") and _matches(headers.get(b"if-none-match"), etag, weakly=True):
        return Response(304, b"", fields)
    kind = CARD_TYPE if form is Form.CARD3 else f"{CARD_TYPE}; version=4.0"
    return Response(200, plain_card(card.text), [(b"content-type", kind.encode()), *fields])


def _matches(raw: str, etag: str, *, weakly: bool) -> bool:
    """Tell whether a list of tags has this one; a weak one counts only where that is enough."""
    tags = [tag for weak, tag in _TAG.findall(raw) if weakly or not weak]
    return raw.strip() == "*" or etag in tags


def receipt_field(receipt: bytes) -> tuple[bytes, bytes]:
    """Return the header field by which an answer is found in the ledger."""
    return b"bailment-receipt", base64url(receipt).encode()
