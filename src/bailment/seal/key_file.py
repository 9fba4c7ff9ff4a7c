"""A file of private keys: made once and durably, and readable by its owner alone."""

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bailment.model.errors import Malformed, Unavailable


def read_or_make(path: Path, make: Callable[[], Mapping[str, str]]) -> dict[str, Any]:
    """Return the JSON object in the file at `path`; where there is no file yet, store what `make` gives.

    Of two processes that make it at once, the first one's file stays and both read that one.

    Raises:
        Malformed: the file holds no JSON object.
        Unavailable: it cannot be read or written.
    """
    try:
        if not path.exists():
            _store(path, make())
        stored = json.loads(path.read_text())
    except OSError as error:
        raise Unavailable(f"the key file {path.name} cannot be read or written") from error
    except ValueError as error:
        raise Malformed("not a key file", where=path.name) from error
    if not isinstance(stored, dict):
        raise Malformed("not a key file", where=path.name)
    return stored


def _store(path: Path, document: Mapping[str, str]) -> None:
    """Write a whole file of mode 0600 and give it its name, unless another has the name by now."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(document, file)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        Path(temporary).unlink()
