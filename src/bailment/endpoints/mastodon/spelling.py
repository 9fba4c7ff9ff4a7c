"""Answers as bytes: what stays the same is encoded once, and a page is a join of bytes.

What is kept is only ever a spelling, under everything that it depends on: an account under person, version
and mask, a status under its row. Whether somebody may see it was decided and recorded before, for this
request. What changes from answer to answer (counts, marks, pictures, whom it answers) is put in every time.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from bailment.disclosure.rendering import Bounded
from bailment.endpoints.mastodon import entities
from bailment.model.answers import Posts
from bailment.model.posts import MediaRow, PersonView, Post, StatusRow
from bailment.model.withholding import notice_text

MOST_BYTES = 16 << 20
_OVERHEAD = 500

_encode = msgspec.json.Encoder().encode
_REST = (
    b'%b,"in_reply_to_id":%b,"in_reply_to_account_id":%b,"replies_count":%d,"favourites_count":%d,'
    b'"favourited":%b,"bookmarked":%b,"media_attachments":%b,"account":%b}'
)
_WORDS = {False: b"false", True: b"true"}

_StatusKey = tuple[str, str, str, str, str]


class MediaUrl(Protocol):
    """Says where a picture is."""

    def __call__(self, media: MediaRow, *, thumbnail: bool, token_hash: bytes) -> str:
        """Return the address at which the holder of a token, in its stored form, may fetch a picture."""
        ...


class Speller:
    """Spells answers under one origin."""

    def __init__(self, origin: str, media_url: MediaUrl) -> None:
        """Start with nothing kept."""
        self._origin = origin
        self._media_url = media_url
        self._accounts: Bounded[tuple[int, int, int], bytes] = Bounded(MOST_BYTES)
        self._statuses: Bounded[int, tuple[_StatusKey, bytes]] = Bounded(MOST_BYTES)

    def account(self, person_id: int, people: Mapping[int, PersonView]) -> bytes:
        """Spell an Account."""
        view = people.get(person_id)
        key = (person_id, view.version, view.mask) if view else (person_id, 0, 0)
        found = self._accounts.get(key)
        if found is not None:
            return found
        spelled = _encode(entities.account(self._origin, person_id, view))
        return self._accounts.put(key, spelled, len(spelled) + _OVERHEAD)

    def accounts(self, posts: Posts) -> bytes:
        """Spell the accounts of a list."""
        return _list(self.account(person_id, posts.people) for person_id in posts.order)

    def own_account(self, posts: Posts) -> bytes:
        """Spell the account of the device's user."""
        view = posts.people.get(posts.me)
        return _encode(entities.own_account(self._origin, posts.me, view, posts.friends))

    def one_account(self, posts: Posts) -> bytes:
        """Spell the account that was asked for; one's own has its counts."""
        person_id = posts.order[0]
        if person_id != posts.me:
            return self.account(person_id, posts.people)
        counted = {"followers_count": posts.friends, "following_count": posts.friends}
        plain = entities.account(self._origin, person_id, posts.people.get(person_id))
        return _encode({**plain, **counted})

    def statuses(self, posts: Iterable[Post], people: Mapping[int, PersonView], token_hash: bytes) -> bytes:
        """Spell a list of Statuses."""
        return _list(self.status(post, people, token_hash) for post in posts)

    def status(self, post: Post, people: Mapping[int, PersonView], token_hash: bytes) -> bytes:
        """Spell a Status, with addresses of its pictures at which the holder of the token may fetch them."""
        # What stands in the place of a withheld status is said in its text: the protocol has no other form.
        said = post.withheld and notice_text(post.withheld)
        row = post.status._replace(text=said) if said else post.status
        answers, whom = row.reply_to, post.reply_to_person
        return _REST % (
            self._head(row),
            b"null" if answers is None else b'"%d"' % answers,
            b"null" if whom is None else b'"%d"' % whom,
            post.replies,
            post.likes,
            _WORDS[post.is_liked],
            _WORDS[post.is_marked],
            self._attachments(post.media, token_hash) if post.media else b"[]",
            self.account(row.person_id, people),
        )

    def deleted(self, post: Post, people: Mapping[int, PersonView], token_hash: bytes) -> bytes:
        """Spell a status that was deleted, with its text, so that it can be written anew."""
        return b'%b,"text":%b}' % (self.status(post, people, token_hash)[:-1], _encode(post.status.text))

    def history(self, post: Post, people: Mapping[int, PersonView], token_hash: bytes) -> bytes:
        """Spell all versions of a status, of which there is one."""
        return _encode([entities.edit(msgspec.json.decode(self.status(post, people, token_hash)))])

    def context(self, posts: Posts, token_hash: bytes) -> bytes:
        """Spell a Context."""
        before, after = (
            self.statuses(each, posts.people, token_hash) for each in (posts.before, posts.after)
        )
        return b'{"ancestors":%b,"descendants":%b}' % (before, after)

    def notifications(self, posts: Posts, token_hash: bytes) -> list[bytes]:
        """Spell Notifications, each by itself."""
        about = {post.status.status_id: post for post in posts.posts}
        return [
            b'%b,"account":%b,"status":%b}'
            % (
                _encode(entities.notification(notice))[:-1],
                self.account(notice.person_id, posts.people),
                self.status(about[notice.status_id], posts.people, token_hash),
            )
            for notice in posts.notices
            if notice.status_id in about
        ]

    def attachment(self, media: MediaRow, token_hash: bytes) -> dict[str, Any]:
        """Return a MediaAttachment."""
        whole, small = (
            self._media_url(media, thumbnail=thumbnail, token_hash=token_hash) for thumbnail in (False, True)
        )
        found = entities.attachment(media, whole, small)
        if media.withheld is None:
            return found
        return {**found, "type": "unknown", "description": notice_text(media.withheld)}

    def _attachments(self, media: Sequence[MediaRow], token_hash: bytes) -> bytes:
        return _encode([self.attachment(each, token_hash) for each in media])

    def _head(self, row: StatusRow) -> bytes:
        """Return a status up to where it differs from answer to answer."""
        key = (row.text, row.via, row.app, row.via_name, row.via_operator)
        found = self._statuses.get(row.status_id)
        if found is not None and found[0] == key:
            return found[1]
        head = _encode(entities.status(self._origin, row))[:-1]
        # A partner that was renamed since: the newest name is spelled, and not kept beside the old one.
        if found is None:
            self._statuses.put(row.status_id, (key, head), len(head) + len(row.text) + _OVERHEAD)
        return head


def _list(items: Iterable[bytes]) -> bytes:
    return b"[%b]" % b",".join(items)
