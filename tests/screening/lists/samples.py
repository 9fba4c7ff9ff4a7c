"""Small invented lists, one a format, as their publishers would write them."""

import json

from bailment.model.screening import Snapshot
from bailment.screening.lists.importing import read_list

DATE = "2026-06-08"

_NOTHING = "-0- "
_LONG = "Tax ID No. 7700000001 (Russia); " + "x" * 960 + "; Regi"


def ofac_row(
    number: int, name: str, kind: str = _NOTHING, remarks: str = _NOTHING, flag: str = _NOTHING
) -> str:
    """Write a row of `sdn.csv`; `kind`, `remarks` and `flag` are as in the file, quotes included."""
    blanks = ",".join([_NOTHING] * 5)
    return f'{number},"{name}",{kind},"PROG-A] [PROG-B",{blanks},{flag},{_NOTHING},{remarks}'


OFAC_ENTRIES = [
    ofac_row(
        101,
        "LUMEN NORD OOO",
        remarks='"Registration Number 1027700000002 (Russia); SWIFT/BIC LUMNRUMM;'
        " a.k.a. 'LUMENORD'; f.k.a. 'OLD LUMEN'.\"",
    ),
    ofac_row(
        102, "VESPER, Ada", kind='"individual"', remarks='"DOB 01 Jan 1970; nationality Iran; Passport A123."'
    ),
    ofac_row(103, "SEA LANTERN", kind='"vessel"', flag='"Panama"'),
    ofac_row(104, "LONG REMARKS LLC", remarks=f'"{_LONG + "x" * (1000 - len(_LONG))}"'),
]
OFAC_ALIASES = [
    '101,1,"aka","LUMEN NORTH",-0- ',
    '101,2,"fka","NORTHERN LAMP",-0- ',
    '104,3,"nka","LONGER",-0- ',
]
OFAC_ADDRESSES = [
    '101,1,"1 Lamp Street","Moscow","Russia",-0- ',
    '103,2,-0- ,-0- ,"Region: Kafia Kingi",-0- ',
]
OFAC_COMMENTS = ['104,"stration ID 55555 (Korea, North)."']


def ofac_file(rows: list[str], end: str = "\r\n", mark: str = "\x1a") -> bytes:
    """Write a file as OFAC does, or as an editor leaves it: `end` LF, and no mark."""
    return ("".join(row + end for row in rows) + mark).encode()


def ofac(prefix: str = "") -> dict[str, bytes]:
    """Write the files of an OFAC list; `prefix` "cons_" for the consolidated one."""
    entries, comments = ("cons_prim.csv", "cons_comments.csv") if prefix else ("sdn.csv", "sdn_comments.csv")
    return {
        entries: ofac_file(OFAC_ENTRIES),
        f"{prefix}alt.csv": ofac_file(OFAC_ALIASES),
        f"{prefix}add.csv": ofac_file(OFAC_ADDRESSES),
        comments: ofac_file(OFAC_COMMENTS),
    }


CSL_HEADER = (
    "source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,"
    "vessel_flag,remarks,alt_names,citizenships,nationalities,ids"
)
CSL_CSV = (
    f"{CSL_HEADER}\n"
    'Test Nationals (SDN) - Treasury,7,Entity,PROG,LUMEN NORD,,"1 Lamp Street, Moscow, RU; Dubai, AE",,'
    "2019-01-02,,,a remark,LAMP; NORTH LAMP,,,"
    '"RU, 7700000001, Tax ID No.; LUMNRUMM, SWIFT/BIC; lumen.example, Website"\n'
    'Test Entities (EL) - Commerce,,,,Glow Works,,"Harbin, CN",84 FR 1,2018-03-04,,,,,,,\n'
    'Test Entities (EL) - Commerce,,,,Glow  Works,,"Oslo, NO",84 FR 1,2017-03-04,2020-01-01,,,Glow Co,,,\n'
).encode()
CSL_JSON = json.dumps(
    {
        "total": 2,
        "sources_used": [],
        "results": [
            {
                "id": "abc",
                "source": "Test Nationals (SDN) - Treasury",
                "entity_number": 7,
                "type": "Entity",
                "programs": ["PROG"],
                "name": "LUMEN NORD",
                "alt_names": ["LAMP", "NORTH LAMP"],
                "addresses": [
                    {"address": "1 Lamp Street", "city": "Moscow", "country": "RU"},
                    {"country": "AE"},
                ],
                "ids": [
                    {"type": "Tax ID No.", "number": "7700000001", "country": "RU"},
                    {"type": "SWIFT/BIC", "number": "LUMNRUMM", "country": None},
                    {"type": "Website", "number": "lumen.example"},
                ],
                "start_date": "2019-01-02",
                "end_date": None,
                "remarks": "a remark",
                "federal_register_notice": None,
            },
            {
                "id": "def",
                "source": "Test Entities (EL) - Commerce",
                "entity_number": None,
                "type": None,
                "programs": [],
                "name": "Glow Works",
                "alt_names": None,
                "addresses": [{"country": "CN"}],
                "start_date": "2018-03-04",
            },
        ],
    }
).encode()

FCC = (
    b"covered_equipment_or_services,date_of_inclusion_on_covered_list\r\n"
    b'"Lamps produced by Lumen Company, including lighting services provided by such entity."'
    b',"March 12, 2021"\r\n'
    b"Services provided by Glow (Americas) Corp. and its wholly-owned subsidiary GlowNet LLC"
    b" subject to section 214.,"
    b'"March 25, 2022Updated:April 1, 2023"\r\n'
    b'"Lamps ^ produced in a foreign country, except lamps approved by the agency.","July 1, 2026"\r\n'
)

SECTION_889 = (
    b"schema,name,aliases,topics,program,authority,reason,report-date,start-date,end-date,country,"
    b"notes,source_url\n"
    b"Company,Lumen Technologies Company,Lumen; LT,debarment,Section 889,Congress,,,2018-08-13,,cn,a note,\n"
)

SECTION_1260H = (
    b"Name,Clean Name,Alias,Previous Name,Parent Name,Note,Start date,End date,Source Url\n"
    b'Lumen (LT)*,"Lumen Co., Ltd",LT,,,,2021-06-03,,\n'
    b'"Lumen Co., Ltd.","Lumen Co., Ltd.","LT,Lumen Lamp",Old Lumen; OL,Glow Group,,2025-01-07,2026-02-17,\n'
    b'"Lumen Co., Ltd.","Lumen Co., Ltd.",,,Glow Group (GG),owned by the state,2026-06-08,,\n'
    b"Dim Corp,Dim Corp,,,,,2024-01-31,2025-01-07,\n"
)

PLAIN = (
    "id,name,kind,aliases,former,native,country,identifiers,parents,listed_on,ended_on,remarks,colour\n"
    "P1,Lumen Mobile GmbH,entity,LuMo; Lumen,Lampe AG,流明移动,DE;China,"
    '"lei:529900T8BM49AURSDO55;tax:DE1:DE",'
    "Glow Group,2024-02-29,2026-01-01,a remark,blue\n"
    ",Glow Works,,,,,,,,,,,\n"
).encode()


def ftm_line(entity_id: str, schema: str, **properties: list[str]) -> str:
    """Write one entity of FollowTheMoney."""
    return json.dumps({"id": entity_id, "schema": schema, "properties": properties}, ensure_ascii=False)


FTM = "".join(
    line + "\n"
    for line in [
        ftm_line(
            "q1",
            "Company",
            name=["Lumen Mobile", "Lumen"],
            alias=["流明移动"],
            weakAlias=["LM"],
            previousName=["Lampe"],
            jurisdiction=["cn"],
            registrationNumber=["R-1"],
            leiCode=["529900T8BM49AURSDO55"],
            innCode=["7700000001"],
            topics=["sanction"],
            phone=["1"],
        ),
        ftm_line("q2", "Person", name=["Ada Vesper"], country=["ru", "su"]),
        ftm_line("q3", "LegalEntity", alias=["Glow"]),
        ftm_line("a1", "Address", full=["1 Lamp Street"]),
        ftm_line("o1", "Ownership", owner=["q2"], asset=["q1"], percentage=["50-75%"], startDate=["2020"]),
        ftm_line(
            "d1", "Directorship", director=["q2"], organization=["q1"], role=["chair"], endDate=["2021-03"]
        ),
    ]
).encode()

SAMPLES: dict[str, dict[str, bytes]] = {
    "ofac-sdn": ofac(),
    "ofac-consolidated": ofac("cons_"),
    "csl-csv": {"csl.csv": CSL_CSV},
    "csl-json": {"csl.json": CSL_JSON},
    "fcc": {"fcc.csv": FCC},
    "section-889": {"section_889.csv": SECTION_889},
    "section-1260h": {"1260h.csv": SECTION_1260H},
    "plain": {"house.csv": PLAIN},
    "ftm": {"entities.ftm.json": FTM},
}


def read_sample(format_name: str, **changed: bytes) -> Snapshot:
    """Read a sample; `changed` replaces the content of its files, by name with "_" for "."."""
    files = SAMPLES[format_name]
    return read_list(
        "test", format_name, {k: changed.get(k.replace(".", "_"), v) for k, v in files.items()}, DATE
    )


def read_one(format_name: str, content: bytes) -> Snapshot:
    """Read a list of one file."""
    return read_list("test", format_name, {"list.csv": content}, DATE)
