"""Numbers that name one legal entity, brought to one form: two that are equal are a match by themselves."""

from collections.abc import Iterable

from bailment.model.screening import Identifier

# Shorter numbers are serial numbers of some office, and two offices may give the same: they are compared only
# where both sides name one country, and say what kind of number it is.
_SHORTEST = 5
# Schemes that are unique in the world; the others only within their country.
_WORLDWIDE = frozenset({"lei", "swift", "duns"})
_NATIONAL = frozenset({"registration", "tax"})


def normalise_identifier(identifier: Identifier) -> str:
    """Return a number without spaces and punctuation, in capitals; a BIC without its main office's XXX."""
    value = "".join(each for each in identifier.value.upper() if each.isalnum())
    if identifier.scheme == "swift" and len(value) == 11:
        return value.removesuffix("XXX")
    return value


def key_of(identifier: Identifier) -> str:
    """Return the key under which a number is found, "" for one that is too short to name anything.

    A short number is found with its country alone, if it is a national one of a known kind.
    """
    value, scheme = normalise_identifier(identifier), identifier.scheme.lower()
    if len(value) >= _SHORTEST:
        return f"{scheme}:{value}"
    country = identifier.country.strip().upper()
    return f"{scheme}:{value}:{country}" if value and country and scheme in _NATIONAL else ""


def tell_short(one: Iterable[Identifier], other: Iterable[Identifier]) -> tuple[str, ...]:
    """Say which numbers of two parties, though of one kind, were not compared because one is too short."""
    others = {each.scheme.lower(): each for each in reversed((*other,))}
    pairs = ((each, others.get(each.scheme.lower())) for each in one)
    return tuple(
        f"the {a.scheme} numbers '{a.value}' and '{b.value}' are not compared: too short to compare"
        f" without one country and kind"
        for a, b in pairs
        if b is not None and not _is_comparable(a, b)
    )


def _is_comparable(one: Identifier, other: Identifier) -> bool:
    short = min(len(normalise_identifier(each)) for each in (one, other)) < _SHORTEST
    return not short or bool(key_of(one) and key_of(other))


def is_same(one: Identifier, other: Identifier) -> bool:
    """Tell whether two identifiers are one number.

    A national number is unique in its country; where a side names no country, the number alone decides.
    """
    if not key_of(one) or key_of(one) != key_of(other):
        return False
    if one.scheme.lower() in _WORLDWIDE or not one.country or not other.country:
        return True
    return one.country.upper() == other.country.upper()
