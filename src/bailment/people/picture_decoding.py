"""From a stranger's bytes to a picture that may be kept. Runs in the worker process alone.

The order, in which the code labels its steps:

1.  the type by content, so that only this type's decoder ever sees the bytes
2.  the size from the header, before a pixel is decoded or memory taken for one
3.  decode; of an animation the first frame, whatever the others are
4.  read what the person keeps on purpose, and which way up the picture is
5.  into sRGB by the embedded profile, if it fits, for it is not kept either
6.  upright
7.  written anew from pixels alone: metadata, trailing data and a second meaning of the bytes stay behind
8.  the thumbnail, from the upright picture

A photograph stays a JPEG; PNG and GIF become PNG; WebP becomes JPEG, or PNG where it is transparent: two
types that every phone decodes. No picture is made smaller. Pure: bytes in, a picture out.

At 40 megapixels the largest, a transparent WebP with a profile and turned, took 0.8 GiB and 6 s of processor.
"""

import io
import math
import warnings

# All that decoding may load: the worker can open no file once it has begun, so nothing may load later. Pillow
# itself turns a JPEG that carries further pictures (gain maps, stereo) into its MPO.
from PIL import (
    ExifTags,
    GifImagePlugin,
    Image,
    ImageCms,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from bailment.people.picture_frames import (
    JPEG,
    MAX_IMAGE_BYTES,
    MAX_PIXELS,
    MAX_THUMBNAIL_PIXELS,
    MAX_THUMBNAIL_SIDE,
    PNG,
    BadPicture,
    Flaw,
    Picture,
    check_size,
    kind_of,
)
from bailment.people.picture_metadata import kept_of

LOADED = (
    GifImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
Image.preinit()
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

_QUALITY = 90
_THUMBNAIL_QUALITY = 85
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_COLOURS_OF_MODE = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}
# Source: CIPA DC-008 (Exif), tag 274.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(raw: bytes, keep: frozenset[str]) -> Picture:
    """Take a picture in; see the module's steps.

    Raises:
        BadPicture: it is not taken.
    """
    kind = kind_of(raw)  # 1
    if kind is None:
        raise BadPicture(Flaw.TYPE)
    try:
        with warnings.catch_warnings(action="ignore"):
            return _decode(raw, kind, keep)
    except BadPicture:
        raise
    except Image.DecompressionBombError:
        raise BadPicture(Flaw.PIXELS) from None
    except MemoryError:
        raise BadPicture(Flaw.WORK) from None
    except Exception:  # noqa: BLE001 - hostile bytes make decoders raise anything; its text may quote them.
        raise BadPicture(Flaw.BROKEN) from None


def _decode(raw: bytes, kind: str, keep: frozenset[str]) -> Picture:
    if kind == "WEBP":
        check_size(*webp_size(raw))  # 2: its decoder takes memory for the whole canvas on opening.
    with Image.open(io.BytesIO(raw), formats=[kind]) as opened:
        check_size(*opened.size)  # 2
        opened.load()  # 3
        exif = _exif(opened)
        kept = kept_of(exif, keep)  # 4
        turn = _TURNS.get(exif.get(ExifTags.Base.Orientation, 1))
        image = _in_srgb(opened)  # 5
    if turn is not None:
        image = image.transpose(turn)  # 6
    # 7: Pillow would write a comment or a transparent colour that it finds here.
    image.info = {}
    if kind == "WEBP":
        image = _without_empty_alpha(image)
    media_type, written = _write(image, lossless=kind in {"PNG", "GIF"})
    small = _small(image)  # 8
    thumbnail = _jpeg(small, _THUMBNAIL_QUALITY)
    return Picture(written, media_type, *image.size, thumbnail, *small.size, kept)


def webp_size(raw: bytes) -> tuple[int, int]:
    """Return a WebP's canvas from its header.

    Raises:
        BadPicture: there is no such header.

    Source: RFC 9649 section 2.5 (VP8X), 2.6 (VP8L: section 3.4); RFC 6386 section 9.1 (VP8).
    """
    form, head = raw[12:16], raw[20:30]
    if len(head) == 10 and form == b"VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if len(head) == 10 and form == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if len(head) == 10 and form == b"VP8 ":
        return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
    raise BadPicture(Flaw.BROKEN)


def _exif(image: Image.Image) -> Image.Exif:
    """Return a picture's EXIF; a damaged one is none, since the pixels are sound without it."""
    try:
        return image.getexif()
    except Exception:  # noqa: BLE001 - as in `decode`.
        return Image.Exif()


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return a picture as L, RGB or RGBA in sRGB."""
    profile = image.info.get("icc_profile")
    plain = _plain(image)
    if plain.mode == "RGBA":
        colours = _convert(plain.convert("RGB"), profile)
        if colours is not None:
            colours.putalpha(plain.getchannel("A"))
        return colours or plain
    converted = _convert(plain, profile)
    if converted is None:
        # Without a profile that fits, sRGB is what everyone takes it for.
        return plain.convert("RGB") if plain.mode == "CMYK" else plain
    return converted.convert("L") if plain.mode == "L" else converted


def _plain(image: Image.Image) -> Image.Image:
    """Return a picture in one of the modes L, RGB, RGBA and CMYK."""
    if image.mode.startswith("I"):
        # 16 bits of grey; Pillow's own conversion would cut at 255 instead of scaling.
        return image.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    if image.mode in _COLOURS_OF_MODE:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _convert(image: Image.Image, profile: object) -> Image.Image | None:
    """Return a picture's colours in sRGB by its profile; None where there is none that fits."""
    if not isinstance(profile, bytes) or not profile:
        return None
    try:
        found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if found.profile.xcolor_space.strip() != _COLOURS_OF_MODE[image.mode]:
            return None
        return ImageCms.profileToProfile(image, found, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _without_empty_alpha(image: Image.Image) -> Image.Image:
    """Drop transparency that is there in name alone: some encoders always write it."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    return image


def _write(image: Image.Image, *, lossless: bool) -> tuple[str, bytes]:
    """Write a picture from its pixels alone.

    Raises:
        BadPicture: it would be larger than what is kept.
    """
    if lossless or image.mode == "RGBA":
        out = io.BytesIO()
        image.save(out, "PNG")
        media_type, written = PNG, out.getvalue()
    else:
        media_type, written = JPEG, _jpeg(image, _QUALITY)
    if len(written) > MAX_IMAGE_BYTES:
        raise BadPicture(Flaw.GROWN)
    return media_type, written


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _small(image: Image.Image) -> Image.Image:
    """Return the thumbnail's pixels, on white where the picture is transparent; nothing is made larger."""
    width, height = image.size
    scale = min(
        1.0, math.sqrt(MAX_THUMBNAIL_PIXELS / (width * height)), MAX_THUMBNAIL_SIDE / max(width, height)
    )
    size = max(1, int(width * scale)), max(1, int(height * scale))
    small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if small.mode != "RGBA":
        return small
    ground = Image.new("RGB", size, "white")
    ground.paste(small, mask=small.getchannel("A"))
    return ground
