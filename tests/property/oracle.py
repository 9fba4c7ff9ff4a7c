"""The same rules in Cedar, stated from the design and not from our code: names and countries, no masks.

A world is described in plain words. Its answer for one field of one subject is Cedar's decision, and the
policies that forbid it are the rules that closed it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import cedarpy

Words: TypeAlias = Any  # JSON-like: what Cedar takes as a context.

RULES = ("agreement", "build", "grant", "jurisdiction", "setting", "audience")

POLICIES = """
permit (principal, action, resource);

@id("agreement")
forbid (principal, action, resource) unless {
    context has agreement && !context.held
    && ["in force", "winding down"].contains(context.agreement.state)
    && context.now >= context.agreement.from && context.now < context.agreement.until
    && !(context.agreement has closes && context.now >= context.agreement.closes)
    && (if context.ring == "self" then context.agreement.self else context.agreement.friends)
        .contains(resource.name)
};

@id("build")
forbid (principal, action, resource) unless {
    context has build && context.build has state && context.build.state == "approved"
    && context.build.integration == context.integration
};

@id("grant")
forbid (principal, action, resource) unless {
    !context.grant.withdrawn && context.now < context.grant.until && !context.idle
    && context has agreement
    && ((context.grant.consents has "address-book" && context.agreement.purposes.contains("address-book")
         && (!context.certification_due || context.certified["address-book"].contains(resource.category))
         && (if context.ring == "self" then context.grant.consents["address-book"].self
             else context.grant.consents["address-book"].friends).contains(resource.name))
        || (context.grant.consents has "birthdays" && context.agreement.purposes.contains("birthdays")
         && (!context.certification_due || context.certified["birthdays"].contains(resource.category))
            && (if context.ring == "self" then context.grant.consents["birthdays"].self
                else context.grant.consents["birthdays"].friends).contains(resource.name))
        || (context.grant.consents has "photos" && context.agreement.purposes.contains("photos")
         && (!context.certification_due || context.certified["photos"].contains(resource.category))
            && (if context.ring == "self" then context.grant.consents["photos"].self
                else context.grant.consents["photos"].friends).contains(resource.name)))
};

@id("jurisdiction")
forbid (principal, action, resource) unless {
    context has agreement
    && context.agreement.partner_countries.containsAll(context.partner_and_owners)
    && context.agreement.device_countries.contains(context.device_country)
    && !(["CN", "CU", "HK", "IR", "KP", "MO", "RU", "VE"].containsAny(context.partner_and_owners)
         && ["identifier", "biometric", "special"].contains(resource.category))
    && !(["CN", "CU", "HK", "IR", "KP", "MO", "RU", "VE"].contains(context.device_country)
         && ["identifier", "biometric", "special"].contains(resource.category))
};

@id("setting")
forbid (principal, action, resource) unless {
    context.ring == "self"
    || (if context.subject has setting_for_partner
        then context.subject.setting_for_partner.contains(resource.name)
        else context.subject has setting && context.subject.setting.contains(resource.name))
};

@id("audience")
forbid (principal, action, resource) unless {
    context.ring == "self"
    || (context.subject has audience && context.subject.audience.contains(resource.name))
};
"""
# What the policy about the grant spells out: Cedar cannot go through a record's members.
PURPOSES = ("address-book", "birthdays", "photos")
_PARSED = cedarpy.PolicySet.from_str(POLICIES)

# The categories of 28 CFR 202.212 and GDPR Art. 9, written out here once more.
CATEGORIES = {
    "identifier": ["name", "email", "phone", "birthday", "websites"],
    "biometric": ["photo", "photos"],
    "special": ["relationship", "religion", "politics"],
    "profile": ["hometown", "city", "work", "education", "gender", "languages", "joined"],
    "expression": ["likes", "statuses", "interests"],
}
_ENTITIES = cedarpy.Entities.from_json_str(
    json.dumps(
        [
            {
                "uid": {"type": "Field", "id": name},
                "attrs": {"name": name, "category": category},
                "parents": [],
            }
            for category, names in CATEGORIES.items()
            for name in names
        ]
    )
)
FIELD_NAMES = sorted(name for names in CATEGORIES.values() for name in names)


@dataclass(frozen=True)
class Verdict:
    """Cedar's answer for one field: allowed or not, and the rules that forbid it."""

    allowed: bool
    closed_by: frozenset[str]


def ask_cedar(context: Mapping[str, Words]) -> dict[str, Verdict]:
    """Return the verdict for every field in this context."""
    requests = [
        {
            "principal": 'Device::"d"',
            "action": 'Action::"read"',
            "resource": f'Field::"{name}"',
            "context": context,
        }
        for name in FIELD_NAMES
    ]
    verdicts = {}
    for name, result in zip(
        FIELD_NAMES, cedarpy.is_authorized_batch(requests, _PARSED, _ENTITIES), strict=True
    ):
        assert not result.diagnostics.errors, result.diagnostics.errors
        closed = frozenset(
            RULES[int(reason.removeprefix("policy")) - 1]
            for reason in result.diagnostics.reasons
            if reason != "policy0"
        )
        verdicts[name] = Verdict(result.decision is cedarpy.Decision.Allow, closed)
    return verdicts
