"""Numbers that name one legal entity, out of what US lists print beside a name.

A label ("Tax ID No.") decides the scheme. Taken are the numbers of registers, tax offices and banks.
Left in the remarks are passports and other papers of persons, and numbers of securities (ISIN, ticker):
a security's issuer need not be the record ("alt. Issuer Name"), and an identifier holds a partner at once.
"""

import re

from bailment.model.screening import Identifier
from bailment.screening.lists.countries import country_code

_LABELS: dict[str, tuple[str, ...]] = {
    "lei": ("Legal Entity Identifier", "LEI"),
    "tax": (
        "C.U.I.T.",
        "Fiscal Code",
        "Italian Fiscal Code",
        "NIT #",
        "R.F.C.",
        "RFC",
        "RIF #",
        "RTN",
        "RUC #",
        "Romanian Tax Registration",
        "Tax ID No.",
        "Tax ID Number",
        "US FEIN",
        "V.A.T. Number",
    ),
    "registration": (
        "Business Number",
        "Business Registration Document #",
        "Business Registration Number",
        "C.R. No.",
        "Certificate of Incorporation Number",
        "Chamber of Commerce Number",
        "Commercial Registry Number",
        "Company Number",
        "Enterprise Number",
        "Folio Mercantil No.",
        "Legal Entity Number",
        "Matricula Mercantil No",
        "Public Registration Number",
        "Registered Charity No.",
        "Registration ID",
        "Registration Number",
        "Trade License No.",
        "UK Company Number",
        "Unified Social Credit Code (USCC)",
    ),
    "swift": ("SWIFT/BIC",),
    "duns": ("D-U-N-S Number",),
    "other": ("BIK (RU)", "Government Gazette Number", "MMSI", "Vessel Registration Identification"),
}
_SCHEMES = {label.casefold(): scheme for scheme, labels in _LABELS.items() for label in labels}
_LABELLED = re.compile(
    "(" + "|".join(re.escape(label) for label in sorted(_SCHEMES, key=len, reverse=True)) + r")[:\s]+(.*)",
    re.IGNORECASE | re.DOTALL,
)
# What follows a number: a place in parentheses, dates of issue and expiry, other words after them.
_AFTER = re.compile(r"\s*\((?P<place>[^()]*)\)|\s(?:issued|expires)\b")
_SWIFT = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")


def labelled_identifier(text: str) -> Identifier | None:
    """Read "Registration Number 1027700342890 (Russia)"; None where the text is no identifier."""
    found = _LABELLED.fullmatch(text.removeprefix("alt. "))
    if not found:
        return None
    after = _AFTER.search(found[2])
    if not after:
        return identifier_of(found[1], found[2], "")
    return identifier_of(found[1], found[2][: after.start()], after["place"] or "")


def identifier_of(label: str, value: str, country: str) -> Identifier | None:
    """Return the identifier of a label as US lists print it, a number, and a country's name or code.

    None where the label is of a kind that is not taken, or where the value cannot be such a number.
    """
    scheme = _SCHEMES.get(label.strip().rstrip(":").casefold())
    value = value.strip(" ,.;:")
    if scheme is None or not _is_number(scheme, value):
        return None
    # A ship's owner has a company number of the IMO, which is no register of companies.
    if value.upper().startswith("IMO"):
        scheme = "other"
    elif scheme == "registration" and is_lei(value):
        scheme = "lei"
    return Identifier(scheme, value, country_code(country))


def is_lei(value: str) -> bool:
    """Tell whether a value is a legal entity identifier, check digits included (ISO 17442)."""
    if not _LEI.fullmatch(value):
        return False
    return int("".join(str(int(letter, 36)) for letter in value)) % 97 == 1


def _is_number(scheme: str, value: str) -> bool:
    if scheme == "swift":
        return _SWIFT.fullmatch(value) is not None
    return 3 <= len(value) <= 64 and any(letter.isdigit() for letter in value)
