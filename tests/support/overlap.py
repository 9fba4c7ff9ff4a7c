"""Transactions that overlap step by step: a disclosure stops at a gate, a change is seen to wait."""

import asyncio
from dataclasses import dataclass, field

from bailment.ledger.cbor import Value
from bailment.ledger.entry import Entry, encode_entry
from bailment.model.disclosure import Ask, EntryDraft, Facts
from bailment.store.transaction import Transaction
from tests.support.world import BUILD, AnyStore


@dataclass
class Gate:
    """A disclosure's transaction that stops before and after it reads, until it is let on."""

    may_read: asyncio.Event = field(default_factory=asyncio.Event)
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_commit: asyncio.Event = field(default_factory=asyncio.Event)
    has_read: asyncio.Event = field(default_factory=asyncio.Event)

    async def pass_through(self, store: AnyStore, ask: Ask, entry: bytes) -> Facts:
        """Disclose by hand: take the id, read the facts, append an entry, commit."""

        async def work(transaction: Transaction) -> Facts:
            self.has_begun.set()
            await self.may_read.wait()
            facts = await transaction.facts(ask)
            self.has_read.set()
            assert facts is not None
            await transaction.append(EntryDraft(entry))
            await self.may_commit.wait()
            return facts

        return await store.disclose(work)


@dataclass
class Grace:
    """Watches grace periods: `waits` is set once a change has looked three times and still must wait."""

    waits: asyncio.Event = field(default_factory=asyncio.Event)
    looks: int = 0

    def saw(self, *, is_oldest: bool) -> None:
        """Count one look."""
        self.looks = 0 if is_oldest else self.looks + 1
        if self.looks == 3:
            self.waits.set()


def noted(minute: int) -> bytes:
    """Return an entry that tests tell by its minute."""
    fields: dict[str, Value] = {
        "minute": minute,
        "partner": "lumen",
        "integration": "lumen-hub",
        "build": BUILD,
        "build_evidence": "declared",
        "rule": "a test",
        "commitment": bytes(32),
    }
    return encode_entry(Entry("refusal", fields))
