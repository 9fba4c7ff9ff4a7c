"""Metadata goes, save what a person keeps on purpose; and that stands beside the picture, never in it."""

import struct
import zlib
from fractions import Fraction

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from bailment.model.errors import Malformed
from bailment.people.picture_decoding import decode
from bailment.people.pictures import Picture, PictureWorkers
from tests.support.pictures import (
    SECRET,
    chunk,
    chunk_names,
    encoded,
    exif_of_a_phone,
    iptc,
    opened,
    segment_markers,
    srgb_profile,
    with_chunks,
    xmp,
)

NOTHING: frozenset[str] = frozenset()
BOTH = frozenset({"place", "camera"})
# How EXIF names and spells what `exif_of_a_phone` says, in either byte order, and XMP's own words.
TELLTALES = (
    SECRET,
    b"Spycam",
    b"GPS",
    b"Exif",
    b"eXIf",
    b"adobe",
    b"xmp",
    b"Photoshop",
    b"8BIM",
    b"ICC_PROFILE",
    b"iCCP",
    b"22,54",
    *(struct.pack(order + "II", 22, 1) for order in "<>"),
    *(struct.pack(order + "HHI", 0x8825, 4, 1) for order in "<>"),
)


def jpeg_with_everything() -> bytes:
    """Make a JPEG with EXIF, XMP, IPTC, a profile, a comment, and a film after its end."""
    image = Image.new("RGB", (64, 48), "red")
    raw = encoded(
        image, "JPEG", exif=exif_of_a_phone(), xmp=xmp(), comment=SECRET, icc_profile=srgb_profile()
    )
    return raw[:2] + iptc() + raw[2:] + b"ftypmp42" + SECRET


def png_with_everything() -> bytes:
    """Make a PNG with texts of all three kinds, EXIF in two places, XMP, a time, and more after its end."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Location", SECRET.decode())
    text.add_text("Comment", SECRET.decode(), zip=True)
    text.add_itxt("Title", SECRET.decode(), lang="de", tkey="Titel")
    text.add_itxt("XML:com.adobe.xmp", xmp().decode())
    image = Image.new("RGB", (64, 48), "red")
    raw = encoded(image, "PNG", pnginfo=text, exif=exif_of_a_phone(), icc_profile=srgb_profile())
    old = b"\nexif\n" + str(len(SECRET)).encode() + b"\n" + SECRET.hex().encode()
    profile = chunk(b"zTXt", b"Raw profile type APP1\0\0" + zlib.compress(old))
    return (
        with_chunks(raw, profile, chunk(b"tIME", bytes([7, 230, 1, 2, 3, 4, 5])), chunk(b"prIv", SECRET))
        + SECRET
    )


def webp_with_everything() -> bytes:
    """Make a WebP with EXIF, XMP and a profile."""
    image = Image.new("RGB", (64, 48), "red")
    return encoded(image, "WEBP", exif=exif_of_a_phone(), xmp=xmp(), icc_profile=srgb_profile()) + SECRET


def gif_with_everything() -> bytes:
    """Make a GIF with a comment and with XMP, which stands in an application's block."""
    raw = encoded(Image.new("P", (64, 48)), "GIF", comment=SECRET)
    block = b"\x21\xff\x0bXMP DataXMP" + bytes([len(SECRET)]) + SECRET + b"\0"
    return raw[:-1] + block + raw[-1:] + SECRET


MADE = {
    "JPEG": jpeg_with_everything,
    "PNG": png_with_everything,
    "WEBP": webp_with_everything,
    "GIF": gif_with_everything,
}


def assert_bare(picture: Picture) -> None:
    """Check that image and thumbnail hold pixels and nothing else."""
    for raw in (picture.image, picture.thumbnail):
        assert [word for word in TELLTALES if word in raw] == []
        image = opened(raw)
        assert (dict(image.getexif()), image.info.keys() & {"exif", "xmp", "comment", "photoshop"}) == (
            {},
            set(),
        )
        if raw.startswith(b"\x89PNG"):
            assert set(chunk_names(raw)) == {b"IHDR", b"IDAT", b"IEND"}
        else:
            # JFIF's own header, tables, the frame and the pixels: no other application's segment, no comment.
            assert set(segment_markers(raw)) <= {0xE0, 0xDB, 0xC0, 0xC4}


@pytest.mark.parametrize("keep", [NOTHING, BOTH])
@pytest.mark.parametrize("kind", sorted(MADE))
async def test_metadata_is_gone(kind: str, keep: frozenset[str]) -> None:
    """Nothing that told place, camera or words is left in the files, whatever is kept beside them."""
    raw = MADE[kind]()
    assert raw.count(SECRET) >= 2
    workers = PictureWorkers()
    picture = await workers.prepare(raw, keep)
    await workers.close()
    assert_bare(picture)
    if not keep:
        assert picture.kept == {}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_and_camera_are_kept_on_purpose(kind: str) -> None:
    """What was asked for comes out as plain values, and nothing that was not."""
    raw = MADE[kind]()
    assert decode(raw, BOTH).kept == {"place": "-22.90833,-43.17267", "camera": "Spycam One"}
    assert decode(raw, frozenset({"place"})).kept == {"place": "-22.90833,-43.17267"}
    assert decode(raw, frozenset({"camera"})).kept == {"camera": "Spycam One"}


async def test_nothing_else_can_be_kept() -> None:
    """A name that is not on the list is the caller's mistake, told with the list."""
    workers = PictureWorkers()
    with pytest.raises(Malformed, match="only place and camera can be kept"):
        await workers.prepare(MADE["JPEG"](), frozenset({"place", "serial"}))
    await workers.close()


def test_what_is_not_there_is_not_kept() -> None:
    """A picture that says neither has nothing to keep."""
    assert decode(encoded(Image.new("RGB", (9, 9)), "JPEG"), BOTH).kept == {}


@pytest.mark.parametrize(
    "latitude",
    [
        (91.0, 0.0, 0.0),
        (Fraction(1, 2), 6000.0, 0.0),
        (22.0, 54.0),
        (22.0, 54.0, 30.0, 1.0),
        (0.0, 6000.0, 0.0),
    ],
)
def test_no_place_on_earth_is_no_place(latitude: tuple[float, ...]) -> None:
    """Coordinates that are none are left out; the picture is taken."""
    exif = exif_of_a_phone()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = latitude
    assert decode(encoded(Image.new("RGB", (9, 9)), "JPEG", exif=exif), BOTH).kept.keys() == {"camera"}


def test_half_a_place_is_no_place() -> None:
    """A latitude without a longitude, or without its hemisphere, is left out."""
    exif = exif_of_a_phone()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "?"
    assert decode(encoded(Image.new("RGB", (9, 9)), "JPEG", exif=exif), BOTH).kept.keys() == {"camera"}
    exif = exif_of_a_phone()
    del exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLongitude]
    assert decode(encoded(Image.new("RGB", (9, 9)), "JPEG", exif=exif), BOTH).kept.keys() == {"camera"}


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("NIKON", "D700", "NIKON D700"),
        ("", "D700", "D700"),
        ("NIKON", "", "NIKON"),
        ("NI\nKON\x1b", "D\x07700\x7f", "NIKON D700"),
        ("x" * 5000, "y" * 5000, "x" * 200),
    ],
)
def test_the_camera_is_one_plain_line(make: str, model: str, camera: str) -> None:
    """Make and model come out once, printable, and of bounded length."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = make
    exif[ExifTags.Base.Model] = model
    assert decode(encoded(Image.new("RGB", (9, 9)), "JPEG", exif=exif), BOTH).kept == {"camera": camera}


def test_damaged_exif_costs_nobody_the_picture() -> None:
    """Wherever EXIF is cut off or changed, the picture is taken; it is turned and kept from only if sound."""
    raw = encoded(Image.new("RGB", (9, 9)), "JPEG", exif=exif_of_a_phone())
    start = raw.index(b"Exif\0\0") + 6
    end = start + len(exif_of_a_phone().tobytes()) - 6
    for at in range(start, end):
        for value in (0, 0xFF):
            damaged = raw[:at] + bytes([value]) + raw[at + 1 :]
            assert decode(damaged, BOTH).width == 9
