"""Friendships in both directions, sorted by person in bounded memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.people import sorting

SINCE = "2012-03-04T05:06:07.089Z"
IDS = st.integers(min_value=1, max_value=2**53)


@given(pairs=st.lists(st.tuples(IDS, IDS), max_size=60))
def test_each_friendship_comes_in_both_directions_persons_ascending(pairs: list[tuple[int, int]]) -> None:
    """Nothing is lost or made up, and the rows of one person stand together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "RUN", 8)
        rows = list(sorting.both_ways_by_person([(one, other, SINCE) for one, other in pairs]))
    assert [row.person_id for row in rows] == sorted(row.person_id for row in rows)
    assert sorted((row.person_id, row.friend_id) for row in rows) == sorted(
        direction for one, other in pairs for direction in ((one, other), (other, one))
    )
    assert all(row.since == SINCE for row in rows)
