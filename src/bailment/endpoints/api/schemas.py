"""JSON Schemas of what the JSON API sends and takes, made from the tables that the server itself uses.

A field's shape comes from `people.values`, its data category from the table of fields, a problem's wire
form from `PROBLEMS`; so none of them can be described as something that it is not. Objects of a person
stay open to more members, because the table of fields grows.
"""

from typing import Any

import msgspec

from bailment.endpoints.api.post_schemas import post_schemas
from bailment.endpoints.api.problems import PROBLEMS, TYPE_PREFIX
from bailment.model.fields import FIELDS
from bailment.people.times import INSTANT_PATTERN
from bailment.people.values import PersonValues

Json = dict[str, Any]

# What stands of a person beside their statuses: `disclosure.sight.ACCOUNT`.
_ACCOUNT = ("name", "photo", "joined")
_SHAPES = "#/components/schemas/{name}"
_PERSON_ID: Json = {
    "type": "string",
    "pattern": "^[1-9][0-9]{0,15}$",
    "description": "The platform's number of a person, in decimal.",
}
_SYNC: Json = {
    "type": "string",
    "pattern": r"^[A-Za-z0-9_-]{22}\.(0|[1-9][0-9]{0,17})$",
    "description": "Where this device stands; send it back as `since`. It grants nothing by itself.",
}


def schemas() -> Json:
    """Return every schema by name."""
    _, shapes = msgspec.json.schema_components([PersonValues], ref_template=_SHAPES)
    found: Json = _portable(shapes)
    # Nobody stores a notice: it takes a status's place on the way out, see `disclosure.covering`.
    found["Status"]["properties"]["withheld"] = ref("Notice")
    fields = _described(found.pop("PersonValues")["properties"])
    posts = post_schemas({name: fields[name] for name in _ACCOUNT})
    if posts.keys() & found.keys():
        raise AssertionError("two shapes of one name")
    return {
        **found,
        "PersonId": _PERSON_ID,
        "SyncToken": _SYNC,
        "Person": _object(
            "The device's own user: the fields that may be shown, and no others.",
            {"id": ref("PersonId"), **fields},
            required=["id"],
        ),
        "Friend": _object(
            "A friend who lets something through: the fields that may be shown, and no others.",
            {"id": ref("PersonId"), "since": _since(), **fields},
            required=["since", "id"],
        ),
        "FriendsList": _friends("Every friend who lets something through, newest friendship first."),
        "FriendsChanges": _friends(
            "What changed since the sync token: a friend here replaces what is held of the same id.",
            retracted={
                "type": "array",
                "items": ref("PersonId"),
                "description": "What is held of these persons is to be forgotten.",
            },
        ),
        "EnrolmentRequest": _closed(
            "A one-time code, which comes with a person's grant.", {"code": {"type": "string"}}
        ),
        "Enrolment": _closed(
            "A device's access token, bound to the key that signed this request's proof.",
            {
                "device": {"type": "string", "description": "The device's id."},
                "access_token": {"type": "string", "description": "Shown this once."},
                "token_type": {"const": "DPoP"},
                "expires_in": {"type": "integer", "minimum": 0, "description": "Seconds."},
            },
        ),
        "Secret": _closed(
            "What an address-book client is set up with. It works for whoever has it, until it is ended.",
            {
                "user": {"type": "string", "description": "The device's id."},
                "password": {"type": "string", "description": "Shown this once."},
                "carddav": {"type": "string", "format": "uri", "description": "Where discovery begins."},
                "expires_in": {"type": "integer", "minimum": 0, "description": "Seconds."},
            },
        ),
        **posts,
        "Problem": _problem(),
    }


def ref(name: str) -> Json:
    """Return a reference to a schema."""
    return {"$ref": _SHAPES.format(name=name)}


def _problem() -> Json:
    return _object(
        "Problem details (RFC 9457). A problem about a person does not exist: what may not be shown is "
        "absent, or 404.",
        {
            "type": {"enum": [TYPE_PREFIX + kind for kind in PROBLEMS]},
            "title": {"type": "string"},
            "status": {"enum": sorted({problem.status for problem in PROBLEMS.values()})},
            "detail": {"type": "string", "description": "What is wrong, and how to mend it."},
            "rule": {"type": "string", "description": "The rule about the partner that refuses."},
            "wipe": _closed(
                "An order to delete all that this device received; acknowledge it at `/v1/wipes/{order}`.",
                {"order": {"type": "string", "description": "The order's id."}},
            ),
            "withheld": ref("Notice"),
        },
        required=["type", "title", "status"],
    )


def _friends(description: str, **more: Json) -> Json:
    items = {"type": "array", "items": ref("Friend")}
    return _closed(description, {"friends": items, **more, "sync": ref("SyncToken")})


def _since() -> Json:
    pattern = _portable(INSTANT_PATTERN)
    return {"type": "string", "pattern": pattern, "description": "When the friendship began, UTC."}


def _described(shapes: Json) -> Json:
    """Return the fields' shapes in the order of the table, each with its data category."""
    return {
        field.name: {
            "description": f"Data category: {field.category.value}."
            + (" Open to friends as shipped." if field.open_to_friends else ""),
            **shapes[field.name],
        }
        for field in FIELDS
    }


def _object(description: str, properties: Json, *, required: list[str]) -> Json:
    return {"type": "object", "description": description, "properties": properties, "required": required}


def _closed(description: str, properties: Json) -> Json:
    document = _object(description, properties, required=list(properties))
    return {**document, "additionalProperties": False}


def _portable(part: Any) -> Any:  # noqa: ANN401 - any JSON value, returned as the same kind of value
    r"""Spell Python's `\Z` as the `$` that JSON Schema's regular expressions (ECMA-262) know."""
    if isinstance(part, dict):
        return {name: _portable(each) for name, each in part.items()}
    if isinstance(part, list | tuple):
        return [_portable(each) for each in part]
    return part.replace(r"\Z", "$") if isinstance(part, str) else part
