"""Pictures that are made to cost: refused before they do, or ended while they do; the next one is taken."""

import re
import struct
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from bailment.people.picture_decoding import decode, webp_size
from bailment.people.picture_frames import kind_of
from bailment.people.pictures import MAX_BYTES, MAX_PIXELS, BadPicture, Flaw, Limits, PictureWorkers
from tests.support.pictures import chunk, encoded, opened, plain, png_header, srgb_profile, with_chunks

MEGABYTE = 1_000_000


@pytest.fixture
async def workers() -> AsyncIterator[PictureWorkers]:
    """Give workers as in production, and see that they still work after the bomb."""
    workers = PictureWorkers()
    yield workers
    assert (await workers.prepare(plain())).width == 64
    await workers.close()


async def flaw_of(workers: PictureWorkers, raw: bytes) -> Flaw:
    """Return why a picture is not taken."""
    with pytest.raises(BadPicture) as refused:
        await workers.prepare(raw)
    return refused.value.flaw


def jpeg_header(width: int, height: int) -> bytes:
    """Make a small JPEG that claims to be large."""
    raw = plain("JPEG", (8, 8))
    at = raw.index(b"\xff\xc0") + 5
    return raw[:at] + struct.pack(">HH", height, width) + raw[at + 4 :]


def gif_header(width: int, height: int) -> bytes:
    """Make a small GIF that claims a large screen."""
    return b"GIF89a" + struct.pack("<HH", width, height) + plain("GIF")[10:]


def webp_header(form: bytes, head: bytes) -> bytes:
    """Make a WebP that is a header and little else."""
    content = b"WEBP" + form + struct.pack("<I", len(head)) + head
    return b"RIFF" + struct.pack("<I", len(content)) + content + bytes(64)


def webp_canvas(width: int, height: int) -> bytes:
    """Make an extended WebP that claims a large canvas."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp_header(b"VP8X", bytes(4) + sides)


@pytest.mark.parametrize(
    ("raw", "flaw"),
    [
        (png_header(50_000, 50_000), Flaw.PIXELS),
        (png_header(2**31 - 1, 2**31 - 1), Flaw.PIXELS),
        (png_header(8001, 5000), Flaw.PIXELS),
        (png_header(40_000, 10), Flaw.SIDE),
        (png_header(0, 10), Flaw.BROKEN),
        (jpeg_header(65_500, 65_500), Flaw.PIXELS),
        (jpeg_header(20_000, 8), Flaw.SIDE),
        (gif_header(65_535, 65_535), Flaw.PIXELS),
        (webp_canvas(16_384, 16_384), Flaw.PIXELS),
        (webp_canvas(2**24, 2**24), Flaw.PIXELS),
        (webp_canvas(20_000, 3), Flaw.SIDE),
        (webp_header(b"VP8L", b"\x2f\xff\xff\xff\x0f" + bytes(5)), Flaw.PIXELS),
        (webp_header(b"VP8 ", b"\x10\0\0\x9d\x01\x2a\xff\x3f\xff\x3f"), Flaw.PIXELS),
        (webp_header(b"VPXX", bytes(10)), Flaw.BROKEN),
        (b"RIFF\0\0\0\0WEBPVP8X", Flaw.BROKEN),
    ],
    ids=lambda value: value.name if isinstance(value, Flaw) else "",
)
async def test_a_size_is_refused_by_the_header(workers: PictureWorkers, raw: bytes, flaw: Flaw) -> None:
    """What a header claims is held against the limits before a pixel is decoded."""
    assert await flaw_of(workers, raw) is flaw


@pytest.mark.parametrize("options", [{"quality": 50}, {"lossless": True}, {"exif": b"Exif\0\0MM"}])
def test_the_size_of_a_webp_is_read_as_its_decoder_reads_it(options: dict[str, object]) -> None:
    """Our reading of the three kinds of header says what Pillow says."""
    raw = encoded(Image.new("RGB", (321, 123)), "WEBP", **options)
    assert webp_size(raw) == opened(raw).size == (321, 123)


async def test_a_well_packed_picture_is_refused(workers: PictureWorkers) -> None:
    """144 megapixels in some hundred kilobytes are refused."""
    raw = encoded(Image.new("L", (12_000, 12_000)), "PNG")
    assert len(raw) < MEGABYTE
    assert await flaw_of(workers, raw) is Flaw.PIXELS


async def test_the_largest_picture_is_taken(workers: PictureWorkers) -> None:
    """Exactly as many pixels as are allowed are taken, though transparent, turned and with a profile."""
    width, height = 8000, 5000
    assert width * height == MAX_PIXELS
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.new("RGBA", (width, height), (1, 2, 3, 4))
    raw = encoded(image, "PNG", exif=exif, icc_profile=srgb_profile(), compress_level=1)
    picture = await workers.prepare(raw)
    assert (picture.width, picture.height) == (height, width)


async def test_bytes_are_counted(workers: PictureWorkers) -> None:
    """A picture of exactly the allowed length is taken, one byte more is not, and 100 MB are not."""
    raw = plain("PNG")
    padded = with_chunks(raw, chunk(b"prIv", bytes(MAX_BYTES - len(raw) - 12)))
    assert len(padded) == MAX_BYTES
    assert (await workers.prepare(padded)).width == 64
    assert await flaw_of(workers, padded + b"\0") is Flaw.BYTES
    assert await flaw_of(workers, raw + bytes(100 * MEGABYTE)) is Flaw.BYTES


@pytest.mark.parametrize("name", [b"zTXt", b"iTXt"])
async def test_a_text_that_unpacks_to_gigabytes_is_refused(workers: PictureWorkers, name: bytes) -> None:
    """Compressed words in a PNG are unpacked up to a bound only, one by one and all together."""
    start = b"a\0\0" if name == b"zTXt" else b"a\0\1\0\0\0"
    large = chunk(name, start + zlib.compress(bytes(64 * MEGABYTE), 9))
    assert await flaw_of(workers, with_chunks(plain("PNG"), large)) is Flaw.BROKEN
    many = chunk(name, start + zlib.compress(bytes(MEGABYTE), 9)) * 200
    assert await flaw_of(workers, with_chunks(plain("PNG"), many)) is Flaw.BROKEN


async def test_a_profile_that_unpacks_to_gigabytes_is_harmless(workers: PictureWorkers) -> None:
    """The profile is unpacked up to a bound only."""
    bomb = chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(256 * MEGABYTE), 9))
    raw = with_chunks(plain("PNG"), bomb)
    try:
        assert (await workers.prepare(raw)).kept == {}
    except BadPicture as bad:
        assert bad.flaw is Flaw.BROKEN  # noqa: PT017 - either is right; a new Pillow may change its mind.


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_a_picture_that_is_cut_short_is_refused(workers: PictureWorkers, kind: str) -> None:
    """No half of a picture is taken as the whole."""
    raw = encoded(Image.effect_noise((200, 200), 80).convert("RGB"), kind)
    for length in (len(raw) // 2, len(raw) // 10, 12):
        assert await flaw_of(workers, raw[:length]) is Flaw.BROKEN


async def test_of_ten_thousand_frames_one_is_decoded(workers: PictureWorkers) -> None:
    """A GIF of 10,000 large frames is its first one: the others are never looked at."""
    raw = encoded(Image.new("P", (3000, 2000), 1), "GIF")
    # The frame begins with its extension or descriptor, after header, screen and colours.
    start = 13 + 3 * 2 ** ((raw[10] & 7) + 1) if raw[10] & 0x80 else 13
    frame = raw[start:-1]
    # The others are damaged, so that looking at them would be noticed.
    other = frame[:1] + bytes(len(frame) - 1)
    many = raw[:-1] + other * min(10_000, (MAX_BYTES - len(raw)) // len(other)) + b";"
    picture = await workers.prepare(many)
    assert (picture.width, picture.height) == (3000, 2000)
    small = plain("GIF", (4, 4))
    at = 13 + 3 * 2 ** ((small[10] & 7) + 1)
    assert (await workers.prepare(small[:-1] + small[at:-1] * 10_000 + b";")).width == 4


async def test_memory_is_bounded() -> None:
    """A picture that takes more memory than its process may have is refused; it takes nobody else's."""
    workers = PictureWorkers(Limits(memory_bytes=160 * MEGABYTE))
    raw = encoded(Image.new("RGB", (8000, 5000)), "JPEG", quality=10)
    assert await flaw_of(workers, raw) in {Flaw.WORK, Flaw.BROKEN}
    assert (await workers.prepare(plain())).width == 64
    await workers.close()


_MEASURED = """
import asyncio, re, sys
from pathlib import Path
from bailment.people.pictures import PictureWorkers

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

async def main(raw):
    workers = PictureWorkers()
    await workers.prepare(raw[0])
    before = peak()
    for each in raw[1:] * 3:
        await workers.prepare(each)
    await workers.close()
    print(peak() - before, "PIL" in sys.modules)

asyncio.run(main([Path(name).read_bytes() for name in sys.argv[1:]]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_server_never_decodes(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Pictures that take 100 MB to decode cost the server's own process no more than their bytes."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "small").write_bytes(plain())
    (folder / "large").write_bytes(encoded(Image.new("RGB", (6000, 5000)), "JPEG", quality=10))
    told = subprocess.run(
        [sys.executable, "-c", _MEASURED, folder / "small", folder / "large"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    match = re.fullmatch(r"(\d+) False\n", told)
    assert match is not None, told
    assert int(match[1]) * 1024 < 30 * MEGABYTE


def test_no_message_quotes_a_picture() -> None:
    """What a sender is told is one of our sentences; the error behind it, which may quote, is not carried."""
    raw = with_chunks(plain("PNG"), chunk(b"zTXt", b"Private words\0\0not packed"))[:-30]
    assert kind_of(raw) == "PNG"
    with pytest.raises(BadPicture) as refused:
        decode(raw, frozenset())
    assert str(refused.value) == "the picture is cut short or damaged"
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
