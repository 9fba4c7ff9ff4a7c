"""The generator: repeatable, exact, and of the shape that it promises."""

import hashlib
import tracemalloc
import unicodedata
from collections import Counter
from itertools import chain, islice, pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bailment.model.errors import Malformed
from bailment.model.fields import DEFAULT_SETTING
from bailment.people.generator import GeneratedPeople
from bailment.people.graph import forward_counts
from bailment.people.render import render
from bailment.people.times import check_instant

GOLDEN = "db6198ad9253feecbae64f320bd6dc27465c37a8192250fa8fbe890326e9fd80"


def _degrees(people: GeneratedPeople) -> Counter[int]:
    """Count each person's friends."""
    return Counter(chain.from_iterable((person, friend) for person, friend, _ in people.friendships()))


def test_a_seed_gives_the_same_people_everywhere() -> None:
    """The rows of seed 7 are known: a change on any Python or platform shows here."""
    people = GeneratedPeople(500, 7)
    seen = hashlib.sha256()
    for person in people.persons():
        seen.update(msgspec.json.encode((person.person_id, person.values, person.setting)))
    for friendship in people.friendships():
        seen.update(msgspec.json.encode(friendship))
    assert seen.hexdigest() == GOLDEN
    assert people.name == "generator seed=7"


def test_seeds_differ() -> None:
    """Another seed gives other people."""
    assert next(GeneratedPeople(5, 1).persons()) != next(GeneratedPeople(5, 2).persons())


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(0, 5), st.data())
def test_friendships_are_exact_and_sound(persons: int, seed: int, data: st.DataObject) -> None:
    """The number is exact up to a full graph; no loop, no repetition, sorted, after joining."""
    wanted = data.draw(st.integers(0, persons * (persons - 1) // 2))
    people = GeneratedPeople(persons, seed, wanted)
    joined = {p.person_id: str(p.values["joined"]) for p in people.persons()}
    rows = list(people.friendships())
    pairs = [(person, friend) for person, friend, _ in rows]
    assert len(rows) == wanted
    assert pairs == sorted(set(pairs))
    assert all(1 <= person < friend <= persons for person, friend in pairs)
    for person, friend, since in rows:
        check_instant(since)
        assert since >= max(joined[person], joined[friend])


def test_degrees_follow_a_power_law() -> None:
    """The mean is 40, most have fewer, and a few have more than ten times as many."""
    degrees = sorted(_degrees(GeneratedPeople(10_000, 3)).values())
    assert sum(degrees) == 2 * 200_000
    assert degrees[5_000] < 40
    assert degrees[-1] > 500
    above = [sum(degree > bound for degree in degrees) for bound in (80, 160, 320)]
    assert all(2 < more / fewer < 8 for more, fewer in pairwise(above))


def test_every_person_renders_and_scripts_are_many() -> None:
    """All values have their field's shape, and names come in at least ten scripts."""
    scripts = set()
    for person in GeneratedPeople(2_000, 1).persons():
        assert render(person.values)
        name = person.values["name"]
        assert isinstance(name, dict)
        scripts.add(unicodedata.name(str(name["full"])[0]).split()[0])
    assert len(scripts) >= 10


def test_settings_are_a_mix() -> None:
    """Most keep the default, many open more, a few close all."""
    counts = Counter(person.setting for person in GeneratedPeople(2_000, 1).persons())
    assert 0.5 < counts[DEFAULT_SETTING] / 2_000 < 0.6
    assert 0 < counts[0] < 100
    assert len(counts) >= 6


def test_it_streams() -> None:
    """Reading a hundred thousand friendships holds a few bytes for each person and stub."""
    people = GeneratedPeople(5_000, 1)
    assert len(list(islice(people.friendships(), 3))) == 3  # builds the tables that all share
    tracemalloc.start()
    count = sum(1 for _ in people.friendships())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 100_000
    assert peak < 4_000_000


@pytest.mark.parametrize(
    ("persons", "seed", "friendships"),
    [(0, 1, None), (10**8, 1, None), (3, -1, 0), (3, 2**32, 0), (3, 1, 4), (3, 1, -1)],
)
def test_numbers_out_of_range_are_malformed(persons: int, seed: int, friendships: int | None) -> None:
    """No persons, too many, a bad seed, or more friendships than fit are refused."""
    with pytest.raises(Malformed):
        GeneratedPeople(persons, seed, friendships)


def test_more_friendships_than_fit_are_malformed() -> None:
    """The graph refuses by itself: it would look for room without end."""
    with pytest.raises(Malformed):
        forward_counts([1, 1, 1], 4)
