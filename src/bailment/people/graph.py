"""Friendships with a power law, made in one pass in order, with an exact count.

Each person draws a weight with P(weight > w) falling as w**-2, and stands in a row of *stubs* as
often as the weight says. Going through the persons in order, each picks stubs among those *after*
their own; so every friendship comes out once, sorted by (person, friend), without a self loop, and
duplicates only have to be kept out of one person's picks. Memory is the row of stubs: 4 bytes each.

Integers only: the output is the same on every platform and Python version.
"""

from array import array
from collections.abc import Iterator
from itertools import accumulate
from math import isqrt
from random import Random

from bailment.model.errors import Malformed

CAP_FACTOR = 25  # the heaviest person expects 25 times the mean
TRIES_PER_FRIEND = 20


def weights_of(random: Random, persons: int, mean_degree: int) -> list[int]:
    """Return a weight per person, at least 1, with the given mean (about)."""
    half = max(1, mean_degree // 2)
    cap = min(CAP_FACTOR * mean_degree, persons)
    bits = random.getrandbits
    square = half * half << 32
    return [max(1, min(cap, isqrt(square // (bits(32) + 1)))) for _ in range(persons)]


def forward_counts(weights: list[int], friendships: int) -> list[int]:
    """Return how many friends each person picks among those after them: exactly `friendships`.

    Raises:
        Malformed: that many friendships do not fit between so many persons.
    """
    persons = len(weights)
    if not 0 <= friendships <= persons * (persons - 1) // 2:
        raise Malformed("so many friendships do not fit", where="friendships")
    total = sum(weights)
    ends = accumulate(weights)
    shares = [weight * (total - end) for weight, end in zip(weights, ends, strict=True)]
    whole = sum(shares) or 1
    counts = []
    given = 0
    for index, share in enumerate(accumulate(shares)):
        # What does not fit here is owed, and carried to those after.
        owed = share * friendships // whole - given
        counts.append(min(owed, persons - 1 - index))
        given += counts[-1]
    return _topped_up(counts, friendships - given)


def _topped_up(counts: list[int], missing: int) -> list[int]:
    """Hand out what is still missing, from the first person on: those have the most room."""
    last = len(counts) - 1
    while missing:
        for index in range(last):
            room = min(missing, 1, last - index - counts[index])
            counts[index] += room
            missing -= room
    return counts


def friends_after(random: Random, weights: list[int], counts: list[int]) -> Iterator[list[int]]:
    """Yield, for each person in order, the sorted positions of the friends that they pick."""
    stubs = array("I")
    for index, weight in enumerate(weights):
        stubs.extend((index,) * weight)
    start = 0
    for index, count in enumerate(counts):
        start += weights[index]
        yield _pick(random, stubs, start, count, (index + 1, len(weights)))


def _pick(random: Random, stubs: "array[int]", start: int, count: int, among: tuple[int, int]) -> list[int]:
    """Return `count` distinct positions drawn from the stubs at `start` and after."""
    picked: set[int] = set()
    draw, span = random.random, len(stubs) - start
    if 2 * count < among[1] - among[0]:
        for _ in range(TRIES_PER_FRIEND):
            for _ in range(count - len(picked)):
                picked.add(stubs[start + int(draw() * span)])
            if len(picked) == count:
                return sorted(picked)
    # Nearly everyone is picked, or a few heavy persons hide the rest: draw without replacement.
    rest = [other for other in range(*among) if other not in picked]
    for position in range(count - len(picked)):
        chosen = position + int(draw() * (len(rest) - position))
        rest[position], rest[chosen] = rest[chosen], rest[position]
        picked.add(rest[position])
    return sorted(picked)
