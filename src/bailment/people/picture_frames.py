"""A picture as it is kept, the limits on taking one in, and how it crosses to the worker process and back.

The rules it enforces:

- a flaw crosses as a number of a closed list: what a caller is told is our own sentence, never a decoder's
  message, which may quote the picture;
- lengths, sides and types that come back are checked against the limits before anything is read or kept: the
  process that decodes strangers' bytes may have been taken over by them. No object is ever unpickled;
- of metadata only two plain values have a place in a frame: where a picture was taken, and with what.

A frame to the worker is `REQUEST` and the raw picture. Before it the worker says `READY`. It answers with one
byte, 0 for a picture or the number of a flaw; a picture follows as `HEAD`, place, camera, image, thumbnail.
Pure: it reads and writes no pipe and decodes no picture.
"""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from bailment.model.errors import Malformed

MAX_BYTES = 16 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 16_384
MAX_IMAGE_BYTES = 32 * 1024 * 1024  # Written anew; lossless ones may grow.
MAX_THUMBNAIL_BYTES = 1024 * 1024
MAX_THUMBNAIL_PIXELS = 400 * 400
MAX_THUMBNAIL_SIDE = 1600  # Of a picture that is nearly a line.
MAX_CAMERA_BYTES = 200
PLACE = "place"
CAMERA = "camera"
KEEPABLE = (PLACE, CAMERA)

READY = b"\x06"
REQUEST = struct.Struct(
    ">BI"
)  # What to keep, a bit each in the order of KEEPABLE; length of the raw picture.
HEAD = struct.Struct(">BIIIIIIBB")  # As `Head`.

JPEG = "image/jpeg"
PNG = "image/png"
_WRITTEN = ((JPEG, b"\xff\xd8\xff"), (PNG, b"\x89PNG\r\n\x1a\n"))
_PLACE = re.compile(r"-?[0-9]{1,2}\.[0-9]{5},-?[0-9]{1,3}\.[0-9]{5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture written anew: upright, in sRGB, without any metadata.

    `image` is of `media_type` (image/jpeg or image/png); `thumbnail` is always a JPEG, without transparency.
    `kept` has what was asked for and found: "place" is "LATITUDE,LONGITUDE" in degrees with five decimals
    (WGS 84, south and west negative), "camera" is make and model.
    """

    image: bytes
    media_type: str
    width: int
    height: int
    thumbnail: bytes
    thumbnail_width: int
    thumbnail_height: int
    kept: Mapping[str, str]


class Flaw(Enum):
    """Why a picture is not taken, with what its sender is told."""

    TYPE = (1, "not a picture of an accepted type: send JPEG, PNG, WebP or GIF")
    BYTES = (2, f"the picture is larger than {MAX_BYTES // 1024 // 1024} MiB")
    PIXELS = (3, f"the picture has more than {MAX_PIXELS // 1_000_000} million pixels")
    SIDE = (4, f"a side of the picture is longer than {MAX_SIDE:,} pixels")
    BROKEN = (5, "the picture is cut short or damaged")
    GROWN = (6, "the picture grows too large when it is written anew: send it as JPEG or with fewer pixels")
    WORK = (7, "the picture takes too much time or memory to decode: send it in a plainer form")

    def __init__(self, number: int, sentence: str) -> None:
        self.number = number
        self.sentence = sentence


class BadPicture(Malformed):
    """A picture that is not taken; `flaw` says why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.sentence)
        self.flaw = flaw


class Head(NamedTuple):
    """What stands before the bytes of a picture that comes back."""

    written: int
    width: int
    height: int
    thumbnail_width: int
    thumbnail_height: int
    image_bytes: int
    thumbnail_bytes: int
    place_bytes: int
    camera_bytes: int

    @property
    def rest(self) -> int:
        """How many bytes follow."""
        return self.place_bytes + self.camera_bytes + self.image_bytes + self.thumbnail_bytes


def kind_of(raw: bytes) -> str | None:
    """Tell an accepted type by its first bytes, as Pillow names it; None for anything else.

    A name or a declared type counts for nothing: both are the sender's word.
    """
    if raw.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if raw.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    return "WEBP" if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP" else None


def check_size(width: int, height: int) -> None:
    """Hold a picture's sides against the limits, before a single pixel is decoded.

    Raises:
        BadPicture: there are too many pixels, or none.
    """
    if width < 1 or height < 1:
        raise BadPicture(Flaw.BROKEN)
    if width * height > MAX_PIXELS:
        raise BadPicture(Flaw.PIXELS)
    if max(width, height) > MAX_SIDE:
        raise BadPicture(Flaw.SIDE)


def encode_request(length: int, keep: frozenset[str]) -> bytes:
    """Write what stands before a raw picture of this length."""
    return REQUEST.pack(sum(1 << at for at, name in enumerate(KEEPABLE) if name in keep), length)


def parse_request(raw: bytes) -> tuple[frozenset[str], int]:
    """Return what to keep and the length of the picture that follows."""
    bits, length = REQUEST.unpack(raw)
    return frozenset(name for at, name in enumerate(KEEPABLE) if bits >> at & 1), length


def encode_answer(answer: Picture | Flaw) -> list[bytes]:
    """Write an answer, in parts so that large ones are not copied."""
    if isinstance(answer, Flaw):
        return [bytes([answer.number])]
    place, camera = (answer.kept.get(name, "").encode() for name in KEEPABLE)
    head = Head(
        [media_type for media_type, _ in _WRITTEN].index(answer.media_type),
        answer.width,
        answer.height,
        answer.thumbnail_width,
        answer.thumbnail_height,
        len(answer.image),
        len(answer.thumbnail),
        len(place),
        len(camera),
    )
    return [b"\0", HEAD.pack(*head), place, camera, answer.image, answer.thumbnail]


def parse_flaw(raw: bytes) -> Flaw | None:
    """Return the flaw that an answer's first byte names; None where a picture follows.

    Raises:
        ValueError: it is neither.
    """
    if raw == b"\0":
        return None
    for flaw in Flaw:
        if raw == bytes([flaw.number]):
            return flaw
    raise ValueError("not an answer of the picture worker")


def parse_head(raw: bytes) -> Head:
    """Parse the head of a picture and hold it against the limits.

    Raises:
        ValueError: no sound worker writes it.
    """
    head = Head(*HEAD.unpack(raw))
    sound = (
        head.written < len(_WRITTEN)
        and 1 <= head.width <= MAX_SIDE
        and 1 <= head.height <= MAX_SIDE
        and head.width * head.height <= MAX_PIXELS
        and 1 <= head.thumbnail_width <= MAX_THUMBNAIL_SIDE
        and 1 <= head.thumbnail_height <= MAX_THUMBNAIL_SIDE
        and head.thumbnail_width * head.thumbnail_height <= MAX_THUMBNAIL_PIXELS
        and head.image_bytes <= MAX_IMAGE_BYTES
        and head.thumbnail_bytes <= MAX_THUMBNAIL_BYTES
        and head.camera_bytes <= MAX_CAMERA_BYTES
    )
    if not sound:
        raise ValueError("not a picture within the limits")
    return head


def parse_picture(head: Head, raw: bytes, keep: frozenset[str]) -> Picture:
    """Cut what follows a head into a picture; of metadata only what was asked for is taken.

    Raises:
        ValueError: no sound worker writes it.
    """
    camera_at = head.place_bytes
    image_at = camera_at + head.camera_bytes
    thumbnail_at = image_at + head.image_bytes
    media_type, start = _WRITTEN[head.written]
    image, thumbnail = raw[image_at:thumbnail_at], raw[thumbnail_at:]
    place, camera = raw[:camera_at].decode(), raw[camera_at:image_at].decode()
    found = {name: text for name, text in ((PLACE, place), (CAMERA, camera)) if text}
    sound = (
        image.startswith(start)
        and thumbnail.startswith(_WRITTEN[0][1])
        and (not place or _PLACE.fullmatch(place))
        and camera.isprintable()
        and found.keys() <= keep
    )
    if not sound:
        raise ValueError("not a picture as the worker writes it")
    return Picture(
        image,
        media_type,
        head.width,
        head.height,
        thumbnail,
        head.thumbnail_width,
        head.thumbnail_height,
        MappingProxyType(found),
    )
