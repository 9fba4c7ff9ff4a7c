"""Operators on the console's pages sign in as the platform's people do; a link says who they are."""

from pathlib import Path

from bailment.app import Platform, office_of
from bailment.model.operators import Role
from bailment.partners.operator_people import LinkOperator, UnlinkPerson, link_operator, unlink_person
from bailment.partners.operators import add_first_operator
from tests.support.office import actor, hire
from tests.support.pages import Person, page_server
from tests.support.small_world import USER

ROBIN, SASHA = actor("robin"), actor("sasha")


def test_an_operator_signs_in_with_the_password_of_their_account(tmp_path: Path) -> None:
    """The pages are not there before the link and after it is taken back; between the two they are."""
    with page_server(tmp_path) as server:
        now, person, stranger = server.now_ms(), Person(server), Person(server)

        async def link(platform: Platform) -> None:
            office = office_of(platform)
            for officer in (ROBIN, SASHA):
                await add_first_operator(office, officer.operator_id, "An Officer", now)
            await hire(office, "toni", [Role.AUDITOR], now, by=(ROBIN, SASHA))
            await link_operator(office, ROBIN, LinkOperator("toni", USER), now)

        async def confirm(platform: Platform) -> None:
            await link_operator(office_of(platform), SASHA, LinkOperator("toni", USER), now)
            await platform.integrator.step()

        async def unlink(platform: Platform) -> None:
            await unlink_person(office_of(platform), ROBIN, UnlinkPerson(USER), now)

        person.sign_in()
        assert person.get("/console/partners").status_code == 404
        server.run(link)
        assert person.get("/console/partners").status_code == 404
        server.run(confirm)
        assert person.get("/console/partners").status_code == 200
        assert stranger.get("/console/partners").status_code == 404
        server.run(unlink)
        assert person.get("/console/partners").status_code == 404
        person.close()
        stranger.close()
