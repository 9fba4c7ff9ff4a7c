"""The regimes that come with Bailment, as dated data.

Every citation ends with how we know it: "seen" in the source or in a text that reprints it, or "from
memory", which counsel must check before anyone relies on it. `docs/screening-verdicts.md` says what each rule
means and where its reading is ours. Effects are what we advise; a house may strengthen or weaken them by its
own document. No rule of the house is shipped.

A list is filed under the id that stands here, whatever its source calls it.
"""

from bailment.model.programme import COUNTRIES_OF_CONCERN
from bailment.model.screening import Effect, Propagation, Rule

# The limbs of 28 CFR 202.211 are code (`covered_person`); these two rules say when and to whom they apply.
PART_202_JURISDICTION = "us-part202-jurisdiction"
PART_202_OWNED = "us-part202-owned"

# Whoever is on such a list is blocked by law: no house can exempt anybody from the rules that start from it.
BLOCKING_LISTS = frozenset({"us-ofac-sdn"})

_ADVERSARIES = ("CN", "IR", "KP", "RU")
_PERSONAL = ("identifier", "biometric", "special")
_ALL = ("all",)
_CONCERN = tuple(sorted(COUNTRIES_OF_CONCERN))

_PART_202 = (
    Rule(
        PART_202_JURISDICTION,
        "Covered person: organised in a country of concern, or with its principal place of business there",
        "28 CFR 202.211 and 202.601 (seen)",
        "",
        Propagation.JURISDICTION,
        _CONCERN,
        _ALL,
        Effect.HOLD,
        "2025-04-08",
    ),
    Rule(
        PART_202_OWNED,
        "Covered person: designated, or owned 50 % or more by countries of concern or covered persons",
        "28 CFR 202.211 (seen)",
        "us-doj-covered-persons",
        Propagation.OWNED_50,
        _CONCERN,
        _ALL,
        Effect.HOLD,
        "2025-04-08",
    ),
)

_OFAC = (
    Rule(
        "us-ofac-sdn-50",
        "Blocked: on OFAC's SDN list, or owned 50 % or more in aggregate by blocked persons",
        "31 CFR chapter V; OFAC FAQ 398 and 401 (seen), FAQ 399 (seen second-hand), valid from (from memory)",
        "us-ofac-sdn",
        Propagation.OWNED_50,
        (),
        _ALL,
        Effect.REFUSE,
        "2014-08-13",
    ),
    Rule(
        "us-ofac-ns-cmic",
        "Named on OFAC's non-SDN lists, as Chinese military-industrial companies are: securities only",
        "EO 13959 as amended by EO 14032 (rows seen; named only, and valid from: from memory)",
        "us-ofac-nonsdn",
        Propagation.NONE,
        (),
        _ALL,
        Effect.SIGNAL,
        "2021-08-02",
    ),
)

_AFFILIATES = "15 CFR part 744, the Affiliates Rule of 29 September 2025 (seen second-hand: Skadden, Squire)"

_BIS = (
    Rule(
        "us-bis-affiliates-2025",
        "Affiliate of a listed entity: owned 50 % or more in aggregate by entities of the BIS Entity List",
        _AFFILIATES,
        "us-bis-entity",
        Propagation.OWNED_50,
        (),
        _ALL,
        Effect.SIGNAL,
        "2025-09-29",
        "2025-11-10",
    ),
    Rule(
        "us-bis-affiliates-2026",
        "Affiliate of a listed entity, after the suspension to 9 November 2026 - TO BE CONFIRMED BY COUNSEL: "
        "it is not known whether the suspension was extended",
        _AFFILIATES,
        "us-bis-entity",
        Propagation.OWNED_50,
        (),
        _ALL,
        Effect.SIGNAL,
        "2026-11-10",
    ),
)

_PADFA = tuple(
    Rule(
        f"us-padfa-{name}",
        f"Controlled by a foreign adversary: {title}",
        "Protecting Americans' Data from Foreign Adversaries Act of 2024 (second-hand: Just Security, Akin)",
        "",
        propagation,
        _ADVERSARIES,
        _PERSONAL,
        Effect.HOLD,
        "2024-06-23",
    )
    for name, title, propagation in (
        (
            "jurisdiction",
            "domiciled in, or with its headquarters in, such a country",
            Propagation.JURISDICTION,
        ),
        ("owned-20", "20 % or more owned from such a country", Propagation.OWNED_20),
        ("directed", "subject to direction or control from such a country", Propagation.CONTROL),
    )
)

_SECTION_889 = tuple(
    Rule(
        f"us-ndaa-889-{name}",
        f"Named in section 889, or {title} of one that is: contractors of the US Government",
        "Pub. L. 115-232 section 889 (names seen); FAR 52.204-25 and valid from (from memory)",
        "us-ndaa-889",
        propagation,
        (),
        _ALL,
        Effect.HOLD,
        "2019-08-13",
    )
    for name, title, propagation in (
        ("owned", "a subsidiary", Propagation.OWNED_50),
        ("control", "an affiliate", Propagation.CONTROL),
    )
)

_NAMED = (
    Rule(
        "us-fcc-covered",
        "Maker on the FCC Covered List, or controlled by one: authorisation of equipment",
        "47 CFR 1.50002 (list seen; section and valid from: from memory)",
        "us-fcc-covered",
        Propagation.CONTROL,
        (),
        _ALL,
        Effect.SIGNAL,
        "2021-03-12",
    ),
    Rule(
        "us-dod-1260h",
        "Named as a Chinese military company, or controlled by one: procurement of the Department of Defense",
        "Pub. L. 116-283 section 1260H; 91 FR 35189 (seen second-hand: Squire)",
        "us-dod-1260h",
        Propagation.CONTROL,
        (),
        _ALL,
        Effect.SIGNAL,
        "2026-06-30",
    ),
)

SHIPPED_RULES: tuple[Rule, ...] = (*_PART_202, *_OFAC, *_BIS, *_PADFA, *_SECTION_889, *_NAMED)
