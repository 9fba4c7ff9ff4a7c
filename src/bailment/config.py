"""Configuration: a frozen value from `BAILMENT_*` variables and the command line, checked at the start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bailment.model.errors import Malformed

DEFAULT_DATA = ".bailment"
DEFAULT_PORT = 8400
DEFAULT_MAX_SEND_S = 30
# More would let bytes be under way for longer than anybody waits for a certificate.
_MOST_SEND_S = 600


@dataclass(frozen=True, slots=True)
class WitnessConfig:
    """A witness to ask: its URL and its verifier keys, one line each in the vkey form."""

    url: str
    vkeys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenIdConfig:
    """The platform's own OpenID provider, through which people sign in instead of by built-in accounts.

    `issuer` is its issuer identifier, exactly as it spells it. `claim` is the claim of its ID tokens that
    holds a person's id.
    """

    issuer: str
    client_id: str
    client_secret: str
    claim: str = "sub"

    def __post_init__(self) -> None:
        """Check that nothing is missing, and that the issuer is https, or this machine's own."""
        if not (self.issuer and self.client_id and self.client_secret and self.claim):
            raise Malformed("issuer, client and secret come together", where="BAILMENT_OPENID_ISSUER")
        parts = urlsplit(self.issuer)
        local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
        if not (parts.scheme == "https" or local) or not parts.hostname or parts.query or parts.fragment:
            raise Malformed(
                "an issuer is an https URL without query or fragment", where="BAILMENT_OPENID_ISSUER"
            )


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a deployment chooses.

    `store_url` is empty for SQLite under `data`, or a `postgresql://` URL; `keys_url` likewise for the
    per-person keys, and it must be another database. `origin` is the public
    origin, like `https://gateway.example`, without a path; it is never taken from a request.
    `ledger_name` is the ledger's origin line and key name: it is stored with the keys when they are made,
    and may be left out afterwards. `console_key`, when set, opens the
    operator's page to whoever has it; without it there is no such page. `openid` is where people sign in;
    without it, by built-in accounts. `max_send_s` is how long after a request came bytes of its answer may be
    on their way; what has not left by then is cut. `media` is where pictures are kept: empty for a folder
    under `data`, another folder, or the URL of an object store, like `s3://BUCKET/PREFIX`. An S3 that is not
    Amazon's has its address in `media_endpoint`.
    """

    data: Path
    origin: str
    ledger_name: str = ""
    store_url: str = ""
    keys_url: str = ""
    witnesses: tuple[WitnessConfig, ...] = ()
    console_key: str = ""
    openid: OpenIdConfig | None = None
    max_send_s: int = DEFAULT_MAX_SEND_S
    media: str = ""
    media_endpoint: str = ""

    def __post_init__(self) -> None:
        """Check the origin's form, the database's kind, and that keys are kept apart from it."""
        if self.store_url and urlsplit(self.store_url).scheme not in ("postgresql", "postgres"):
            raise Malformed("a postgresql:// URL, or nothing for SQLite", where="BAILMENT_STORE")
        if self.keys_url and (self.keys_url == self.store_url or not self.store_url):
            raise Malformed("keys go to another database than a PostgreSQL store's", where="BAILMENT_KEYS")
        if self.media_endpoint and "://" not in self.media:
            raise Malformed("an endpoint goes with an object store's URL", where="BAILMENT_MEDIA_ENDPOINT")
        if not 1 <= self.max_send_s <= _MOST_SEND_S:
            raise Malformed(f"whole seconds from 1 to {_MOST_SEND_S}", where="BAILMENT_MAX_SEND_S")
        parts = urlsplit(self.origin)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
            raise Malformed(
                "an origin is a scheme and a host, like https://gateway.example", where="BAILMENT_ORIGIN"
            )

    @property
    def first_ledger_name(self) -> str:
        """The name that a new ledger gets: the chosen one, or one made of the origin."""
        return self.ledger_name or urlsplit(self.origin).netloc + "/ledger"

    @property
    def database(self) -> Path:
        """Where the embedded database lies."""
        return self.data / "bailment.db"

    @property
    def ledger(self) -> Path:
        """The folder that is published."""
        return self.data / "ledger"

    @property
    def keys(self) -> Path:
        """The folder of private keys, kept apart from the database and out of its backups."""
        return self.data / "keys"

    @property
    def media_folder(self) -> Path:
        """Where pictures lie, unless they are in an object store."""
        return Path(self.media) if self.media else self.data / "media"


def read_config(environment: Mapping[str, str], **chosen: str) -> Config:
    """Build the configuration from `BAILMENT_*` variables; `chosen` (from the command line) wins.

    Raises:
        Malformed: a value has not the form that it needs.
    """

    def value(name: str, default: str) -> str:
        return chosen.get(name) or environment.get(f"BAILMENT_{name.upper()}") or default

    origin = value("origin", f"http://127.0.0.1:{DEFAULT_PORT}")
    return Config(
        data=Path(value("data", DEFAULT_DATA)),
        origin=origin,
        ledger_name=value("ledger_name", ""),
        store_url=value("store", ""),
        keys_url=value("keys", ""),
        witnesses=parse_witnesses(value("witnesses", "")),
        console_key=value("console_key", ""),
        openid=_read_openid(value),
        max_send_s=_read_seconds(value("max_send_s", str(DEFAULT_MAX_SEND_S))),
        media=value("media", ""),
        media_endpoint=value("media_endpoint", ""),
    )


def _read_seconds(raw: str) -> int:
    if not (raw.isascii() and raw.isdigit()):
        raise Malformed("give whole seconds", where="BAILMENT_MAX_SEND_S")
    return int(raw[:9])


def _read_openid(value: Callable[[str, str], str]) -> OpenIdConfig | None:
    issuer, client_id = value("openid_issuer", ""), value("openid_client", "")
    client_secret, claim = value("openid_secret", ""), value("openid_claim", "sub")
    if not (issuer or client_id or client_secret):
        return None
    return OpenIdConfig(issuer, client_id, client_secret, claim)


def parse_witnesses(raw: str) -> tuple[WitnessConfig, ...]:
    """Parse `URL VKEY [VKEY]` items, separated by semicolons or newlines.

    Raises:
        Malformed: an item has no URL or no key.
    """
    witnesses = []
    for item in raw.replace("\n", ";").split(";"):
        url, *vkeys = item.split() or [""]
        if not url:
            continue
        if not vkeys or urlsplit(url).scheme not in ("http", "https"):
            raise Malformed("a witness is `URL VKEY [VKEY]`", where="BAILMENT_WITNESSES")
        witnesses.append(WitnessConfig(url, tuple(vkeys)))
    return tuple(witnesses)
