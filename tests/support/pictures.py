"""Pictures for tests, made on the spot, and a look at what stands in the files that come out."""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import ExifTags, Image, ImageCms

PNG_START = b"\x89PNG\r\n\x1a\n"
# Planted wherever a format has room for words; none of it may come out.
SECRET = b"Kranzplatz-7-Hinterhof"
ORIENTATION = ExifTags.Base.Orientation


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """Write a picture with Pillow."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(raw: bytes) -> Image.Image:
    """Read a picture with Pillow."""
    image = Image.open(io.BytesIO(raw))
    image.load()
    return image


def plain(kind: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "red") -> bytes:
    """Make a picture of one colour."""
    return encoded(Image.new("RGB", size, colour), kind)


def quarters(mode: str = "RGB", size: int = 64) -> Image.Image:
    """Make a picture whose top left quarter alone is white: it shows which way up it is."""
    image = Image.new(mode, (size, size // 2), "black")
    image.paste("white", (0, 0, size // 2, size // 4))
    return image


def exif_of_a_phone() -> Image.Exif:
    """Make EXIF with camera, a thought of the photographer, and a place in the south west."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Spycam"
    exif[ExifTags.Base.Model] = "Spycam One"
    exif[ExifTags.Base.ImageDescription] = SECRET.decode()
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "S"
    gps[ExifTags.GPS.GPSLatitude] = (22.0, 54.0, 30.0)
    gps[ExifTags.GPS.GPSLongitudeRef] = "W"
    gps[ExifTags.GPS.GPSLongitude] = (43.0, 10.0, 21.6)
    return exif


def xmp() -> bytes:
    """Make XMP that tells the place too."""
    return (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="22,54.5S" '
        b'exif:GPSLongitude="43,10.36W" exif:UserComment="' + SECRET + b'"/></rdf:RDF></x:xmpmeta>'
    )


def iptc() -> bytes:
    """Make the APP13 segment in which IPTC's city (record 2, data set 90) stands."""
    city = b"\x1c\x02\x5a" + struct.pack(">H", len(SECRET)) + SECRET
    resource = b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(city)) + city
    content = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + struct.pack(">H", len(content) + 2) + content


def chunk(name: bytes, content: bytes) -> bytes:
    """Make a chunk of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """Put chunks into a PNG, after its header."""
    at = len(PNG_START) + 25
    return png[:at] + b"".join(chunks) + png[at:]


def png_header(width: int, height: int) -> bytes:
    """Make a PNG that is little more than a claim about its size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        PNG_START + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


def chunk_names(png: bytes) -> Iterator[bytes]:
    """Name the chunks of a PNG; what stands after the last is an error."""
    at = len(PNG_START)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8]
        at += length + 12
    assert at == len(png)


def segment_markers(jpeg: bytes) -> Iterator[int]:
    """Name the segments of a JPEG up to the pixels; what stands after the end is an error."""
    assert jpeg[:2] == b"\xff\xd8"
    assert jpeg.index(b"\xff\xd9", jpeg.index(b"\xff\xda")) == len(jpeg) - 2
    at = 2
    while jpeg[at + 1] != 0xDA:
        yield jpeg[at + 1]
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")


def srgb_profile() -> bytes:
    """Make the profile that changes nothing."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile() -> bytes:
    """Make a profile by which red and green are each other: nobody could miss that it was left out.

    The primaries' tags rXYZ and gXYZ trade places. Source: ICC.1:2022 section 7.3.
    """
    return srgb_profile().replace(b"rXYZ", b"****").replace(b"gXYZ", b"rXYZ").replace(b"****", b"gXYZ")
