"""The pictures of who shows none: a plain figure, and a plain strip. Made here, so that nothing is loaded."""

import struct
import zlib
from collections.abc import Callable

_SIDE = 96
_LIGHT, _DARK = 0xD8, 0x9A


def missing_avatar() -> bytes:
    """Return a grey head and shoulders, as PNG."""

    def shade(x: int, y: int) -> int:
        head = (x - 48) ** 2 + (y - 38) ** 2 < 18**2
        shoulders = ((x - 48) / 34) ** 2 + ((y - 92) / 30) ** 2 < 1
        return _DARK if head or shoulders else _LIGHT

    return _png(_SIDE, _SIDE, shade)


def missing_header() -> bytes:
    """Return a light grey strip, as PNG."""
    return _png(30, 10, lambda _x, _y: _LIGHT)


def _png(width: int, height: int, shade: Callable[[int, int], int]) -> bytes:
    """Draw in 256 shades of grey (W3C PNG, section 5)."""
    rows = (b"\0" + bytes(shade(x, y) for x in range(width)) for y in range(height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"".join(rows), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
