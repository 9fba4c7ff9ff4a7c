"""From the wire to the model: who asks, and what is to be written. Pure."""

import re
from dataclasses import dataclass

from bailment.endpoints.credentials import Headers, parse_build, parse_proof, parse_token
from bailment.endpoints.mastodon.parameters import Parameters
from bailment.model.disclosure import Ask, Route
from bailment.model.encoding import hash_token
from bailment.model.errors import Malformed
from bailment.model.posts import MOST_ID, Deed, NewStatus, Want, Wish
from bailment.oauth.rfc9449 import Proof

MOST_KEY = 256
MOST_MEDIA_ID = 64
_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a token in its stored form, the proof that came with it if any, the build if declared."""

    token_hash: bytes
    proof: Proof | None
    build: bytes | None
    now: int

    @property
    def jkt(self) -> str:
        """The thumbprint of the key that was proven, "" where none was."""
        return self.proof.jkt if self.proof else ""

    def ask(self, wish: Wish, deed: Deed | None = None) -> Ask:
        """Return the request to disclose.

        Clients of this protocol cannot declare their build with a request, so the one of the grant counts
        unless one is declared all the same.
        """
        proof = self.proof
        return Ask(
            token_hash=self.token_hash,
            jkt=self.jkt,
            mark=proof.mark if proof else None,
            mark_bucket=proof.bucket if proof else 0,
            build=self.build,
            route=Route.POSTS,
            now=self.now,
            build_of_grant=self.build is None,
            wish=wish,
            deed=deed,
        )

    def write(self, deed: Deed) -> Ask:
        """Return the request to write."""
        return self.ask(Wish(Want.STATUS), deed)


def parse_caller(headers: Headers, method: str, uri: str, now: int) -> Caller:
    """Read the credentials of a request for `uri`, which has no query.

    Raises:
        Unauthenticated: there are none.
        ProofRejected: the token is sent as bound to a key, and no good proof with it.
        Malformed: the declared build has not its form.
    """
    token, bearer = parse_token(headers)
    proof = None if bearer else parse_proof(headers, method, uri, token, now)
    return Caller(hash_token(token), proof, parse_build(headers.get(b"bailment-build")), now)


def parse_id(raw: str) -> int:
    """Return the id of a status or notification; what has not the form of one is nobody's, and is 0."""
    return int(raw) if _ID.fullmatch(raw) and int(raw) <= MOST_ID else 0


def parse_new_status(parameters: Parameters, key: str) -> NewStatus:
    """Return the status that is to be posted; `key` is the client's idempotency key, "" without one.

    A warning (`spoiler_text`) becomes the first line: the platform has no folded statuses, and a warning that
    was dropped would warn nobody. `visibility` can be any wider word, for a status is shown to friends and to
    nobody else whatever it says; `direct` would be shown to more people than was asked for, so it is refused.

    Raises:
        Malformed: there is nothing to post, too much, or something that the platform does not have.
    """
    for name, what in (("poll", "polls"), ("scheduled_at", "scheduled statuses")):
        if parameters.has(name):
            raise Malformed(f"the platform has no {what}", where=name)
    if parameters.text("visibility") == "direct":
        raise Malformed("a status is shown to all friends: it cannot go to some alone", where="visibility")
    if len(key) > MOST_KEY:
        raise Malformed(f"at most {MOST_KEY} characters", where="Idempotency-Key")
    warning, text = parameters.text("spoiler_text").strip(), parameters.text("status")
    return NewStatus(
        f"{warning}\n\n{text}" if warning else text,
        reply_to=_reply_to(parameters),
        media_ids=_media_ids(parameters),
        key=key,
    )


def _reply_to(parameters: Parameters) -> int | None:
    # An id that is none is that of no status, which is what the answer says of one that may not be seen.
    return parse_id(parameters.text("in_reply_to_id")) if parameters.has("in_reply_to_id") else None


def _media_ids(parameters: Parameters) -> tuple[str, ...]:
    found = parameters.texts("media_ids")
    if any(len(each) > MOST_MEDIA_ID or " " in each or not each.isprintable() for each in found):
        raise Malformed("there is no such picture", where="media_ids")
    return tuple(found)
