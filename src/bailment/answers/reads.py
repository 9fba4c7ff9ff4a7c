"""Grants and disclosures, read for one field of one ring: which grants allow it, which answers gave it.

A disclosure commits to the masks of the four base rules and, for a friends list, to how often each pair of
setting and audience occurred: with these the decision can be made again, without any person's name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bailment.answers.evidence import Trail
from bailment.answers.stream import Seen
from bailment.ledger.cbor import Value
from bailment.model.fields import ALL_FIELDS, Field, Ring
from bailment.model.posts import Want

_RING_NAMES = {Ring.SELF: "self", Ring.FRIEND: "friends"}
_GAVE = frozenset({"shown", "not-modified"})
# Timelines and the like: see `model.posts`. A part of the friends is shown there, at most as many as it says.
_WANTS = frozenset(each.value for each in Want)
_LISTS = frozenset({"friends", "some", *_WANTS})


@dataclass(slots=True)
class GrantSeen:
    """A grant that allows the field: for which purposes, until when (Unix ms). The person is counted only."""

    grant_id: str
    person_id: int
    integration: str
    country: str
    purposes: frozenset[str]
    until: int


@dataclass(slots=True)
class Did:
    """What let the field through to one partner: the answers, their grants, and the most friends in one."""

    trail: Trail = field(default_factory=Trail)
    grants: set[str] = field(default_factory=set)
    most_friends: int = 0
    bearer: bool = False


class Reads:
    """Takes entries in and keeps `grants` that allow the field and, by partner, who `did` read it.

    `closed` counts answers whose details do not open, `single` answers about one friend, by partner.
    """

    def __init__(self, wanted: Field, ring: Ring) -> None:
        self.grants: dict[str, GrantSeen] = {}
        self.grants_closed = 0
        self.did: dict[str, Did] = {}
        self.closed: dict[str, int] = {}
        self.single: dict[str, int] = {}
        self._wanted = wanted
        self._ring = ring
        self._bearers: set[Value] = set()
        self._steps: Mapping[str, Callable[[Mapping[str, Value]], None]] = {
            "grant.given": self._given,
            "grant.amended": self._given,
            "grant.narrowed": self._narrowed,
            "grant.withdrawn": self._withdrawn,
            "device.enrolled": self._enrolled,
        }
        self.kinds = frozenset({*self._steps, "disclosure"})

    def take(self, seen: Seen) -> None:
        """Take in one entry."""
        if seen.kind == "disclosure":
            self._disclosure(seen)
        elif seen.details is None:
            self.grants_closed += seen.kind == "grant.given"
        else:
            self._steps[seen.kind](seen.details)

    def _given(self, details: Mapping[str, Value]) -> None:
        grant_id = str(details["grant"])
        purposes = self._purposes(details["consents"])
        self.grants.pop(grant_id, None)
        if purposes:
            self.grants[grant_id] = GrantSeen(
                grant_id,
                _number(details["person"]),
                str(details["integration"]),
                str(details["country"]),
                purposes,
                _number(details["until"]),
            )

    def _narrowed(self, details: Mapping[str, Value]) -> None:
        grant = self.grants.get(str(details["grant"]))
        if grant is None:
            return
        grant.purposes = self._purposes(details["consents"])
        if not grant.purposes:
            del self.grants[grant.grant_id]

    def _withdrawn(self, details: Mapping[str, Value]) -> None:
        self.grants.pop(str(details["grant"]), None)

    def _enrolled(self, details: Mapping[str, Value]) -> None:
        if details["key"] == "":
            self._bearers.add(details["device"])

    def _purposes(self, consents: Value) -> frozenset[str]:
        """Return the purposes for which the field was consented to in this ring."""
        name = _RING_NAMES[self._ring]
        return frozenset(
            str(each["purpose"])
            for each in (consents if isinstance(consents, Sequence) else ())
            if isinstance(each, Mapping) and self._wanted.name in _texts(each[name])
        )

    def _disclosure(self, seen: Seen) -> None:
        partner = str(seen.fields["partner"])
        if seen.details is None:
            self.closed[partner] = self.closed.get(partner, 0) + 1
            return
        if seen.details["outcome"] not in _GAVE or not self._base(seen.details["rules"]):
            return
        # Entries from before there were other forms do not say what their form can hold: everything.
        if not _number(seen.details.get("within", ALL_FIELDS)) & self._wanted.mask:
            return
        route = seen.details["route"]
        if self._ring is Ring.SELF:
            # A timeline can hold one's own statuses too; whether it did is not told apart, so it is claimed.
            if route == "me" or route in _WANTS:
                self._note(partner, seen, 0)
        elif route == "friend":
            self.single[partner] = self.single.get(partner, 0) + 1
        elif route in _LISTS:
            friends = self._friends(str(seen.details["reasons"]))
            if route != "friends":
                friends = min(friends, _number(seen.details["shown"]))
            if friends:
                self._note(partner, seen, friends)

    def _note(self, partner: str, seen: Seen, friends: int) -> None:
        details = seen.details or {}
        did = self.did.setdefault(partner, Did())
        did.trail.add(seen.index)
        did.grants.add(str(details["grant"]))
        did.most_friends = max(did.most_friends, friends)
        did.bearer |= details["device"] in self._bearers

    def _base(self, masks: Value) -> bool:
        """Tell whether all four base rules let the field through; None is no input, which is closed."""
        if not isinstance(masks, Sequence):
            return False
        return all(isinstance(mask, int) and mask & self._wanted.mask for mask in masks)

    def _friends(self, reasons: str) -> int:
        """Count the friends whose setting and audience let the field through in one answer."""
        count = 0
        for pair in filter(None, reasons.split(";")):
            rules, _, times = pair.partition(":")
            setting, _, audience = rules.partition("/")
            if self._lets(setting) and self._lets(audience):
                count += int(times)
        return count

    def _lets(self, mask: str) -> bool:
        return mask == "*" or (mask != "" and bool(int(mask) & self._wanted.mask))


def _texts(value: Value) -> Sequence[Value]:
    return value if isinstance(value, list | tuple) else ()


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0
