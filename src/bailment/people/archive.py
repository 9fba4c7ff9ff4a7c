"""A folder or a zip of files, read without trusting either.

The bounds are on files, total bytes and compression ratio; a file is read only whole, into memory,
up to its bound, whatever size the zip declares. Nothing is extracted, so a path that leaves the
archive ("../x", "/x", "c:x") could not be followed: such names are not listed at all. Symbolic
links and special files in a folder are refused, as are encrypted zip members and compression
methods other than stored and deflated.
"""

import os
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Protocol

from bailment.model.errors import Malformed, Unavailable

MAX_FILES = 200_000
MAX_DEPTH = 16
MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_TOTAL_BYTES = 512 * 1024 * 1024
MAX_RATIO = 200
MAX_DIRECTORY_BYTES = 64 * 1024 * 1024
RATIO_FREE_BYTES = 1024 * 1024  # small files may compress as well as they like

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")


class Archive(Protocol):
    """Files by relative name, "/"-separated."""

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""
        ...

    def read(self, name: str) -> bytes:
        """Return one file.

        Raises:
            Malformed: a bound is exceeded, or the file is damaged.
        """
        ...


class _Budget:
    """What may still be read from one archive."""

    def __init__(self) -> None:
        self._left = MAX_TOTAL_BYTES

    def spend(self, size: int, name: str) -> None:
        """Take `size` bytes off, or refuse."""
        self._left -= size
        if size > MAX_FILE_BYTES or self._left < 0:
            raise Malformed("an archive holds too many bytes", where=name)


def open_archive(path: Path) -> Archive:
    """Open a folder or a zip.

    Raises:
        Malformed: it is neither, or exceeds a bound.
        Unavailable: it cannot be read.
    """
    try:
        if path.is_dir():
            return _Folder(path)
        if path.is_file():
            return _Zip(path)
    except OSError as error:
        raise Unavailable(f"{path.name} cannot be read") from error
    raise Malformed("this is neither a folder nor a file", where=path.name)


def read_file(path: Path) -> bytes:
    """Return one regular file that a person named, so that a link is followed.

    Raises:
        Malformed: it is longer than a file in an archive may be.
        Unavailable: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Unavailable(f"{path.name} cannot be read") from error
    _Budget().spend(len(content), path.name)
    return content


class _Folder:
    """The regular files below a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._budget = _Budget()
        self._names = sorted(self._walk())

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""
        return self._names

    def _walk(self) -> list[str]:
        """List all files without following a link; a stack, because depth is the attacker's."""
        found: list[str] = []
        pending = [""]
        while pending:
            inside = pending.pop()
            with os.scandir(self._root / inside) as entries:
                for entry in entries:
                    name = f"{inside}/{entry.name}" if inside else entry.name
                    if entry.is_symlink():
                        raise Malformed("a symbolic link is refused", where=self._root.name)
                    (pending if entry.is_dir() else found).append(name)
                    if len(found) + len(pending) > MAX_FILES or name.count("/") > MAX_DEPTH:
                        raise Malformed("a folder is too large or deep", where=self._root.name)
        return found

    def read(self, name: str) -> bytes:
        """Return one file, refusing links and pipes even if they appeared since the listing."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            with os.fdopen(os.open(self._root / name, flags), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise Malformed("this is not a regular file", where=name)
                content = file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise Unavailable(f"{name} cannot be read") from error
        self._budget.spend(len(content), name)
        return content


class _Zip:
    """The members of a zip."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._budget = _Budget()
        _check_directory(path)
        with self._open() as file:
            infos = file.infolist()
        if not all(info.filename for info in infos):
            # A name that begins with a NUL is cut down to none, on which `is_dir` stumbles.
            raise Malformed("a zip names a file nothing", where=path.name)
        members = [info for info in infos if not info.is_dir()]
        self._members = {info.filename: info for info in members if _is_inside(info.filename)}
        if len({info.filename for info in members}) != len(members):
            raise Malformed("a zip names a file twice", where=path.name)

    def names(self) -> list[str]:
        """Return the names of all members, sorted."""
        return sorted(self._members)

    def _open(self) -> zipfile.ZipFile:
        """Open the zip, turning every way in which it may be damaged into Malformed."""
        try:
            return zipfile.ZipFile(self._path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError):
            # ValueError holds wrong encodings of names; OSError, seeks to before the start.
            raise Malformed("this is not a zip that can be read", where=self._path.name) from None

    def read(self, name: str) -> bytes:
        """Return one member; never more than its bound is decompressed."""
        info = self._members[name]
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Malformed("a member is encrypted or of an unusual compression", where=name)
        try:
            with self._open() as file, file.open(info) as member:
                content = member.read(MAX_FILE_BYTES + 1)
        except (
            zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError,
            RuntimeError, struct.error, OSError,
        ):  # fmt: skip
            raise Malformed("a member is damaged", where=name) from None
        if len(content) > max(RATIO_FREE_BYTES, MAX_RATIO * info.compress_size):
            raise Malformed("a member is compressed beyond belief", where=name)
        self._budget.spend(len(content), name)
        return content


def _is_inside(name: str) -> bool:
    """Say whether a member's name stays inside the archive on every system."""
    parts = name.split("/")
    return not ("\\" in name or ":" in parts[0] or ".." in parts or name.startswith("/"))


def _check_directory(path: Path) -> None:
    """Refuse a zip whose directory is too large before `zipfile` reads all of it.

    Source: APPNOTE 6.3.10, sections 4.3.14 to 4.3.16.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        start = max(0, size - _END.size - _END64_LOCATOR.size - 0xFFFF)
        file.seek(start)
        tail = file.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or at + _END.size > len(tail):
            raise Malformed("this is not a zip", where=path.name)
        _, _, _, _, count, directory_bytes, _, _ = _END.unpack_from(tail, at)
        locator = tail[max(0, at - _END64_LOCATOR.size) : at]
        if locator.startswith(b"PK\x06\x07") and len(locator) == _END64_LOCATOR.size:
            file.seek(min(_END64_LOCATOR.unpack(locator)[2], size))
            end64 = file.read(_END64.size)
            if len(end64) == _END64.size:
                count, directory_bytes = _END64.unpack(end64)[7:9]
    if count > MAX_FILES or directory_bytes > MAX_DIRECTORY_BYTES:
        raise Malformed("a zip holds too many files", where=path.name)
