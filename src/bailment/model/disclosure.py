"""The values that travel through a disclosure: what is asked, the facts that decide, what is recorded.

They stand in the model because both the pipeline and the store speak of them, and the store never
imports the pipeline.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from bailment.model.fields import Ring
from bailment.model.posts import Deed, Wish


class Route(Enum):
    """What a request reads; there is no route to friends of friends."""

    ME = "me"
    FRIENDS = "friends"
    FRIEND = "friend"
    SOME = "some"
    POSTS = "posts"


class Form(Enum):
    """In which form an answer spells what it shows."""

    JSON = "json"
    CARD3 = "vcard3"
    CARD4 = "vcard4"


@dataclass(frozen=True, slots=True)
class Ask:
    """An authenticated request, before anything is known about its token.

    `token_hash` is the access token's stored form, `jkt` the RFC 7638 thumbprint of the key that signed
    the proof, `mark` the 32-byte replay mark of (key, `jti`) that lives in time bucket `mark_bucket`.
    A bearer token comes without a proof: then `jkt` is "" and `mark` None. `build` is the 32-byte
    signing digest that the client declares, or None. `now` is in Unix ms.

    `friend_ids` are those whom `Route.SOME` asks for. Protocols in which a client cannot declare its build
    set `build_of_grant`: then the one counts that was declared when the grant was given. `device_id` is the
    user name that came with a secret, "" where none did. `wish` is what `Route.POSTS` asks for,
    `deed` what is to be written before: then the answer is about what was written.
    """

    token_hash: bytes
    jkt: str
    mark: bytes | None
    mark_bucket: int
    build: bytes | None
    route: Route
    now: int
    friend_id: int | None = None
    since: str | None = None
    if_none_match: tuple[str, ...] = ()
    form: Form = Form.JSON
    friend_ids: tuple[int, ...] = ()
    build_of_grant: bool = False
    device_id: str = ""
    wish: Wish | None = None
    deed: Deed | None = None

    @property
    def ring(self) -> Ring:
        """The ring of those whom it reads."""
        return Ring.SELF if self.route is Route.ME else Ring.FRIEND


class Facts(NamedTuple):
    """Everything that decides one request, read in one statement; None where there is no such row.

    Lists (purposes, countries) are texts joined with single spaces; `grant_consents` is of the form of
    `model.programme.pack_consents`, `partner_certified` and `partner_exempt` of that of
    `model.standing.pack_until`. `partner_limited` has the bits of `model.standing`, `device_seen_at` the
    day of the device's last use. `device_jkt` is "" when the device's tokens are not bound.
    `friends` holds one row a friend, newest friendship first, rows joined with `;`, each
    `ID/VERSION,SETTING/AUDIENCE,SINCE`; SINCE is RFC 3339 with milliseconds, the others are decimal.
    SETTING or AUDIENCE is empty when nobody knows it, and AUDIENCE is `*` for every field. Behind VERSION
    stands `~ORDER.REVISION+ORDER.REVISION` where orders withhold statuses of that friend in the country of
    the grant now. `withholding` is 1 where the platform has switched that on.
    `token_secret` is 1 where the token is a secret for a device without a key; `build` is the declared one,
    `app_name` the name under which the token's client registered.
    """

    token_expires_at: int
    token_revoked_at: int | None
    token_epoch: int
    grant_id: str
    grant_consents: str
    grant_until: int
    grant_withdrawn_at: int | None
    grant_epoch: int
    device_id: str
    device_jkt: str
    device_country: str
    device_removed_at: int | None
    person_id: int
    integration_id: str
    partner_id: str
    partner_country: str
    partner_owner_countries: str
    partner_held_at: int | None
    agreement_version: int | None
    agreement_state: str
    agreement_self_mask: int
    agreement_friend_mask: int
    agreement_purposes: str
    agreement_partner_countries: str
    agreement_device_countries: str
    agreement_custody: str
    agreement_starts_at: int
    agreement_ends_at: int
    agreement_closes_at: int | None
    agreement_certify_by: int
    partner_group: str
    partner_certified: str
    partner_exempt: str
    partner_limited: int
    device_seen_at: int
    build_state: str | None
    build_integration_id: str | None
    holding_id: bytes | None
    holding_capacity: int
    holding_used: int
    holding_revision: int
    holding_root: bytes
    holding_digest: bytes | None
    holding_served: bytes
    me_version: int | None
    friends: str | None
    token_secret: int = 0
    agreement_secrets: int = 0
    agreement_write_mask: int = 0
    build: bytes | None = None
    app_name: str = ""
    agreement_read_only_at: int | None = None
    withholding: int = 0


class Slot(NamedTuple):
    """One slot of a holding: which fields of whom the device holds; `mask` 0 after a retraction.

    `digest` is SHA-256 of the content as served, `leaf` the slot's leaf hash, `revision` the holding's
    revision at which it last changed, `since_at` when the person first entered the holding
    (Unix ms), `custody` that of the disclosure which last changed it.
    """

    slot: int
    person_id: int
    mask: int
    digest: bytes
    leaf: bytes
    revision: int
    since_at: int
    custody: str


class Node(NamedTuple):
    """One inner hash of a holding's tree; level 1 is the parent of two slots."""

    level: int
    position: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class HoldingWrite:
    """A changed holding: its new row, and only the slots and nodes that changed.

    `commitment` is that of the disclosure which made `root` current. `digest` is SHA-256 of the facts
    behind the last whole list, or None when the list may be older than some slot; `served` is the
    bitmap of the slots in that list.
    """

    holding_id: bytes
    device_id: str
    capacity: int
    used: int
    revision: int
    root: bytes
    digest: bytes | None
    served: bytes
    commitment: bytes
    slots: tuple[Slot, ...] = ()
    nodes: tuple[Node, ...] = ()

    def made_by(self, commitment: bytes) -> "HoldingWrite":
        """Return the same, naming the disclosure that made the root current."""
        return replace(self, commitment=commitment)


class EntryDraft(NamedTuple):
    """An entry to append: its canonical bytes, and for a commitment the details it commits to.

    `sealed` is the opening, encrypted under the key of `person_id`.
    """

    raw: bytes
    commitment: bytes | None = None
    person_id: int | None = None
    sealed: bytes | None = None
