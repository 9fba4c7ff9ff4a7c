"""Taking pictures in: what comes out of the worker process for each kind of picture."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from bailment.model.errors import Malformed
from bailment.people.picture_decoding import decode
from bailment.people.pictures import BadPicture, Flaw, Picture, PictureWorkers
from tests.support.pictures import (
    ORIENTATION,
    encoded,
    exif_of_a_phone,
    opened,
    plain,
    quarters,
    srgb_profile,
    swapped_profile,
)

NOTHING: frozenset[str] = frozenset()
SMALL = {kind: plain(kind, (16, 12)) for kind in ("JPEG", "PNG", "WEBP", "GIF")}


@pytest.fixture
async def workers() -> AsyncIterator[PictureWorkers]:
    """Give workers as in production."""
    workers = PictureWorkers()
    yield workers
    await workers.close()


def colour_at(raw: bytes, x: int, y: int) -> tuple[int, ...]:
    """Return a pixel in RGB or RGBA."""
    image = opened(raw)
    pixel = image.convert("RGBA" if image.mode == "RGBA" else "RGB").getpixel((x, y))
    assert isinstance(pixel, tuple)
    return tuple(int(part) for part in pixel)


def near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Tell whether two colours are the same but for what JPEG loses."""
    return len(found) == len(wanted) and all(
        abs(one - other) <= 8 for one, other in zip(found, wanted, strict=True)
    )


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/jpeg"), ("GIF", "image/png")],
)
async def test_a_picture_comes_out_anew(workers: PictureWorkers, kind: str, media_type: str) -> None:
    """Every accepted type comes out as one that all phones decode, with its size, colours and a thumbnail."""
    picture = await workers.prepare(plain(kind, (1200, 900), "orange"))
    assert (picture.media_type, picture.width, picture.height) == (media_type, 1200, 900)
    assert opened(picture.image).size == (1200, 900)
    assert near(colour_at(picture.image, 600, 450), (255, 165, 0))
    assert (picture.thumbnail_width, picture.thumbnail_height) == (461, 346)
    small = opened(picture.thumbnail)
    assert (small.format, small.size) == ("JPEG", (461, 346))
    assert near(colour_at(picture.thumbnail, 200, 200), (255, 165, 0))
    assert picture.kept == {}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_come_out_upright(kind: str, orientation: int) -> None:
    """A picture is turned as EXIF says, so that its white quarter is in the top left again."""
    lying = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = quarters() if orientation == 1 else quarters().transpose(lying[orientation])
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    picture = decode(encoded(image, kind, exif=exif), NOTHING)
    assert (picture.width, picture.height) == (64, 32)
    for raw in (picture.image, picture.thumbnail):
        assert opened(raw).getexif() == {}
        for x, y, wanted in [(8, 4, 255), (56, 4, 0), (8, 28, 0), (56, 28, 0)]:
            assert near(colour_at(raw, x, y), (wanted,) * 3)


async def test_the_worker_turns_and_converts(workers: PictureWorkers) -> None:
    """Under its limits the process can still load all that turning and colour need, for every kind."""
    exif = exif_of_a_phone()
    exif[ORIENTATION] = 6
    lying = quarters().transpose(Image.Transpose.ROTATE_90)
    for kind in ("JPEG", "PNG", "WEBP"):
        raw = encoded(lying, kind, exif=exif, icc_profile=srgb_profile())
        picture = await workers.prepare(raw, frozenset({"place", "camera"}))
        assert (picture.width, picture.height, len(picture.kept)) == (64, 32, 2)


async def test_a_jpeg_with_further_pictures_is_its_first(workers: PictureWorkers) -> None:
    """A phone's JPEG that carries a gain map (which Pillow calls MPO) comes out as the photograph alone."""
    raw = encoded(
        Image.new("RGB", (40, 30), "red"),
        "MPO",
        save_all=True,
        append_images=[Image.new("RGB", (20, 15), "blue")],
    )
    assert opened(raw).format == "MPO"
    picture = await workers.prepare(raw)
    assert (picture.media_type, picture.width, picture.height) == ("image/jpeg", 40, 30)
    assert near(colour_at(picture.image, 20, 15), (254, 0, 0))
    assert opened(picture.image).format == "JPEG"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_colours_stay_right_without_the_profile(kind: str) -> None:
    """The embedded profile is applied, then dropped: who reads the file as sRGB sees the same colours."""
    picture = decode(plain_with_profile(kind, (250, 10, 10), swapped_profile()), NOTHING)
    assert "icc_profile" not in opened(picture.image).info
    red, green, blue = colour_at(picture.image, 5, 5)
    assert (green > 200, red < 100, blue < 100) == (True, True, True)
    same = decode(plain_with_profile(kind, (250, 10, 10), srgb_profile()), NOTHING)
    assert near(colour_at(same.image, 5, 5), (250, 10, 10))


def plain_with_profile(kind: str, colour: tuple[int, int, int], profile: bytes) -> bytes:
    """Make a picture of one colour with an embedded profile."""
    return encoded(Image.new("RGB", (20, 20), colour), kind, icc_profile=profile)


@pytest.mark.parametrize("profile", [b"no profile at all", srgb_profile()[:200], b"\0" * 3000])
def test_a_damaged_profile_is_dropped(profile: bytes) -> None:
    """A profile that cannot be read costs nobody the picture."""
    picture = decode(plain_with_profile("PNG", (250, 10, 10), profile), NOTHING)
    assert near(colour_at(picture.image, 5, 5), (250, 10, 10))


def test_a_profile_of_other_colours_is_dropped() -> None:
    """A profile for RGB in a grey picture, or in one of four inks, is passed over."""
    for image in (Image.new("L", (20, 20), 90), Image.new("CMYK", (20, 20), (0, 0, 0, 165))):
        picture = decode(encoded(image, "JPEG", icc_profile=srgb_profile()), NOTHING)
        assert near(colour_at(picture.image, 5, 5), (90, 90, 90))


def test_transparency_is_kept_and_the_thumbnail_white() -> None:
    """A transparent picture stays so, with its profile applied; its thumbnail stands on white."""
    image = Image.new("RGBA", (40, 40), (250, 10, 10, 255))
    image.paste((0, 0, 0, 0), (0, 0, 20, 40))
    for kind in ("PNG", "WEBP"):
        picture = decode(encoded(image, kind, lossless=True, icc_profile=srgb_profile()), NOTHING)
        assert picture.media_type == "image/png"
        assert colour_at(picture.image, 5, 20)[3] == 0
        assert near(colour_at(picture.image, 35, 20), (250, 10, 10, 255))
        assert near(colour_at(picture.thumbnail, 5, 20), (255, 255, 255))
        assert near(colour_at(picture.thumbnail, 35, 20), (250, 10, 10))


@pytest.mark.parametrize(
    ("mode", "colour", "wanted"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 77, (77, 77, 77)),
        ("LA", (77, 255), (77, 77, 77, 255)),
        ("P", 0, (0, 0, 0)),
        ("I;16", 0x7F7F, (127, 127, 127)),
        ("I;16", 0xFFFF, (255, 255, 255)),
        ("RGBA", (1, 2, 3, 255), (1, 2, 3, 255)),
    ],
)
def test_every_mode_of_a_png_comes_out(mode: str, colour: int, wanted: tuple[int, ...]) -> None:
    """Bits, greys of 8 and 16 bits, palettes and transparency come out with the colours they had."""
    picture = decode(encoded(Image.new(mode, (20, 20), colour), "PNG"), NOTHING)
    assert colour_at(picture.image, 5, 5) == wanted


def test_a_transparent_palette_comes_out_transparent() -> None:
    """A GIF with a transparent colour keeps it."""
    image = Image.new("P", (20, 20), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.paste(1, (10, 0, 20, 20))
    picture = decode(encoded(image, "GIF", transparency=0), NOTHING)
    assert (colour_at(picture.image, 5, 5)[3], colour_at(picture.image, 15, 5)) == (0, (255, 0, 0, 255))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(kind: str) -> None:
    """An animated picture comes out as a still of its first frame."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    raw = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    picture = decode(raw, NOTHING)
    assert near(colour_at(picture.image, 5, 5), (255, 0, 0))
    assert getattr(opened(picture.image), "n_frames", 1) == 1


@pytest.mark.parametrize(
    ("size", "wanted"),
    [((30, 20), (30, 20)), ((4000, 3000), (461, 346)), ((16_000, 2), (1600, 1)), ((1, 9000), (1, 1600))],
)
def test_a_thumbnail_is_small(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    """It has at most the pixels of 400 by 400, keeps the sides' proportion, and is never larger."""
    picture = decode(encoded(Image.new("L", size), "PNG"), NOTHING)
    assert (picture.thumbnail_width, picture.thumbnail_height) == opened(picture.thumbnail).size == wanted


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"GIF88a" + bytes(100),
        b"RIFF\x10\0\0\0WAVE" + bytes(100),
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"%PDF-1.7",
        b"\0\0\0\x20ftypheic" + bytes(100),
        encoded(Image.new("RGB", (9, 9)), "TIFF"),
        encoded(Image.new("RGB", (9, 9)), "BMP"),
        encoded(Image.new("RGB", (9, 9)), "AVIF"),
    ],
    ids=["empty", "short", "gif", "wave", "svg", "xml", "pdf", "heic", "tiff", "bmp", "avif"],
)
async def test_other_types_are_refused(workers: PictureWorkers, raw: bytes) -> None:
    """Whatever is not of the four types by its content is refused, with the list of what is taken."""
    with pytest.raises(Malformed, match="send JPEG, PNG, WebP or GIF") as refused:
        await workers.prepare(raw)
    assert isinstance(refused.value, BadPicture)
    assert refused.value.flaw is Flaw.TYPE


async def test_a_second_meaning_of_the_bytes_vanishes(workers: PictureWorkers) -> None:
    """A picture that is a page or an archive as well is a picture alone when it comes out."""
    page = b"<script>alert(1)</script>PK\x05\x06" + bytes(18)
    for kind, raw in SMALL.items():
        picture = await workers.prepare(raw + page)
        assert b"script" not in picture.image, kind
        assert b"PK\x05\x06" not in picture.image, kind


def outcome(raw: bytes) -> Picture | Flaw:
    """Return what becomes of a picture: anything but these two is a fault of ours."""
    try:
        return decode(raw, frozenset({"place", "camera"}))
    except BadPicture as bad:
        return bad.flaw


@given(
    st.sampled_from(sorted(SMALL)), st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 255)), max_size=6)
)
@example("WEBP", [(12, 0)])
def test_damage_is_told_as_such(kind: str, damage: list[tuple[int, int]]) -> None:
    """Whatever bytes are changed, a picture comes out or a flaw is named."""
    raw = bytearray(SMALL[kind])
    for at, value in damage:
        raw[at % len(raw)] = value
    found = outcome(bytes(raw))
    assert isinstance(found, Picture) or found in {Flaw.TYPE, Flaw.BROKEN, Flaw.PIXELS, Flaw.SIDE}
