"""What a person may keep of a picture's metadata on purpose: where it was taken, and with what.

Both come out as plain values and stand beside the picture, never in it. What is damaged or out of range is
left out without a word: the picture is sound without it. Runs in the worker process alone; pure.
"""

import math
from collections.abc import Mapping
from typing import Any

from PIL import ExifTags, Image

from bailment.people.picture_frames import CAMERA, MAX_CAMERA_BYTES, PLACE

_NORTH = {"N": 1, "S": -1}
_EAST = {"E": 1, "W": -1}


def kept_of(exif: Image.Exif, keep: frozenset[str]) -> Mapping[str, str]:
    """Return what was asked for and is there."""
    readers = {PLACE: _place, CAMERA: _camera}
    found = {name: read(exif) for name, read in readers.items() if name in keep}
    return {name: text for name, text in found.items() if text}


def _place(exif: Image.Exif) -> str:
    """Return "LATITUDE,LONGITUDE" in degrees; five decimals are about a metre."""
    try:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        north = _NORTH[gps[ExifTags.GPS.GPSLatitudeRef]] * _degrees(gps[ExifTags.GPS.GPSLatitude], 90)
        east = _EAST[gps[ExifTags.GPS.GPSLongitudeRef]] * _degrees(gps[ExifTags.GPS.GPSLongitude], 180)
    except Exception:  # noqa: BLE001 - hostile EXIF makes its reader raise anything.
        return ""
    return f"{north:.5f},{east:.5f}"


def _degrees(parts: Any, most: int) -> float:  # noqa: ANN401 - EXIF holds anything.
    """Return degrees, minutes and seconds as one number.

    Raises:
        ValueError: it is no place on Earth.
    """
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or not 0 <= value <= most:
        raise ValueError("not a place on Earth")
    return value


def _camera(exif: Image.Exif) -> str:
    """Return make and model in one line, the make once."""
    make, model = (_line(exif.get(tag)) for tag in (ExifTags.Base.Make, ExifTags.Base.Model))
    whole = model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()
    return whole.encode()[:MAX_CAMERA_BYTES].decode(errors="ignore")


def _line(text: object) -> str:
    """Return what can be printed of a text; marks that turn the reading direction cannot."""
    if not isinstance(text, str):
        return ""
    return "".join(letter for letter in text if letter.isprintable()).strip()
