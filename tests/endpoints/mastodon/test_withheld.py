"""What an order withholds, as apps for Mastodon show it: the notice in the item's place, never the item."""

import msgspec

from bailment.endpoints.mastodon.spelling import Speller
from bailment.model.posts import MediaRow, Post, StatusRow, first_id_at
from bailment.model.withholding import Withheld, notice_text

ORIGIN = "https://gateway.example"
NOTICE = Withheld("wit_1", "DE", "Court <b>of</b> Example", "Example Act", 1_790_000_000_000, "refused")
ROW = StatusRow(first_id_at(1_780_000_000_000), 2, "what was said", None, "m1")
PICTURE = MediaRow("m1", 2, bytes(32), "image/png", 8, 8, bytes(32), 4, 4, "a dog", "{}", 1, ROW.status_id)


def speller() -> Speller:
    """Return a speller whose pictures stand under their ids."""

    def media_url(media: MediaRow, *, thumbnail: bool, token_hash: bytes) -> str:
        del token_hash
        return f"{ORIGIN}/{media.media_id}/{int(thumbnail)}"

    return Speller(ORIGIN, media_url)


def test_the_notice_is_the_statuss_text_for_who_reads_there_alone() -> None:
    """Whichever of two readers comes first, each sees what the pipeline gave for them."""
    shown = Post(ROW, 1, 2, is_liked=False, is_marked=False, media=(PICTURE,))
    covered = shown._replace(status=ROW._replace(text=""), withheld=NOTICE)
    for order in ((shown, covered), (covered, shown)):
        spelling = speller()
        for post in (*order, *order):
            content = msgspec.json.decode(spelling.status(post, {}, b""))["content"]
            assert ("what was said" in content) == (post is shown)
            assert ("under order wit_1 of Court &lt;b&gt;of&lt;/b&gt; Example" in content) == (
                post is covered
            )
            assert ("An appeal was refused." in content) == (post is covered)


def test_a_withheld_picture_has_the_notice_as_its_description() -> None:
    """It is of no type that an app would load, and stands where the picture stood."""
    covered = PICTURE._replace(digest=b"", thumbnail=b"", description="", withheld=NOTICE)
    post = Post(ROW, 0, 0, is_liked=False, is_marked=False, media=(covered,))
    (found,) = msgspec.json.decode(speller().status(post, {}, b""))["media_attachments"]
    assert (found["id"], found["type"], found["description"]) == ("m1", "unknown", notice_text(NOTICE))
