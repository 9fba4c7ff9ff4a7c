"""What was agreed before the programme: asserted, shown as that, and good for nothing else."""

import csv
import io

import pytest

from bailment.ledger.audit import Audit
from bailment.model.answers import Refused
from bailment.model.disclosure import Route
from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Forbidden
from bailment.model.programme import Integration
from bailment.partners import programme
from bailment.partners.admission import OnePartner, show_partner
from bailment.partners.agreements import OneAgreement, show_agreement
from bailment.partners.backfill import MOST_ROWS, OPERATIONS, ImportPartners, import_partners, parse_rows
from bailment.partners.comparing import Compare, compare
from bailment.partners.office import perform
from tests.support.candidates import AUDITOR, REVIEWER
from tests.support.office import ALICE, office_of
from tests.support.world import NOW, Free, World, person

SHEET = """\
partner,name,country,owner_countries,reference,source,self,friends,purposes,partner_countries,device_countries,\
custody,retention_days,from,until
orbit,Orbit Phones Oy,FI,FI SE,MSA 2010/7,scan of the paper,all_is_no_field,,,,,,,,
"""


def row(**changed: Free) -> dict[str, Free]:
    """Return a sound row, unless changed."""
    usual = {
        "partner": "orbit",
        "name": "Orbit Phones Oy",
        "country": "FI",
        "owner_countries": ["FI", "SE"],
        "reference": "MSA 2010/7",
        "source": "scan of the paper",
        "self": ["name", "email"],
        "friends": ["name"],
        "purposes": ["address-book"],
        "partner_countries": ["FI"],
        "device_countries": ["FI", "SE"],
        "custody": "server",
        "retention_days": 0,
        "from": "2010-06-01",
        "until": "2015-05-31",
    }
    return {key: value for key, value in {**usual, **changed}.items() if value is not None}


async def test_what_is_imported_stands_as_asserted(world: World) -> None:
    """A new partner is added and not admitted; the assertion is an entry, and shown wherever terms are."""
    office = office_of(world)
    done = await import_partners(office, ALICE, ImportPartners([row(), row(reference="annex")]), NOW)
    assert done.lines() == [
        "2 agreements are taken in as asserted: no proof, and nothing is lent under them",
        "new partners, not admitted: orbit",
    ]
    assert await world.kinds() == ["partner.added", "agreement.asserted", "agreement.asserted", "in-effect"]
    entry = (await world.entries())[1]
    assert (entry.fields["reference"], entry.fields["source"]) == ("MSA 2010/7", "scan of the paper")
    terms = entry.fields["terms"]
    assert isinstance(terms, dict)
    assert (terms["custody"], terms["from"], terms["uses"]) == ("server", 1_275_350_400_000, [])
    shown = (await show_partner(office, AUDITOR, OnePartner("orbit"), NOW)).lines()
    assert "admission   not admitted, no file" in shown
    assert shown[-1] == "asserted    annex (scan of the paper); no proof, and nothing is lent under it"
    agreement = await show_agreement(office, AUDITOR, OneAgreement("orbit"), NOW)
    assert (agreement.state, agreement.version) == ("none", 0)
    assert agreement.lines()[0].startswith("asserted: MSA 2010/7 (scan of the paper); no proof")
    assert await world.flaws() == []


async def test_an_assertion_lends_nothing_and_proves_nothing(world: World) -> None:
    """A device is refused for want of an agreement, an audit counts none, and there is none to compare."""
    office = office_of(world)
    await world.people(person(1))
    await import_partners(office, ALICE, ImportPartners([row(until="2099-01-01", custody="device")]), NOW)
    await programme.add_integration(world.store, Integration("orbit-hub", "orbit", "Orbit Hub"), NOW)
    device = await world.device(1, integration_id="orbit-hub", country="FI")
    answer = await world.read(device, Route.ME)
    assert isinstance(answer, Refused)
    assert answer.rule == "agreement.missing"
    audit = Audit()
    assert [flaw for at, raw in enumerate(await world.raw_entries()) for flaw in audit.add(at, raw)] == []
    assert audit.partners["orbit"].agreements == {}
    with pytest.raises(Conflict, match="no agreement with orbit was ever signed"):
        await compare(office, AUDITOR, Compare("orbit", other_partner="orbit"), NOW)
    async with world.store.reading() as transaction:
        assert await transaction.agreement_state("orbit") == (0, None)


async def test_a_partner_that_is_there_is_not_changed(world: World) -> None:
    """Neither its name nor its countries, whatever the row says."""
    office = office_of(world)
    await world.partner()
    rows = [row(partner="lumen", name="Another", country="CN")]
    assert (await import_partners(office, ALICE, ImportPartners(rows), NOW)).added == []
    shown = await show_partner(office, AUDITOR, OnePartner("lumen"), NOW)
    assert (shown.name, shown.country, shown.agreement) == ("Lumen Mobile", "DE", "version 1, in force")
    assert "partner.added" not in (await world.kinds())[-3:]


async def test_the_cells_of_a_sheet_are_read(world: World) -> None:
    """Lists are joined with spaces or commas, and an empty cell says nothing."""
    text = SHEET.replace("all_is_no_field,,", '"name,email",name')
    rows = parse_rows(list(csv.DictReader(io.StringIO(text))))
    said = rows[0].assertion
    assert (said.self_fields, said.friend_fields) == (("name", "email"), ("name",))
    assert rows[0].partner.owner_countries == ("FI", "SE")
    assert (said.custody, said.starts_at, said.retention_days) == ("unknown", 0, 0)


BAD: list[tuple[str, dict[str, Free]]] = [
    ("no field is called 'nme'", {"self": ["nme"]}),
    ("reference is missing", {"reference": None}),
    ("source is missing", {"source": ""}),
    ("there is no column 'terms'", {"terms": "all"}),
    ("a-z, 0-9", {"partner": "\u043erbit"}),
    ("two-letter country", {"country": "Finland"}),
    ("two-letter country", {"device_countries": "Finland"}),
    ("custody", {"custody": "cloud"}),
    ("date like", {"from": "June 2010"}),
    ("after 1970", {"from": "1969-01-01"}),
    ("ends after it starts", {"until": "2009-01-01"}),
    ("whole number", {"retention_days": "-1"}),
    ("36,500", {"retention_days": 36_501}),
    ("a name of 1 to 200", {"name": "x" * 201}),
    ("printable", {"reference": "MSA\u202e"}),
    ("use a text", {"reference": 7}),
    ("65,535", {"purposes": ["a" * 60] * 1_200}),
]


@pytest.mark.parametrize(("sentence", "changed"), BAD, ids=[case[0] for case in BAD])
async def test_a_bad_row_refuses_the_whole_file(
    world: World, sentence: str, changed: dict[str, Free]
) -> None:
    """The row is named by its number, and nothing is taken in."""
    with pytest.raises(Malformed, match=f"row 2: .*{sentence}"):
        await import_partners(
            office_of(world), ALICE, ImportPartners([row(), row(**{"reference": "b", **changed})]), NOW
        )
    assert await world.kinds() == []


async def test_every_bad_row_is_named_up_to_twenty(world: World) -> None:
    """A long file of bad rows has a short message; an empty or a huge one is refused as such."""
    with pytest.raises(Malformed) as caught:
        parse_rows([row(partner="X")] * 30)
    assert caught.value.message.count("row ") == 20
    assert "and 10 more; nothing was taken in" in caught.value.message
    for rows in ([], [row()] * (MOST_ROWS + 1)):
        with pytest.raises(Malformed, match="1 to 10,000 rows"):
            parse_rows(rows)


async def test_the_same_agreement_is_taken_in_once(world: World) -> None:
    """In one file or in two, also in another spelling of the same letters."""
    office = office_of(world)
    composed, taken_apart = "Vertr\u00e4ge", "Vertra\u0308ge"
    with pytest.raises(Malformed, match="row 2: this partner and reference stand in an earlier row"):
        parse_rows([row(reference=composed), row(reference=taken_apart)])
    await import_partners(office, ALICE, ImportPartners([row(reference=composed)]), NOW)
    with pytest.raises(Conflict, match="taken in before"):
        await import_partners(
            office, ALICE, ImportPartners([row(reference="new"), row(reference=taken_apart)]), NOW
        )
    assert (await world.kinds()).count("agreement.asserted") == 1


async def test_only_a_manager_imports(world: World) -> None:
    """An auditor or a reviewer does not."""
    for nobody in (AUDITOR, REVIEWER):
        with pytest.raises(Forbidden):
            await perform(OPERATIONS[0], office_of(world), nobody, ImportPartners([row()]), NOW)
