"""The composition root: builds every part from `Config` and lets the type checker prove that they fit."""

import asyncio
import contextlib
import importlib
import resource
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Protocol, TypeVar

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from bailment.answers.minute import minute_of
from bailment.answers.newest import newest_disclosures
from bailment.answers.register import PublishedRegister, published_entry
from bailment.clock import now_ms
from bailment.config import Config
from bailment.disclosure.integrator import Integrator
from bailment.disclosure.pictures import Pictures, keep_pictures
from bailment.disclosure.pipeline import Pipeline
from bailment.disclosure.record import MINUTE_MS
from bailment.disclosure.streams import Streams
from bailment.endpoints.admin.routes import Admin, admin_routes
from bailment.endpoints.api.media_routes import MediaApi, media_routes
from bailment.endpoints.api.post_routes import PostApi, post_routes
from bailment.endpoints.api.routes import Api, api_routes
from bailment.endpoints.carddav.routes import CardDav, carddav_routes
from bailment.endpoints.consent.pages import (
    AddressBooks,
    Consenting,
    Overview,
    Pages,
    Sessions,
    SignIn,
    Withholding,
)
from bailment.endpoints.consent.routes import page_routes
from bailment.endpoints.consent.shell import cookie_name
from bailment.endpoints.console.codec import Row, page_row
from bailment.endpoints.console.routes import console_routes
from bailment.endpoints.console.timeline_routes import timeline_routes
from bailment.endpoints.events.routes import Events, event_routes
from bailment.endpoints.mastodon.apps_routes import AppsApi, apps_routes, parse_app_call
from bailment.endpoints.mastodon.call import MastodonApi
from bailment.endpoints.mastodon.media_routes import MastodonMedia, mastodon_media_routes
from bailment.endpoints.mastodon.routes import CORS, mastodon_routes
from bailment.endpoints.mastodon.stream_codec import PREFIX as STREAMING
from bailment.endpoints.mastodon.streaming import Streaming, streaming_routes
from bailment.endpoints.oauth.routes import Bridge, oauth_routes
from bailment.endpoints.register.routes import register_routes
from bailment.endpoints.tiles.routes import tile_routes
from bailment.ledger.cosignature import MLDSA44Cosigner
from bailment.ledger.note import ED25519, VerifierKey, parse_vkey
from bailment.model.answers import Answer, Written
from bailment.model.disclosure import Ask
from bailment.model.errors import Unavailable
from bailment.model.operators import Actor
from bailment.model.posts import MediaRow
from bailment.model.programme import Consent, Grant
from bailment.oauth import consenting, overview, sessions
from bailment.oauth.accounts import Passwords, check_password
from bailment.oauth.ceremonies import open_passkeys
from bailment.oauth.client_access import authorize
from bailment.oauth.keys import jwks_document
from bailment.oauth.mastodon import authorize as app_requests
from bailment.oauth.mastodon import tokens
from bailment.oauth.mastodon.apps import register as register_app
from bailment.oauth.openid import OpenId
from bailment.oauth.rfc8935 import deliver_pushes
from bailment.oauth.rfc8936 import Patience
from bailment.oauth.rfc9449 import BUCKET_S, Nonces
from bailment.oauth.server import Server
from bailment.partners import secrets, wipes
from bailment.partners.consent import change_setting, enrol_device
from bailment.partners.grants import Grants
from bailment.partners.office import Office, Operation, perform
from bailment.partners.operations import OPERATIONS
from bailment.partners.operator_enrolment import enrol_operator
from bailment.partners.operator_people import actor_of_person
from bailment.partners.operators import actor_of_key
from bailment.partners.secrets import is_known
from bailment.partners.upkeep import keep_programme
from bailment.partners.withholding_appeals import count_in_force, file_appeal, own_orders
from bailment.people.card import CARD_FIELDS
from bailment.people.media import MediaFiles
from bailment.people.pictures import PictureWorkers
from bailment.people.times import instant_of_unix_ms
from bailment.seal.capability import Capabilities, Reference, load_or_make_capabilities
from bailment.seal.ledger_keys import SigningKeys, load_or_make_keys
from bailment.seal.oauth_keys import load_or_make_oauth_keys
from bailment.seal.secret import random_bytes, random_id
from bailment.store.media_folder import MediaFolder
from bailment.store.migrate import migrate
from bailment.store.openid_http import OpenIdHttp
from bailment.store.person_keys import PersonKeyFile
from bailment.store.push_http import HttpSender
from bailment.store.sqlite import SqliteStore
from bailment.store.tile_folder import TileFolder
from bailment.store.transaction import Transaction
from bailment.store.witness_http import HttpWitness

if TYPE_CHECKING:
    from bailment.store.person_keys_postgres import PersonKeyDatabase
    from bailment.store.postgres import PostgresStore

T = TypeVar("T")

_SWEEP_S = 300


class Store(Protocol):
    """What `SqliteStore` and `PostgresStore` both are; the latter is imported only where it is asked for."""

    async def disclose(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in a transaction; see `disclosure.ports`."""

    async def repeat(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in a transaction that may go unflushed; see `disclosure.ports`."""

    async def flush(self) -> None:
        """Flush what was committed; see `disclosure.integrator`."""

    async def change(
        self, work: Callable[[Transaction], Awaitable[T]], in_effect: bytes, *, widens: bool
    ) -> T:
        """Run a change of deciding facts; see `partners.ports`."""

    def reading(self) -> contextlib.AbstractAsyncContextManager[Transaction]:
        """Give a view of the newest committed state."""

    def elected(self) -> contextlib.AbstractAsyncContextManager[bool]:
        """Hold the integrator's lock for the block."""

    async def close(self) -> None:
        """Close what is open."""


class Keys(Protocol):
    """What both stores of person keys are."""

    async def keys(self, person_ids: Iterable[int]) -> Mapping[int, bytes]:
        """Return each person's key; see `disclosure.ports`."""

    async def close(self) -> None:
        """Close what is open."""


@dataclass(frozen=True, slots=True)
class Platform:
    """One opened deployment."""

    config: Config
    store: Store
    keys: Keys
    folder: TileFolder
    signing: SigningKeys
    integrator: Integrator
    pipeline: Pipeline
    oauth: Server
    media: MediaFiles
    pictures: Pictures
    capabilities: Capabilities
    streams: Streams

    async def disclose(self, ask: Ask) -> Answer:
        """Answer `ask`; who is connected hears at once of what was written."""
        answer = await self.pipeline.disclose(ask)
        if isinstance(answer, Written):
            self.streams.wake()
        return answer


@contextlib.asynccontextmanager
async def open_platform(config: Config) -> AsyncIterator[Platform]:
    """Open the database, bring it up to date, and build everything above it.

    Raises:
        Unavailable: the database or the data folder cannot be opened, or a driver is not installed.
    """
    try:
        config.data.mkdir(parents=True, exist_ok=True)
        config.keys.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"the data folder {config.data} cannot be used: {error.strerror}") from error
    store = await _open_store(config)
    keys = await _open_keys(config)
    signing = load_or_make_keys(
        config.keys / "ledger.json", config.first_ledger_name, named_by_hand=bool(config.ledger_name)
    )
    folder = TileFolder(config.ledger)
    for name, key in verifier_keys(signing).items():
        folder.publish(name, f"{key}\n".encode())
    witnesses = [
        HttpWitness(each.url, [parse_vkey(vkey) for vkey in each.vkeys]) for each in config.witnesses
    ]
    integrator = Integrator(store, folder, signing, witnesses, now_ms)
    oauth = _authorization_server(config, store, keys)
    media, workers, pipeline = _open_media(config), PictureWorkers(), Pipeline(store, keys)
    pictures = Pictures(pipeline, workers, media, now_ms)
    capabilities = load_or_make_capabilities(config.keys / "media.json")
    try:
        yield Platform(
            config,
            store,
            keys,
            folder,
            signing,
            integrator,
            pipeline,
            oauth,
            media,
            pictures,
            capabilities,
            Streams(store, now_ms, _most_streams),
        )
    finally:
        await workers.close()
        await store.close()
        await keys.close()


def _authorization_server(config: Config, store: Store, keys: Keys) -> Server:
    secrets = load_or_make_oauth_keys(config.keys / "oauth.json")
    return Server(config.origin, store, Grants(store, keys), secrets, Nonces(secrets.nonce_secret))


def _open_media(config: Config) -> MediaFiles:
    """Open where pictures are kept."""
    if "://" not in config.media:
        return MediaFolder(config.media_folder)
    try:
        objects = importlib.import_module("bailment.store.media_objects")
    except ModuleNotFoundError as error:
        raise Unavailable("object storage needs its library: install bailment[objects]") from error
    opened: MediaFiles = objects.open_media_objects(config.media, config.media_endpoint)
    return opened


async def _open_store(config: Config) -> Store:
    if not config.store_url:
        config.database.touch(
            mode=0o600
        )  # It holds content in clear; what SQLite adds beside it has its mode.
        url = f"sqlite:///{config.database}"
        await _migrate(url)
        return SqliteStore(config.database)
    postgres = _postgres("postgres")
    await _migrate(config.store_url)
    store: PostgresStore = postgres.PostgresStore(config.store_url)
    await store.open()
    return store


async def _migrate(url: str) -> None:
    """Bring the database up to date; a cancellation waits for the thread, which would go on writing files."""
    work = asyncio.create_task(asyncio.to_thread(migrate, url))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        raise


async def _open_keys(config: Config) -> Keys:
    if not config.keys_url:
        return PersonKeyFile(config.keys / "persons.db", random_bytes)
    keys: PersonKeyDatabase = _postgres("person_keys_postgres").PersonKeyDatabase(
        config.keys_url, random_bytes
    )
    await keys.open()
    return keys


@contextlib.asynccontextmanager
async def scratch_store(url: str) -> AsyncIterator[str]:
    """Give the URL of a store that is gone afterwards: a schema of its own, or SQLite where it is empty."""
    if not url:
        yield ""
        return
    name = f"bailment_sandbox_{random_bytes(8).hex()}"
    async with _postgres("scratch").scratch_schema(url, name) as scratch_url:
        yield scratch_url


def _postgres(module: str) -> ModuleType:
    """Import a module of the store that needs PostgreSQL's driver, which is an extra."""
    try:
        return importlib.import_module(f"bailment.store.{module}")
    except ModuleNotFoundError as error:
        raise Unavailable("PostgreSQL needs its driver: install bailment[postgres]") from error


def verifier_keys(signing: SigningKeys) -> dict[str, VerifierKey]:
    """Return the ledger's verifier keys by the name of the file that publishes them."""
    plain = VerifierKey(signing.name, ED25519, signing.ed25519.public_key().public_bytes_raw())
    return {"vkey": plain, "vkey-mldsa44": MLDSA44Cosigner(signing.name, signing.mldsa44).key}


def _policy(config: Config, signing: SigningKeys) -> str:
    """Return the shipped policy (C2SP tlog-policy): this ledger, and one cosignature of its witnesses."""
    lines = [f"log {key}" for key in verifier_keys(signing).values()]
    names = []
    for number, witness in enumerate(config.witnesses, start=1):
        # A witness may sign with several keys; all of them are listed, so that damage to any line is found.
        keys = [
            f"w{number}" if place == 0 else f"w{number}-{place + 1}" for place in range(len(witness.vkeys))
        ]
        lines += [
            f"witness {key} {vkey} {witness.url}" for key, vkey in zip(keys, witness.vkeys, strict=True)
        ]
        lines.append(f"group witness{number} all {' '.join(keys)}")
        names.append(f"witness{number}")
    lines += [f"group witnesses any {' '.join(names)}", "quorum witnesses"] if names else ["quorum none"]
    return "\n".join(lines) + "\n"


def office_of(platform: Platform) -> Office:
    """Return what the partner programme's use cases work with."""
    publish, most_s = platform.integrator.step_if_elected, platform.config.max_send_s
    return Office(platform.store, platform.keys, platform.signing, publish, most_s)


def build_asgi(platform: Platform) -> ASGIApp:
    """Return the web application over an opened platform."""
    api = Api(
        platform.pipeline.disclose,
        partial(enrol_device, platform.store, platform.keys),
        partial(secrets.enrol_secret, platform.store, platform.keys),
        platform.config.origin,
        now_ms,
        partial(wipes.order_to, platform.store),
        partial(wipes.acknowledge, platform.store, platform.keys),
    )
    oauth = platform.oauth
    console = console_routes(platform.config.console_key, partial(newest_rows, platform))
    reads = api_routes(api)
    books = carddav_routes(
        CardDav(platform.pipeline.disclose, partial(is_known, platform.store), platform.config.origin, now_ms)
    )
    posting = PostApi(
        platform.disclose,
        partial(wipes.order_to, platform.store),
        platform.config.origin,
        now_ms,
    )
    posts = [*post_routes(posting), *media_routes(MediaApi(platform.pictures, posting))]
    mastodon = _mastodon(platform)
    opener = partial(_open_address, platform)
    pictures = mastodon_media_routes(MastodonMedia(mastodon, platform.pictures, opener))
    streaming = Streaming(mastodon, platform.streams)
    apps = [*pictures, *streaming_routes(streaming), *mastodon_routes(mastodon)]
    back_channel = oauth_routes(oauth, jwks_document(oauth.keys), now_ms, _bridge(oauth))
    registering = apps_routes(AppsApi(partial(register_app, oauth), platform.config.origin, now_ms))
    events = event_routes(Events(oauth, partial(authorize, oauth), now_ms, Patience()))
    pages = page_routes(_pages(platform))
    tiles = tile_routes(platform.folder.read)
    office = office_of(platform)

    def run(chosen: Operation, actor: Actor, document: object, now: int) -> Awaitable[object]:
        return perform(chosen, office, actor, document, now)

    admin = admin_routes(
        Admin(partial(actor_of_key, office), run, partial(enrol_operator, office), now_ms), OPERATIONS
    )
    registers = PublishedRegister(platform.folder)
    register = register_routes(registers, partial(published_entry, platform.folder), now_ms)
    operators = partial(_is_operator, platform)
    timelines = timeline_routes(platform.config.console_key, registers, now_ms, operators)
    shown = [*pages, *tiles, *console, *timelines, *register]
    api_paths = [*posts, *reads, *books, *registering, *apps, *back_channel]
    app = Starlette(routes=[*api_paths, *events, *shown, *admin])
    # It would answer a trailing slash with a redirect to whatever host the request names.
    app.router.redirect_slashes = False
    hot = {route.path: route.app for route in api_paths if "{" not in route.path}
    return _straight_to(hot, streaming, app)


def _bridge(server: Server) -> Bridge:
    """Bind what apps for Mastodon do at the paths that all clients share."""
    return Bridge(parse_app_call, partial(tokens.issue, server), partial(tokens.revoke, server), CORS)


def _mastodon(platform: Platform) -> MastodonApi:
    """Bind what the Mastodon client API needs to this platform."""
    origin = platform.config.origin

    def media_url(media: MediaRow, *, thumbnail: bool, token_hash: bytes) -> str:
        # No address can prove a key: a bound device fetches with its proof, where makers' own apps do.
        if not token_hash:
            return f"{origin}/v1/media/{media.media_id}{'/thumbnail' if thumbnail else ''}"
        reference = Reference(token_hash, media.media_id, thumbnail)
        return f"{origin}/media/{platform.capabilities.seal(reference, now_ms())}"

    return MastodonApi(platform.disclose, partial(tokens.app_of, platform.oauth), media_url, origin, now_ms)


def _open_address(platform: Platform, raw: str, now: int) -> tuple[bytes, str, bool] | None:
    """Return the token, picture and variant that an address of a picture stands for."""
    found = platform.capabilities.open(raw, now)
    return None if found is None else (found.token_hash, found.media_id, found.thumbnail)


def _pages(platform: Platform) -> Pages:
    """Bind what the pages of people need to this platform."""
    store, server, origin = platform.store, platform.oauth, platform.config.origin
    return Pages(
        origin,
        now_ms,
        Sessions(
            partial(sessions.find_visit, store),
            partial(sessions.sign_in, store),
            partial(sessions.sign_out, store),
        ),
        _ways_to_sign_in(platform),
        Consenting(
            partial(consenting.begin, server),
            partial(app_requests.begin, server),
            partial(consenting.choose_country, server),
            partial(consenting.enter_user_code, server),
            partial(consenting.look, server),
            partial(consenting.approve, server),
            partial(consenting.refuse, server),
        ),
        Overview(
            partial(overview.name_of, store),
            partial(overview.grants_of, store),
            partial(overview.grant_of, store),
            partial(overview.setting_of, store),
            partial(overview.partners_of_friends, store),
            partial(minute_of, store),
            partial(overview.notices_of, store),
        ),
        server.grants,
        partial(change_setting, store, platform.keys),
        AddressBooks(partial(secrets.offered, store), partial(_give_book, platform), CARD_FIELDS),
        Withholding(
            partial(own_orders, store),
            partial(count_in_force, store),
            partial(file_appeal, store, platform.keys),
        ),
    )


async def _give_book(
    platform: Platform,
    person_id: int,
    integration_id: str,
    asked: tuple[str, int],
    device: tuple[str, str],
    until: int,
    now: int,
) -> secrets.Secret:
    """Make what a contacts app is set up with, for what a person ticked."""
    (purpose, friends), (country, name) = asked, device
    consents = (Consent(purpose, 0, friends),)
    grant = Grant(random_id("grant"), person_id, integration_id, country, consents, until, device_name=name)
    return await secrets.give_secret(platform.store, platform.keys, grant, now)


async def _is_operator(platform: Platform, cookies: Mapping[str, str]) -> bool:
    """Tell whether the browser with these cookies is one in which an operator has signed in."""
    secret = cookies.get(cookie_name(platform.config.origin), "")
    if not secret:
        return False
    visit = await sessions.find_visit(platform.store, secret, now_ms())
    if visit.person_id is None:
        return False
    return await actor_of_person(office_of(platform), visit.person_id) is not None


def _ways_to_sign_in(platform: Platform) -> SignIn:
    """Return the platform's own provider, or else built-in accounts; both would be one too many."""
    store, config = platform.store, platform.config
    if config.openid is not None:
        return SignIn(provider=OpenId(config.openid, OpenIdHttp(), store, config.origin))
    return SignIn(partial(check_password, store, Passwords()), open_passkeys(store, config.origin))


def _most_streams() -> int:
    """Return how many may stream at a time: each takes a descriptor, and a second one while it is sent to."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] * 3 // 5


def _straight_to(hot: Mapping[str, ASGIApp], streaming: ASGIApp, app: ASGIApp) -> ASGIApp:
    """Lead the paths without parameters straight to their endpoints, which handle their own errors.

    Middleware and routing that such a request does not need take a tenth of its time. A stream would keep
    what they hold for as long as it lasts.
    """

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope["path"].startswith(STREAMING):
            await streaming(scope, receive, send)
            return
        endpoint = hot.get(scope["path"]) if scope["type"] == "http" else None
        if endpoint is None:
            await app(scope, receive, send)
        else:
            await endpoint({**scope, "path_params": {}}, receive, send)

    return front


async def newest_rows(platform: Platform, most: int) -> list[Row]:
    """Read the newest disclosures and turn them into the page's rows."""
    rows = []
    for opened in await newest_disclosures(platform.store, platform.keys, most):
        minute = opened.entry.fields["minute"]
        at = opened.opening.details.get("at", minute * MINUTE_MS if isinstance(minute, int) else 0)
        when = instant_of_unix_ms(at if isinstance(at, int) else 0)
        rows.append(page_row(opened.entry.kind, opened.entry.fields, opened.opening.details, when))
    return rows


async def keep_house(platform: Platform, stop: asyncio.Event) -> None:
    """Publish the policy, integrate the ledger, drop marks and rows of no more use, until `stop` is set."""
    platform.folder.publish("policy", _policy(platform.config, platform.signing).encode())
    sender = HttpSender(platform.config.origin)
    try:
        await asyncio.gather(
            platform.integrator.run(stop),
            _drop_marks(platform, stop),
            # Requests, codes, tokens and sessions; and receipts older than the meter's twelve months.
            _sweep(platform, stop, lambda transaction: transaction.sweep(now_ms())),
            _sweep(platform, stop, lambda transaction: transaction.sweep_volume(now_ms())),
            _sweep(platform, stop, lambda transaction: transaction.sweep_apps(now_ms())),
            _sweep(platform, stop, lambda transaction: transaction.sweep_removed(now_ms())),
            platform.streams.run(stop),
            deliver_pushes(platform.oauth, sender, now_ms, stop),
            keep_programme(office_of(platform), now_ms, stop),
            keep_pictures(platform.store, platform.media, now_ms, stop),
        )
    finally:
        await sender.close()


async def _drop_marks(platform: Platform, stop: asyncio.Event) -> None:
    """Empty, once a bucket, the replay table that no proof within the window can fall into."""
    while not stop.is_set():

        async def clear(transaction: Transaction) -> None:
            # The time is read here: while this waited, another table may have become the idle one.
            await transaction.clear_marks(now_ms() // 1000 // BUCKET_S + 2)

        # A mark that stays too long costs a little room and nothing else.
        with contextlib.suppress(Unavailable):
            await platform.store.disclose(clear)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), BUCKET_S)


async def _sweep(
    platform: Platform, stop: asyncio.Event, take_some: Callable[[Transaction], Awaitable[int]]
) -> None:
    """Take out, every few minutes, rows that expired; `take_some` says whether there may be more."""
    while not stop.is_set():
        # What stays too long costs room and nothing else: whoever reads it sees that it has expired.
        with contextlib.suppress(Unavailable):
            began = time.monotonic()
            while await platform.store.disclose(take_some):
                # A long backlog leaves nine tenths of the time to who waits for an answer.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 9 * (time.monotonic() - began))
                if stop.is_set():
                    return
                began = time.monotonic()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _SWEEP_S)
