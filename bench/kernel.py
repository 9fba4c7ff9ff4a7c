"""The decision with its reasons, beside Cedar and beside NumPy: one session, 500 friends, all fields.

Ours decides every field of a friend at once and keeps, for each rule, what it cleared; Cedar answers one
request per friend and field and names the policies that forbade; NumPy only ANDs. All three must agree on
all decisions first, and ours with Cedar on the reasons too. Policies and entities of Cedar are parsed
beforehand, and its requests are built outside the timed part.
"""

import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from random import Random
from statistics import median
from typing import Any

import cedarpy
import numpy as np
import numpy.typing as npt

from bailment.disclosure.views import Columns, see_friends, unpack_friends
from bailment.kernel.decide import RULES, Decision, decide
from bailment.model.fields import ALL_FIELDS, DEFAULT_SETTING, FIELDS, mask_of, names_of
from bailment.people.generator import GeneratedPeople
from bench.table import Row, interleave, paired, told

_Masks = npt.NDArray[np.uint64]
FRIENDS = 500
# The four base rules of a session, by name as in the kernel's order: each clears something.
BASE: list[int | None] = [
    ALL_FIELDS & ~mask_of(("religion", "politics", "photos")),
    ALL_FIELDS,
    mask_of(
        ("name", "photo", "email", "phone", "birthday", "city", "work", "likes", "statuses", "languages")
    ),
    ALL_FIELDS & ~mask_of(("phone", "birthday")),
]
_POLICIES = "permit (principal, action, resource);\n" + "\n".join(
    f"forbid (principal, action, resource) unless {{ {where}.{rule}.contains(action) }};"
    for rule, where in zip(RULES, ("principal",) * 4 + ("resource",) * 2, strict=True)
)


class _Session:
    """The same facts in the form that each engine takes."""

    def __init__(self) -> None:
        random = Random(5)
        people = list(islice(GeneratedPeople(FRIENDS, 7, 0).persons(), FRIENDS))
        # Most friendships show everything; some a narrower audience.
        audiences = [ALL_FIELDS if random.random() < 0.9 else DEFAULT_SETTING for _ in people]
        self.subjects = [
            (person.setting, audience) for person, audience in zip(people, audiences, strict=True)
        ]
        self.packed = ";".join(
            f"{person.person_id}/1,{setting}/{audience},2012-05-0{person.person_id % 9 + 1}T10:11:12.131Z"
            for person, (setting, audience) in zip(people, self.subjects, strict=True)
        )
        self.columns = unpack_friends(self.packed.encode())
        self.rules = [(*BASE, setting, audience) for setting, audience in self.subjects]
        self.base = np.array(BASE, np.uint64)
        self.settings = np.array([setting for setting, _ in self.subjects], np.uint64)
        self.audiences = np.array([audience for _, audience in self.subjects], np.uint64)
        self.policies = cedarpy.PolicySet.from_str(_POLICIES)
        self.entities = cedarpy.Entities.from_json_str(_entities(self.subjects))
        self.requests: list[dict[str, Any]] = [
            {
                "principal": 'Session::"s"',
                "action": f'Action::"{field.name}"',
                "resource": f'Friend::"{place}"',
                "context": {},
            }
            for place in range(FRIENDS)
            for field in FIELDS
        ]

    def ours(self) -> list[Decision]:
        """Decide for each friend by itself."""
        return [decide(rules) for rules in self.rules]

    def ours_list(self) -> dict[bytes, Decision]:
        """Decide for the whole list, as a disclosure does: once for each distinct pair."""
        return see_friends(BASE, self.columns)

    def ours_text(self) -> tuple[Columns, dict[bytes, Decision]]:
        """Unpack the store's text and decide for the whole list."""
        columns = unpack_friends(self.packed.encode())
        return columns, see_friends(BASE, columns)

    def cedar(self) -> list[cedarpy.AuthzResult]:
        """Ask Cedar everything in one batch."""
        return cedarpy.is_authorized_batch(self.requests, self.policies, self.entities)

    def numpy(self) -> _Masks:
        """AND columns that stand ready as arrays."""
        allowed: _Masks = np.bitwise_and.reduce(self.base) & self.settings & self.audiences
        return allowed

    def numpy_text(self) -> _Masks:
        """Unpack the store's text into columns and AND them."""
        cells = self.packed.replace(";", ",").split(",")
        masks = np.array("/".join(cells[1::3]).split("/"), np.uint64).reshape(-1, 2)
        allowed: _Masks = np.bitwise_and.reduce(self.base) & masks[:, 0] & masks[:, 1]
        return allowed


def _entities(subjects: Sequence[tuple[int, int]]) -> str:
    def fields(mask: int) -> list[dict[str, dict[str, str]]]:
        return [{"__entity": {"type": "Action", "id": name}} for name in names_of(mask)]

    session = {rule: fields(mask or 0) for rule, mask in zip(RULES, BASE, strict=False)}
    everyone = [{"uid": {"type": "Session", "id": "s"}, "attrs": session, "parents": []}]
    everyone += [
        {
            "uid": {"type": "Friend", "id": str(place)},
            "attrs": {"setting": fields(setting), "audience": fields(audience)},
            "parents": [],
        }
        for place, (setting, audience) in enumerate(subjects)
    ]
    return json.dumps(everyone)


def measure(*, quick: bool) -> list[Row]:
    """Compare the answers, then the times, and return the rows."""
    session = _Session()
    _compare(session)
    rounds, repeats = (3, 50) if quick else (9, 400)
    decisions = FRIENDS * len(FIELDS)
    works: dict[str, tuple[Callable[[], object], int]] = {
        "ours": (session.ours, repeats),
        "ours_list": (session.ours_list, repeats),
        "ours_text": (session.ours_text, repeats),
        "cedar": (session.cedar, 1 if quick else 2),
        "numpy": (session.numpy, repeats),
        "numpy_text": (session.numpy_text, repeats),
    }
    times = interleave(rounds, {key: partial(_median_s, *work) for key, work in works.items()})
    rates = {key: [decisions / each for each in taken] for key, taken in times.items()}
    pairs = [
        ("friend by friend, beside Cedar's batch, first step", "ours", "cedar", 1_000),
        ("friend by friend, beside Cedar's batch", "ours", "cedar", 3_000),
        ("a whole list, beside Cedar's batch", "ours_list", "cedar", 3_000),
        ("a whole list with its unpacking, beside Cedar's batch", "ours_text", "cedar", 3_000),
        ("a whole list, beside NumPy's AND of arrays", "ours_list", "numpy", 0.1),
        ("a whole list, each with its unpacking, beside NumPy", "ours_text", "numpy_text", 0.1),
    ]
    return [
        *(
            paired(f"kernel with reasons, {name}", rates[ours], rates[peer], "decisions/s", goal)
            for name, ours, peer, goal in pairs
        ),
        *(told(f"{name}, 500 friends", median(times[key]) * 1e6, "µs") for key, name in _TITLES.items()),
    ]


_TITLES = {
    "ours": "kernel with reasons, friend by friend",
    "ours_list": "kernel with reasons, a whole list",
    "ours_text": "kernel with reasons, a whole list with its unpacking",
    "numpy": "NumPy's AND of arrays",
    "cedar": "Cedar's batch",
}


def _compare(session: _Session) -> None:
    """Hold every decision, and every reason, of the engines against each other."""
    ours = session.ours()
    listed = session.ours_list()
    by_list = [listed[rule] for rule in session.columns.rules]
    assert ours == by_list
    allowed = [decision.allowed for decision in ours]
    assert session.numpy().tolist() == session.numpy_text().tolist() == allowed
    answers = iter(session.cedar())
    for decision in ours:
        for field in FIELDS:
            answer = next(answers)
            assert answer.allowed == bool(decision.allowed & field.mask)
            # Cedar numbers policies from 0, and 0 is the permit; an allow gives the permit as its reason.
            expected = {f"policy{at}" for at, mask in enumerate(decision.cleared, 1) if mask & field.mask}
            assert set(answer.diagnostics.reasons) == (expected or {"policy0"})


def _median_s(work: Callable[[], object], repeats: int) -> float:
    """Return the median time of one call."""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return median(taken)
