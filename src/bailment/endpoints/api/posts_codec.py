"""From the wire to the model and back, for statuses, pictures and albums. Pure.

An id that has not the form of one is nobody's, and reads as 0 or "": so it gets the answer that what is not
there gets. Of a person no more stands in an answer than may be seen, and what may not be seen is absent.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from bailment.disclosure.pictures import kept_of
from bailment.endpoints.api.codec import answer_fields, compress
from bailment.endpoints.credentials import Headers, parse_build, parse_proof, parse_token
from bailment.endpoints.wire import Response
from bailment.model.answers import Posts, Written
from bailment.model.disclosure import Ask, Route
from bailment.model.encoding import hash_token
from bailment.model.errors import Malformed
from bailment.model.posts import (
    MOST_ID,
    Album,
    Deed,
    MediaRow,
    NewAlbum,
    NewStatus,
    Page,
    PersonView,
    Post,
    StatusRow,
    Wish,
    instant_of_id,
)
from bailment.model.withholding import Withheld
from bailment.people.pictures import KEEPABLE
from bailment.people.times import instant_of_unix_ms

MOST_JSON = 64 << 10
MOST_KEY = 256
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")

Json = dict[str, Any]
T = TypeVar("T")

_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_PAGE = ("max_id", "since_id", "min_id", "limit")


def parse_ask(headers: Headers, method: str, uri: str, now: int, wish: Wish, deed: Deed | None = None) -> Ask:
    """Parse and authenticate a request for `uri`, which has no query.

    Raises:
        Malformed: in one of its kinds, each with its own problem.
    """
    token, bearer = parse_token(headers)
    proof = None if bearer else parse_proof(headers, method, uri, token, now)
    return Ask(
        token_hash=hash_token(token),
        jkt=proof.jkt if proof else "",
        mark=proof.mark if proof else None,
        mark_bucket=proof.bucket if proof else 0,
        build=parse_build(headers.get(b"bailment-build")),
        route=Route.POSTS,
        now=now,
        wish=wish,
        deed=deed,
    )


def with_deed(ask: Ask, deed: Deed) -> Ask:
    """Return a request to write, from one that was authenticated before its body was read."""
    return replace(ask, deed=deed)


def parse_id(raw: str) -> int:
    """Return the id of a status, album or person; 0 where it has not the form of one."""
    return int(raw) if _ID.fullmatch(raw) and int(raw) <= MOST_ID else 0


def parse_media_id(raw: str) -> str:
    """Return the id of a picture, or ""."""
    return raw if parse_id(raw) else ""


def parse_query(raw: bytes, names: Iterable[str]) -> dict[str, str]:
    """Return the parameters of a query, each once and of these names.

    Raises:
        Malformed: it has another one, or one twice, or is not UTF-8.
    """
    allowed = set(names)
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(raw),
            errors="strict",
            max_num_fields=8,
        )
    except ValueError as error:
        raise Malformed("the query cannot be understood", where="query") from error
    found = dict(pairs)
    if len(found) < len(pairs) or found.keys() - allowed:
        raise Malformed(
            f"of the parameters {', '.join(sorted(allowed)) or '(none)'} each once", where="query"
        )
    return found


def parse_page(raw: bytes) -> Page:
    """Return the page that a query asks for.

    Raises:
        Malformed: an id or the limit is none, or there is something else.
    """
    found = parse_query(raw, _PAGE)
    numbers = {name: _number(name, text) for name, text in found.items()}
    return Page(**numbers)


def _number(name: str, text: str) -> int:
    if not re.fullmatch("[0-9]{1,19}", text, re.ASCII) or int(text) > MOST_ID:
        raise Malformed("a whole number", where=name)
    return int(text)


def parse_keep(raw: bytes) -> tuple[frozenset[str], str]:
    """Return what is to be kept of a picture's metadata, and its description.

    Raises:
        Malformed: there is something else in the query, or something else to be kept.
    """
    found = parse_query(raw, ("keep", "description"))
    keep = frozenset(each for each in found.get("keep", "").split(",") if each)
    if not keep <= set(KEEPABLE):
        raise Malformed(f"of a picture's metadata {' and '.join(KEEPABLE)} can be kept", where="keep")
    return keep, found.get("description", "")


def check_media_type(raw: str) -> None:
    """Check that a body says of itself that it is a picture; whether it is one, its bytes tell.

    Raises:
        Malformed: it does not.
    """
    if raw.partition(";")[0].strip().lower() not in MEDIA_TYPES:
        raise Malformed(f"send the picture itself, as {', '.join(MEDIA_TYPES)}", where="Content-Type")


class _NewStatus(msgspec.Struct, forbid_unknown_fields=True):
    text: str = ""
    reply_to: str | None = None
    photos: list[str] = []


class _NewAlbum(msgspec.Struct, forbid_unknown_fields=True):
    title: str


class _Description(msgspec.Struct, forbid_unknown_fields=True):
    description: str


def parse_new_status(raw: bytes, key: str) -> NewStatus:
    """Return the status that a body and an `Idempotency-Key` describe.

    Raises:
        Malformed: the body has not its form, or there is nothing to post, or too much.
    """
    if len(key) > MOST_KEY:
        raise Malformed(f"at most {MOST_KEY} characters", where="Idempotency-Key")
    found = _decode(raw, _NewStatus, '{"text": "...", "reply_to": "ID", "photos": ["ID"]}')
    photos = tuple(parse_media_id(each) for each in found.photos)
    if "" in photos:
        raise Malformed("there is no such picture", where="photos")
    reply_to = None if found.reply_to is None else parse_id(found.reply_to)
    return NewStatus(found.text, reply_to, photos, key)


def parse_new_album(raw: bytes) -> NewAlbum:
    """Return the album that a body describes.

    Raises:
        Malformed: it has not its form.
    """
    return NewAlbum(_decode(raw, _NewAlbum, '{"title": "..."}').title)


def parse_description(raw: bytes) -> str:
    """Return the description that a body gives.

    Raises:
        Malformed: it has not its form.
    """
    return _decode(raw, _Description, '{"description": "..."}').description


def _decode(raw: bytes, form: type[T], example: str) -> T:
    try:
        return msgspec.json.decode(raw, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"the body is a JSON object like {example}", where="body") from error


def timeline(posts: Posts) -> Json:
    """Spell a page of statuses."""
    return {"statuses": [_status(each) for each in posts.posts], **_people(posts), **_pages(posts)}


def status(posts: Posts) -> Json:
    """Spell the only status of an answer."""
    return {"status": _status(posts.posts[0]), **_people(posts)}


def context(posts: Posts) -> Json:
    """Spell what stands around a status."""
    before, after = ([_status(each) for each in part] for part in (posts.before, posts.after))
    return {"before": before, "after": after, **_people(posts)}


def albums(posts: Posts) -> Json:
    """Spell a page of albums, each with its first picture."""
    spelled = [
        {**_album(each), **({"cover": photo(each.media[0])} if each.media else {})} for each in posts.albums
    ]
    return {"albums": spelled, **_people(posts), **_pages(posts)}


def album(posts: Posts) -> Json:
    """Spell the only album of an answer; with whom it is shared stands in one's own alone."""
    found = posts.albums[0]
    shared = {"shared": [str(each) for each in found.shared]} if found.album.person_id == posts.me else {}
    spelled = {**_album(found), "photos": [photo(each) for each in found.media], **shared}
    return {"album": spelled, **_people(posts)}


def written(answer: Written) -> Json:
    """Spell what was written, and what it is about where that may be read."""
    spelled: Json = {"id": answer.item, "new": answer.is_new}
    posts = answer.posts
    if posts is None:
        return spelled
    if posts.posts:
        return {**spelled, **status(posts)}
    if posts.albums:
        return {**spelled, **album(posts)}
    return spelled if posts.media is None else {**spelled, "photo": photo(posts.media)}


def photo(row: MediaRow) -> Json:
    """Spell what is told of a picture beside its bytes."""
    return {
        "id": row.media_id,
        "type": row.media_type,
        "width": row.width,
        "height": row.height,
        "thumbnail": {"width": row.thumbnail_width, "height": row.thumbnail_height},
        "description": row.description,
        **kept_of(row),
        **_notice(row.withheld),
    }


def notice(withheld: Withheld) -> Json:
    """Spell what stands in the place of something that an order withholds."""
    return {
        "order": withheld.order_id,
        "country": withheld.country,
        "issuer": withheld.issuer,
        "basis": withheld.basis,
        "until": instant_of_unix_ms(withheld.until),
        **({"appeal": withheld.appeal} if withheld.appeal else {}),
    }


def _notice(withheld: Withheld | None) -> Json:
    return {} if withheld is None else {"withheld": notice(withheld)}


def _status(post: Post) -> Json:
    row = post.status
    optional = {
        "reply_to": row.reply_to,
        "reply_to_person": post.reply_to_person,
    }
    return {
        "id": str(row.status_id),
        "at": instant_of_unix_ms(instant_of_id(row.status_id)),
        "person": str(row.person_id),
        "text": row.text,
        **{name: str(each) for name, each in optional.items() if each is not None},
        "likes": post.likes,
        "replies": post.replies,
        "liked": post.is_liked,
        "photos": [photo(each) for each in post.media],
        "via": _via(row),
        **_notice(post.withheld),
    }


def _via(row: StatusRow) -> Json | None:
    """Spell who operates the app that wrote a status; None for what came with an import."""
    if not row.via:
        return None
    return {"app": row.app, "integration": row.via_name or row.via, "operator": row.via_operator}


def _album(found: Album) -> Json:
    row = found.album
    return {
        "id": str(row.album_id),
        "at": instant_of_unix_ms(instant_of_id(row.album_id)),
        "person": str(row.person_id),
        "title": row.title,
        "count": row.pictures,
    }


def _people(posts: Posts) -> Mapping[str, Any]:
    return {"people": [_person(view) for view in posts.people.values()]}


def _person(view: PersonView) -> msgspec.Raw:
    rest = b"," + view.fragments if view.fragments else b""
    return msgspec.Raw(b'{"id":"%d"%b}' % (view.person_id, rest))


def _pages(posts: Posts) -> Json:
    """Say where the pages beside one are; an empty one is an end."""
    cursors: Sequence[int] = posts.cursors
    return {"older": str(cursors[-1]), "newer": str(cursors[0])} if cursors else {}


def encode_json(
    document: Mapping[str, Any], receipt: bytes, status: int = 200, *, gzip: bool = False
) -> Response:
    """Return an answer in JSON for this device alone."""
    body = msgspec.json.encode(document)
    headers = [*answer_fields(receipt), (b"content-type", b"application/json")]
    if not gzip:
        return Response(status, body, headers)
    return Response(status, compress(body), [*headers, (b"content-encoding", b"gzip")])
