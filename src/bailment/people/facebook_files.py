"""Where the files of a "Download your information" export stand, in its three layouts.

| | 2018-19 | 2021-22 | 2023 and later |
|---|---|---|---|
| profile | `profile_information/` | the same | `personal_information/profile_information/` |
| friends | `friends/` | `friends_and_followers/` | `connections/friends/your_friends` |
| likes | `likes_and_reactions/pages` | `pages/pages_you've_liked` | below `your_facebook_activity/` |
| posts | `posts/your_posts` | the same, numbered | below `your_facebook_activity/` |

All may stand below one top folder, and a long file is split into `_1`, `_2`, ...
"""

import re

from bailment.model.errors import Malformed

_PART = r"(?:_(\d{1,6}))?\.json"
_PATTERNS = {
    "profile": rf"(?:personal_information/)?profile_information/profile_information{_PART}",
    "friends": (
        rf"(?:friends/friends|friends_and_followers/friends|connections/friends/your_friends){_PART}"
    ),
    "likes": (
        r"(?:likes_and_reactions/pages|(?:your_facebook_activity/)?pages/pages_you.{1,3}ve_liked)" + _PART
    ),
    "posts": (r"(?:your_facebook_activity/)?posts/your_posts(?:__check_ins__photos_and_videos)?" + _PART),
}
_KINDS = {kind: re.compile(pattern, re.ASCII) for kind, pattern in _PATTERNS.items()}

Files = dict[str, list[str]]


def find_files(names: list[str], where: str) -> Files:
    """Return the names of the export's files by kind, the parts of each in order.

    Raises:
        Malformed: there is no profile, or there is more than one export.
    """
    found = [placed for name in names if (placed := _place(name)) is not None]
    if len({top for top, _, _, _ in found}) > 1:
        raise Malformed("there is more than one export here", where=where)
    files: Files = {kind: [] for kind in _KINDS}
    for _, kind, _, name in sorted(found):
        files[kind].append(name)
    if len(files["profile"]) != 1:
        pages = any(name.endswith(".html") for name in names)
        hint = ": ask for the export as JSON, not HTML" if pages else ""
        raise Malformed(f"there is not one profile_information.json{hint}", where=where)
    return files


def _place(name: str) -> tuple[str, str, int, str] | None:
    """Return (top folder, kind, part number, name) of a name that is a file of the export."""
    top, _, below = name.partition("/")
    for folder, path in (("", name), (top, below)):
        for kind, pattern in _KINDS.items():
            if match := pattern.fullmatch(path):
                return folder, kind, int(match[1] or 0), name
    return None
