"""A small, repeatable ledger for the tests: keys from fixed seeds, a story, its files in a dict."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from bailment.ledger.cbor import Value
from bailment.ledger.checkpoint import Checkpoint
from bailment.ledger.cosignature import Ed25519Cosigner, MLDSA44Cosigner, sign_as_log
from bailment.ledger.entry import Entry, encode_entry
from bailment.ledger.note import ED25519, Note, VerifierKey
from bailment.ledger.tiles import Edge, Missing, extend

ORIGIN = "ledger.example/demo"
NOW_S = 1_753_360_000
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
QUANTUM_KEY = MLDSA44PrivateKey.from_seed_bytes(bytes([2]) * 32)
LOG_VKEY = VerifierKey(ORIGIN, ED25519, LOG_KEY.public_key().public_bytes_raw())
QUANTUM_VKEY = MLDSA44Cosigner(ORIGIN, QUANTUM_KEY).key
WITNESS = Ed25519Cosigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes([3]) * 32))
QUANTUM_WITNESS = MLDSA44Cosigner("witness.example/w2", MLDSA44PrivateKey.from_seed_bytes(bytes([4]) * 32))
POLICY = f"log {LOG_VKEY}\nlog {QUANTUM_VKEY}\nwitness w1 {WITNESS.key}\nquorum w1\n"
BUILD = bytes([5]) * 32
MINUTE = NOW_S // 60
# The kinds that show a minute and a commitment and nothing else.
PERSONAL = (
    *("device.enrolled", "device.removed", "grant.given", "grant.amended", "grant.narrowed"),
    *("grant.withdrawn", "token.revoked", "tokens.revoked", "audience.changed", "setting.changed"),
)
# Likewise, for affairs of which the public sees only that they happened.
CONFIDENTIAL = (
    *("operator.changed", "details.viewed", "screening.hit", "screening.decided"),
    *("appeal.filed", "appeal.decided", "notice.sent", "wipe.ordered", "wipe.acknowledged"),
)


def change(number: int) -> bytes:
    """Return a change id."""
    return number.to_bytes(16, "big")


def entry(kind: str, **fields: Value) -> bytes:
    """Encode an entry."""
    return encode_entry(Entry(kind, fields))


def admitted(partner: str = "acme") -> list[bytes]:
    """Return the entries after which disclosures to a partner may stand: four."""
    terms: Value = {
        "self": ["name"],
        "friends": ["name"],
        "purposes": ["address-book"],
        "partner_countries": ["US"],
        "device_countries": ["US"],
        "custody": "device",
        "retention_days": 0,
        "uses": [],
        "from": 0,
        "until": 2 * NOW_S * 1000,
    }
    shared: dict[str, Value] = {"at": NOW_S * 1000, "partner": partner}
    facts: dict[str, Value] = {"name": "Acme", "country": "US", "owner_countries": ["US"]}
    return [
        entry("partner.added", change=change(1), **shared, **facts),
        entry("integration.added", change=change(2), **shared, integration="contacts", name="Contacts"),
        entry("agreement.signed", change=change(3), **shared, agreement=1, terms=terms),
        entry(
            "build.approved", change=change(4), **shared, integration="contacts", build=BUILD, version="1.0"
        ),
    ]


def disclosure(number: int = 0, **changed: Value) -> bytes:
    """Encode a disclosure that the entries of `admitted` permit, unless changed."""
    facts: dict[str, Value] = {
        "minute": MINUTE + number // 100,
        "partner": "acme",
        "agreement": 1,
        "integration": "contacts",
        "build": BUILD,
        "build_evidence": "declared",
        "purpose": "address-book",
        "custody": "device",
        "commitment": number.to_bytes(32, "big"),
    }
    return entry("disclosure", **{**facts, **changed})


def refusal(**changed: Value) -> bytes:
    """Encode a refusal of the build that `admitted` approves, unless changed."""
    facts: dict[str, Value] = {
        "minute": MINUTE,
        "partner": "acme",
        "integration": "contacts",
        "build": BUILD,
        "build_evidence": "declared",
        "rule": "partner.on-hold",
        "commitment": bytes(32),
    }
    return entry("refusal", **{**facts, **changed})


def story(size: int) -> list[bytes]:
    """Return the entries of a sound ledger of this size."""
    return [*admitted(), *(disclosure(number) for number in range(size - 4))][:size]


@dataclass
class Files:
    """A ledger's files in a dict: a `LedgerReader`."""

    content: dict[str, bytes] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        """Return the whole file."""
        if path not in self.content:
            raise Missing(f"{path} is missing")
        return self.content[path]

    def partials(self, path: str) -> Collection[int]:
        """Return the widths of partial files."""
        start = f"{path}.p/"
        return [int(name.removeprefix(start)) for name in self.content if name.startswith(start)]

    def store(self, folder: Path) -> None:
        """Write the files below a folder."""
        for path, content in self.content.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)


def signed(edge: Edge, *, origin: str = ORIGIN) -> Note:
    """Sign the checkpoint of a tree as the log, and have it cosigned."""
    note = sign_as_log(Checkpoint(origin, edge.size, edge.root()), LOG_KEY, QUANTUM_KEY, NOW_S)
    return note.with_signatures([WITNESS.cosign(note.text, NOW_S)])


def ledger(entries: list[bytes], *steps: int) -> Files:
    """Build a ledger, appending up to each step and then all, with its checkpoint."""
    files = Files()
    edge, at = Edge(), 0
    for end in (*steps, len(entries)):
        edge, new = extend(edge, entries[at:end])
        files.content.update(new)
        at = end
    files.content["checkpoint"] = bytes(signed(edge))
    files.content["vkey"] = f"{LOG_VKEY}\n".encode()
    return files
