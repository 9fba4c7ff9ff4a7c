"""The operations of statuses, pictures and albums in the OpenAPI document; see `openapi.py`."""

from collections.abc import Sequence

from bailment.endpoints.api.openapi_parts import ALWAYS, TOKENS, header_refs, parameter, problems
from bailment.endpoints.api.posts_codec import MEDIA_TYPES, MOST_KEY
from bailment.endpoints.api.schemas import Json, ref
from bailment.model.posts import MAX_DESCRIPTION_CHARS, MOST_PAGE
from bailment.people.pictures import KEEPABLE

_LIST = (*ALWAYS, "unavailable")
_ONE = (*_LIST, "not-found")
_WRITE = (*_ONE, "too-large")


def post_paths() -> Json:
    """Return the operations by path."""
    post_status = _write("postStatus", "Post a status", "StatusWritten", body="NewStatus", created=True)
    post_status["parameters"].append(_idempotency_key())
    return {
        "/v1/timeline": {
            "get": _read("readTimeline", "Read a page of the home timeline", "Timeline", _pages())
        },
        "/v1/statuses": {"post": post_status},
        "/v1/statuses/{id}": {
            "get": _read("readStatus", "Read one status", "StatusAnswer", [_path("id", "a status")]),
            "delete": _write(
                "deleteStatus", "Delete a status of one's own", "StatusWritten", _path("id", "a status")
            ),
        },
        "/v1/statuses/{id}/context": {
            "get": _read(
                "readContext",
                "Read what a status answers, and what answers it",
                "Context",
                [_path("id", "a status")],
            )
        },
        "/v1/statuses/{id}/like": {
            "put": _write("like", "Like a status", "StatusWritten", _path("id", "a status")),
            "delete": _write("unlike", "Like it no longer", "StatusWritten", _path("id", "a status")),
        },
        **_media_paths(),
        **_album_paths(),
    }


def _media_paths() -> Json:
    picture = _path("id", "a picture")
    description = "Describe a picture of one's own"
    return {
        "/v1/media": {"post": _upload()},
        "/v1/media/{id}": {
            "get": _file("readPicture", "Read a picture's bytes", ["image/jpeg", "image/png"]),
            "patch": _write("describePicture", description, "PictureWritten", picture, body="Description"),
        },
        "/v1/media/{id}/thumbnail": {
            "get": _file("readThumbnail", "Read a picture's thumbnail", ["image/jpeg"])
        },
    }


def _album_paths() -> Json:
    album, photo, friend = _path("id", "an album"), _path("media", "a picture"), _path("friend", "a friend")
    return {
        "/v1/albums": {
            "get": _read(
                "readAlbums",
                "Read a page of one's own albums and of those that friends share",
                "Albums",
                _pages(),
            ),
            "post": _write("makeAlbum", "Make an album", "AlbumWritten", body="NewAlbum", created=True),
        },
        "/v1/albums/{id}": {
            "get": _read("readAlbum", "Read one album with all its pictures", "AlbumAnswer", [album]),
            "delete": _write("deleteAlbum", "Delete an album of one's own", "AlbumWritten", album),
        },
        "/v1/albums/{id}/photos/{media}": {
            "put": _write(
                "putPhoto", "Put a picture of one's own into an album", "AlbumWritten", album, photo
            ),
            "delete": _write("takePhoto", "Take a picture out of an album", "AlbumWritten", album, photo),
        },
        "/v1/albums/{id}/shared/{friend}": {
            "put": _write("shareAlbum", "Share an album with a friend", "AlbumWritten", album, friend),
            "delete": _write("unshareAlbum", "Share it with them no longer", "AlbumWritten", album, friend),
        },
    }


def _read(name: str, summary: str, schema: str, parameters: Sequence[Json]) -> Json:
    kinds = _ONE if any(each["in"] == "path" for each in parameters) else _LIST
    return {
        "operationId": name,
        "summary": summary,
        "security": TOKENS,
        "parameters": [*parameters, parameter("build"), parameter("acceptEncoding")],
        "responses": {"200": _answer("What may be shown.", schema), **problems(kinds)},
    }


def _write(
    name: str, summary: str, schema: str, *parameters: Json, body: str = "", created: bool = False
) -> Json:
    again = "It is so, or was so before."
    answers = {"200": _answer(again, schema)}
    if created:
        answers["201"] = _answer("It is made.", schema)
    operation: Json = {
        "operationId": name,
        "summary": summary,
        "security": TOKENS,
        "parameters": [*parameters, parameter("build")],
        "responses": {**answers, **problems(_WRITE)},
    }
    if body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": ref(body)}}}
    return operation


def _upload() -> Json:
    keep: Json = {
        "name": "keep",
        "in": "query",
        "schema": {"type": "string", "pattern": f"^({'|'.join(KEEPABLE)})?(,({'|'.join(KEEPABLE)}))*$"},
        "description": "What to keep of the picture's metadata on purpose, comma-separated: "
        f"{' and '.join(f'`{each}`' for each in KEEPABLE)}. All else is taken out.",
    }
    description: Json = {
        "name": "description",
        "in": "query",
        "schema": {"type": "string", "maxLength": MAX_DESCRIPTION_CHARS},
        "description": "What the picture shows, for who cannot see it.",
    }
    return {
        "operationId": "addPicture",
        "summary": "Take a picture in; the body is the picture itself, of at most 16 MiB",
        "security": TOKENS,
        "parameters": [keep, description, parameter("build")],
        "requestBody": {
            "required": True,
            "content": {each: {"schema": {"type": "string", "format": "binary"}} for each in MEDIA_TYPES},
        },
        "responses": {
            "201": _answer("It is kept, written anew, and nobody else sees it yet.", "PictureWritten"),
            **problems((*_LIST, "too-large")),
        },
    }


def _file(name: str, summary: str, types: Sequence[str]) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "security": TOKENS,
        "parameters": [_path("id", "a picture"), parameter("build")],
        "responses": {
            "200": {
                "description": "The picture, as the gateway wrote it.",
                "headers": header_refs(
                    "Bailment-Receipt",
                    "Cache-Control",
                    "Vary",
                    "X-Content-Type-Options",
                    "Content-Security-Policy",
                ),
                "content": {each: {"schema": {"type": "string", "format": "binary"}} for each in types},
            },
            **problems((*_ONE, "withheld")),
        },
    }


def _answer(description: str, schema: str) -> Json:
    return {
        "description": description,
        "headers": header_refs("Bailment-Receipt", "Cache-Control", "Vary"),
        "content": {"application/json": {"schema": ref(schema)}},
    }


def _path(name: str, what: str) -> Json:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        "description": f"The id of {what}.",
    }


def _pages() -> list[Json]:
    number: Json = {"type": "string", "pattern": "^[0-9]{1,18}$"}
    told = {
        "max_id": "Below this id: the `older` of the page before.",
        "since_id": "Above this id, the newest.",
        "min_id": "Above this id, the oldest: the `newer` of the page before.",
    }
    limit: Json = {"type": "integer", "minimum": 1, "maximum": MOST_PAGE, "default": 20}
    return [
        *(
            {"name": name, "in": "query", "schema": number, "description": text}
            for name, text in told.items()
        ),
        {"name": "limit", "in": "query", "schema": limit, "description": "How many are looked through."},
    ]


def _idempotency_key() -> Json:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "schema": {"type": "string", "maxLength": MOST_KEY},
        "description": "Of one key of a device there is one status, however often it is posted within a day.",
    }
