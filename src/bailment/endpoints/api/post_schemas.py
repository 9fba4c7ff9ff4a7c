"""JSON Schemas of statuses, pictures and albums; see `schemas.py`, which they become a part of."""

from typing import Any

from bailment.model.posts import (
    MAX_DESCRIPTION_CHARS,
    MAX_MEDIA,
    MAX_STATUS_CHARS,
    MAX_TITLE_CHARS,
)

Json = dict[str, Any]
_ID: Json = {"type": "string", "pattern": "^[1-9][0-9]{0,18}$"}
_INSTANT: Json = {"type": "string", "format": "date-time"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_TEXT: Json = {"type": "string"}


def post_schemas(person_fields: Json) -> Json:
    """Return the schemas by name; `person_fields` are the shapes of what an account shows."""
    people = {"people": _list("ShownPerson", "Whoever stands in this answer, as far as they may be seen.")}
    return {
        **_parts(person_fields),
        "Timeline": _closed(
            "A page of statuses. `older` and `newer` are missing where it is the end.",
            {"statuses": _list("ShownStatus"), **people, "older": _ID, "newer": _ID},
            optional=("older", "newer"),
        ),
        "StatusAnswer": _closed("One status.", {"status": _ref("ShownStatus"), **people}),
        "Context": _closed(
            "What stands around a status: what it answers, oldest first, and what answers it.",
            {"before": _list("ShownStatus"), "after": _list("ShownStatus"), **people},
        ),
        "Albums": _closed(
            "A page of albums. `older` and `newer` are missing where it is the end.",
            {"albums": _list("AlbumInList"), **people, "older": _ID, "newer": _ID},
            optional=("older", "newer"),
        ),
        "AlbumAnswer": _closed("One album.", {"album": _ref("Album"), **people}),
        "StatusWritten": _written({"status": _ref("ShownStatus"), **people}),
        "AlbumWritten": _written({"album": _ref("Album"), **people}),
        "PictureWritten": _written({"photo": _ref("Picture")}),
        **_requests(),
    }


def _parts(person_fields: Json) -> Json:
    return {
        "ShownPerson": {
            "type": "object",
            "description": "A person: the fields of an account that may be shown, and no others.",
            "properties": {"id": _ref("PersonId"), **person_fields},
            "required": ["id"],
        },
        "Via": _closed(
            "Who really operates the app: its own name, and both others as the public register has them.",
            {"app": _TEXT, "integration": _TEXT, "operator": _TEXT},
        ),
        "Notice": _closed(
            "What stands in the place of something that an order withholds in the reader's country.",
            {
                "order": _TEXT,
                "country": _TEXT,
                "issuer": _TEXT,
                "basis": _TEXT,
                "until": _INSTANT,
                "appeal": _TEXT,
            },
            optional=("appeal",),
        ),
        "ShownStatus": _status(),
        "Picture": _photo(),
        "AlbumInList": _closed(
            "An album with its first picture.",
            {**_album(), "cover": _ref("Picture")},
            optional=("cover",),
        ),
        "Album": _closed(
            "An album. With whom it is shared stands in one's own alone.",
            {**_album(), "photos": _list("Picture"), "shared": _list("PersonId")},
            optional=("shared",),
        ),
    }


def _status() -> Json:
    return _closed(
        "A status, as far as it may be seen: counts are of what may be seen too.",
        {
            "id": _ID,
            "at": _INSTANT,
            "person": _ref("PersonId"),
            "text": _TEXT,
            "reply_to": _ID,
            "reply_to_person": _ref("PersonId"),
            "likes": _COUNT,
            "replies": _COUNT,
            "liked": {"type": "boolean"},
            "photos": _list("Picture"),
            "via": {"oneOf": [_ref("Via"), {"type": "null"}], "description": "Null for what was imported."},
            "withheld": _ref("Notice"),
        },
        optional=("reply_to", "reply_to_person", "withheld"),
    )


def _photo() -> Json:
    side: Json = {"type": "integer", "minimum": 1}
    return _closed(
        "A picture; its bytes are at `/v1/media/{id}` and `/v1/media/{id}/thumbnail`.",
        {
            "id": _ID,
            "type": {"enum": ["image/jpeg", "image/png"]},
            "width": side,
            "height": side,
            "thumbnail": _closed("Its sides.", {"width": side, "height": side}),
            "description": _TEXT,
            "place": {"type": "string", "description": "Where it was taken, LATITUDE,LONGITUDE."},
            "camera": {"type": "string", "description": "What it was taken with."},
            "withheld": _ref("Notice"),
        },
        optional=("place", "camera", "withheld"),
    )


def _album() -> Json:
    return {"id": _ID, "at": _INSTANT, "person": _ref("PersonId"), "title": _TEXT, "count": _COUNT}


def _requests() -> Json:
    return {
        "NewStatus": _closed(
            "A status: a text, or pictures, or both.",
            {
                "text": {"type": "string", "maxLength": MAX_STATUS_CHARS},
                "reply_to": _ID,
                "photos": {"type": "array", "items": _ID, "maxItems": MAX_MEDIA},
            },
            optional=("text", "reply_to", "photos"),
        ),
        "NewAlbum": _closed(
            "An album, empty and shared with nobody.",
            {"title": {"type": "string", "minLength": 1, "maxLength": MAX_TITLE_CHARS}},
        ),
        "Description": _closed(
            "What a picture shows.",
            {"description": {"type": "string", "maxLength": MAX_DESCRIPTION_CHARS}},
        ),
    }


def _written(about: Json) -> Json:
    return _closed(
        "What was written: the id of what it is about, and whether anything is new. The rest stands here "
        "where it may be read.",
        {"id": _ID, "new": {"type": "boolean"}, **about},
        optional=tuple(about),
    )


def _closed(description: str, properties: Json, *, optional: tuple[str, ...] = ()) -> Json:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _list(name: str, description: str = "") -> Json:
    told = {"description": description} if description else {}
    return {"type": "array", "items": _ref(name), **told}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
