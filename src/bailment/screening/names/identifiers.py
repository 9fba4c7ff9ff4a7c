"""Numbers that name one legal entity, brought to one form: two that are equal are a match by themselves."""

from bailment.model.screening import Identifier

# Shorter numbers are serial numbers of some office, and two offices may give the same.
_SHORTEST = 5
# Schemes that are unique in the world; the others only within their country.
_WORLDWIDE = frozenset({"lei", "swift", "duns"})


def normalise_identifier(identifier: Identifier) -> str:
    """Return a number without spaces and punctuation, in capitals; a BIC without its main office's XXX."""
    value = "".join(each for each in identifier.value.upper() if each.isalnum())
    if identifier.scheme == "swift" and len(value) == 11:
        return value.removesuffix("XXX")
    return value


def key_of(identifier: Identifier) -> str:
    """Return the key under which a number is found, "" for one that is too short to name anything."""
    value = normalise_identifier(identifier)
    return f"{identifier.scheme.lower()}:{value}" if len(value) >= _SHORTEST else ""


def is_same(one: Identifier, other: Identifier) -> bool:
    """Tell whether two identifiers are one number.

    A national number is unique in its country; where a side names no country, the number alone decides.
    """
    if not key_of(one) or key_of(one) != key_of(other):
        return False
    if one.scheme.lower() in _WORLDWIDE or not one.country or not other.country:
        return True
    return one.country.upper() == other.country.upper()
