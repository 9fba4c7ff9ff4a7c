"""Views of details by staff: recorded before anything shows, and nobody can tell of whom."""

from bailment.partners.views import ViewReason, record_view
from tests.support.office import ALICE, office_of
from tests.support.world import NOW, World, person


async def test_a_view_is_an_entry_that_names_nobody(world: World) -> None:
    """The public sees that a view happened; the person's key opens who looked, and why."""
    await world.people(person(1))
    await record_view(office_of(world), ALICE, ViewReason.COMPLAINT, "person report", NOW, person_id=1)
    entries = [entry for entry in await world.entries() if entry.kind == "details.viewed"]
    assert [sorted(entry.fields) for entry in entries] == [["change", "commitment", "minute"]]
    commitment = entries[0].fields["commitment"]
    assert isinstance(commitment, bytes)
    assert await world.details(commitment) == {
        "at": NOW,
        "operator": "alice",
        "person": 1,
        "reason": "complaint",
        "view": "person report",
    }


async def test_a_view_of_somebody_outside_opens_with_the_platforms_key(world: World) -> None:
    """An owner in a file is no person of the platform: the platform's own key opens the view."""
    await record_view(office_of(world), ALICE, ViewReason.SCREENING, "case 7", NOW)
    entry = (await world.entries())[0]
    commitment = entry.fields["commitment"]
    assert isinstance(commitment, bytes)
    assert (await world.details(commitment))["person"] is None
