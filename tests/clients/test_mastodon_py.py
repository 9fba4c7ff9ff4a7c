"""Mastodon.py, a client library of a foreign make, works unchanged against a real server."""

from collections.abc import Iterator

import mastodon
import pytest

from tests.support.mastodon_server import take_apps, token_of
from tests.support.server import GatewayServer, gateway
from tests.support.small_world import CLOSED, LONG, OPEN, STRANGER, USER


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayServer]:
    """Give a gateway whose agreement takes apps."""
    with gateway(tmp_path_factory.mktemp("gateway")) as running:
        take_apps(running)
        yield running


@pytest.fixture
def app(server: GatewayServer) -> mastodon.Mastodon:
    """Give an app of the user."""
    return app_of(server, USER)


def app_of(server: GatewayServer, person_id: int) -> mastodon.Mastodon:
    """Log an app in with a token that it has."""
    # It would wait for ever where a server counts its requests; ours does not, and says nothing of limits.
    return mastodon.Mastodon(
        access_token=token_of(server, person_id), api_base_url=server.url, ratelimit_method="throw"
    )


def test_it_knows_the_server_and_the_user(app: mastodon.Mastodon, server: GatewayServer) -> None:
    """Both forms of the instance are understood, and who has logged in."""
    assert app.retrieve_mastodon_version() == "4.2.0"
    assert app.instance_v1().configuration.statuses.max_characters == 5_000
    assert f"http://{app.instance_v2().domain}" == server.url
    me = app.account_verify_credentials()
    assert (str(me.id), me.display_name, me.avatar) == (
        str(USER),
        "Ada Okafor",
        "https://photos.example/1.jpg",
    )
    assert app.app_verify_credentials().name


def test_it_posts_likes_and_answers(server: GatewayServer, app: mastodon.Mastodon) -> None:
    """What one app writes another reads: statuses, likes, marks, answers and notifications."""
    friend = app_of(server, OPEN)
    status = friend.status_post("Hello <friends>", idempotency_key="k", visibility="unlisted")
    assert friend.status_post("Hello <friends>", idempotency_key="k").id == status.id
    assert status.application.name == "Lumen Hub (Lumen Mobile)"
    assert status.visibility == "private"
    seen = app.timeline_home(limit=1)[0]
    assert (seen.id, seen.content) == (status.id, "<p>Hello &lt;friends&gt;</p>")
    assert app.status_favourite(status).favourited
    assert [str(each.id) for each in app.status_favourited_by(status)] == [str(USER)]
    assert friend.status(status.id).favourites_count == 1
    assert app.status_bookmark(status).bookmarked
    assert [each.id for each in app.bookmarks()] == [status.id]
    answer = app.status_reply(status, "Well")
    assert (answer.in_reply_to_id, answer.in_reply_to_account_id) == (status.id, status.account.id)
    assert [each.id for each in friend.status_context(status).descendants] == [answer.id]
    told = friend.notifications()
    assert [each.type for each in told] == ["mention", "favourite"]
    assert [each.type for each in friend.notifications(types=["favourite"])] == ["favourite"]
    assert friend.notifications(id=told[0].id).status.id == answer.id
    assert not app.status_unfavourite(status).favourited
    assert not app.status_unbookmark(status).bookmarked
    assert app.status_source(status).text == "Hello <friends>"
    app.status_delete(answer)
    with pytest.raises(mastodon.MastodonNotFoundError):
        friend.status(answer.id)
    friend.status_delete(status)


def test_it_goes_through_all_pages(app: mastodon.Mastodon) -> None:
    """From link to link it comes to every status once, and to an end."""
    first = app.timeline_home(limit=40)
    found = app.fetch_remaining(first)
    assert len(found) == len({each.id for each in found})
    assert sum(str(each.account.id) == str(LONG) for each in found) == 200
    before = app.fetch_previous(first)
    assert not before


def test_it_sees_friends_and_nobody_else(app: mastodon.Mastodon) -> None:
    """Friends are followers and followed; who closes everything and who is no friend are not there."""
    followers = app.account_followers(app.account_verify_credentials().id)
    assert {str(each.id) for each in followers} == {"2", "3", "5", "6"}
    assert [each.following for each in app.account_relationships([OPEN, STRANGER])] == [True]
    assert [str(each.id) for each in app.account_search("chidi")] == [str(OPEN)]
    assert app.search_v2("gale").accounts == []
    for nobody in (CLOSED, STRANGER):
        with pytest.raises(mastodon.MastodonNotFoundError):
            app.account(nobody)


def test_what_is_not_there_is_empty(app: mastodon.Mastodon) -> None:
    """What an app asks for when it starts is answered in a form that it understands."""
    assert app.custom_emojis() == []
    assert app.lists() == []
    assert app.filters() == app.filters_v2() == []
    assert app.announcements() == []
    assert app.conversations() == []
    assert app.follow_requests() == []
    assert app.mutes() == app.blocks() == []
    assert app.timeline_public() == app.timeline_hashtag("tag") == []
    assert app.trending_tags() == app.trending_statuses() == app.trending_links() == []
    assert app.followed_tags() == app.suggestions() == app.scheduled_statuses() == []
    assert app.preferences()["posting:default:visibility"] == "private"
    assert app.markers_get() == {}


def test_what_cannot_be_done_is_said(app: mastodon.Mastodon, server: GatewayServer) -> None:
    """A status is not passed on, a poll not posted, a token that is none not accepted."""
    status = app.timeline_home()[0]
    with pytest.raises(mastodon.MastodonAPIError, match="friends of friends"):
        app.status_reblog(status)
    with pytest.raises(mastodon.MastodonAPIError, match="no polls"):
        app.status_post("x", poll=app.make_poll(["a", "b"], 300))
    other = mastodon.Mastodon(access_token="nobodys", api_base_url=server.url)
    with pytest.raises(mastodon.MastodonUnauthorizedError):
        other.account_verify_credentials()
