"""Whom screening limits, and when it lifts that by itself."""

from dataclasses import replace

import pytest

from bailment.partners.outcomes import Ground, Outcome
from bailment.partners.volume_reach import follow_screening, may_be_covered, wanted_by_screening
from bailment.screening.shipped_rules import PART_202_JURISDICTION, PART_202_OWNED
from tests.support.office import office_of
from tests.support.world import NOW, World

CLEAR = Outcome("lumen", NOW, "a file", "lists and rules", "clear", blocks_approval=False, reasons=())
OTHER = replace(CLEAR, grounds=(Ground("house-rule", "yes", "hold"),))
UNKNOWN = replace(CLEAR, grounds=(Ground(PART_202_OWNED, "cannot determine", "signal"),))
COVERED = replace(CLEAR, grounds=(Ground(PART_202_JURISDICTION, "yes", "hold"),))


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (None, CLEAR, None),
        (None, OTHER, None),
        (None, UNKNOWN, True),
        (CLEAR, COVERED, True),
        (UNKNOWN, COVERED, None),
        (COVERED, CLEAR, False),
        (COVERED, OTHER, False),
        (COVERED, replace(CLEAR, profile_fingerprint="another file"), None),
        (COVERED, replace(CLEAR, kept=True), None),
        (CLEAR, replace(CLEAR, profile_fingerprint="another file"), None),
    ],
    ids=range(10),
)
def test_what_screening_says_sets_and_lifts(
    before: Outcome | None,
    after: Outcome,
    wanted: bool | None,  # noqa: FBT001 - a row of the table
) -> None:
    """It sets where a rule of 28 CFR 202 does not come out clear; it lifts where the file is the same."""
    assert wanted_by_screening(after, before) is wanted
    assert may_be_covered(after) is (after in (UNKNOWN, COVERED))


async def test_a_limit_is_one_change_for_all_and_leaves_an_operators_own(world: World) -> None:
    """Each partner has its entry, nothing is written twice, and an operator's word stays where it is."""
    for name in ("lumen", "orion"):
        await world.partner(name, build=name.encode().ljust(32))
    await world.store.disclose(lambda each: each.set_limited("orion", limited=1))

    async def bits() -> list[int]:
        async with world.store.reading() as transaction:
            return [row.limited for row in await transaction.partners()]

    for on, left in ((True, [2, 3]), (True, [2, 3]), (False, [0, 1]), (False, [0, 1])):
        await follow_screening(office_of(world), {"lumen": on, "orion": on}, NOW)
        assert await bits() == left
    said = [each.fields["limited"] for each in await world.entries() if each.kind == "volume.limited"]
    assert said == [2, 3, 0, 1]
    assert (await world.kinds())[-3:] == ["volume.limited", "volume.limited", "in-effect"]
    assert await world.flaws() == []
