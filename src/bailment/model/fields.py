"""Fields of a person: bit, data category and default, and the masks made of them.

A mask is an `int` of 64 bits of which bit 63 is never used, because SQL integers are signed.
Bits 0 to 47 are fields; bit 62 is `UNKNOWN`, the reason that stands for "the rule had no input".
A field without a category cannot be disclosed: it has no bit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from bailment.model.errors import Malformed


class Ring(Enum):
    """How far a subject stands from the device: there is no third ring."""

    SELF = "self"
    FRIEND = "friend"


class Category(Enum):
    """Data category of a field.

    Source: GDPR Art. 9(1) for the special classes; 28 CFR 202.212 (covered personal identifiers)
    for `IDENTIFIER`; the others are neither.
    """

    IDENTIFIER = "identifier"
    BIOMETRIC = "biometric"
    SPECIAL = "special"
    PROFILE = "profile"
    EXPRESSION = "expression"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `bit` is its number in every mask and is never given to another field."""

    bit: int
    name: str
    category: Category
    open_to_friends: bool = False

    @property
    def mask(self) -> int:
        """The mask with this field's bit alone."""
        return 1 << self.bit


FIELDS: tuple[Field, ...] = (
    Field(0, "name", Category.IDENTIFIER, open_to_friends=True),
    Field(1, "photo", Category.BIOMETRIC),
    Field(2, "email", Category.IDENTIFIER),
    Field(3, "phone", Category.IDENTIFIER),
    Field(4, "birthday", Category.IDENTIFIER),
    Field(5, "hometown", Category.PROFILE),
    Field(6, "city", Category.PROFILE),
    Field(7, "work", Category.PROFILE),
    Field(8, "education", Category.PROFILE),
    Field(9, "relationship", Category.SPECIAL),
    Field(10, "likes", Category.EXPRESSION),
    Field(11, "statuses", Category.EXPRESSION),
    Field(12, "photos", Category.BIOMETRIC),
    Field(13, "religion", Category.SPECIAL),
    Field(14, "politics", Category.SPECIAL),
    Field(15, "gender", Category.PROFILE),
    Field(16, "languages", Category.PROFILE),
    Field(17, "websites", Category.IDENTIFIER),
    Field(18, "interests", Category.EXPRESSION),
    Field(19, "joined", Category.PROFILE),
)

FIELD_BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
ALL_FIELDS: int = sum(field.mask for field in FIELDS)
DEFAULT_SETTING: int = sum(field.mask for field in FIELDS if field.open_to_friends)
UNKNOWN: int = 1 << 62


def mask_of(names: Iterable[str]) -> int:
    """Return the mask of the fields with these names.

    Raises:
        Malformed: a name is no field.
    """
    mask = 0
    for name in names:
        field = FIELD_BY_NAME.get(name)
        if field is None:
            raise Malformed(f"no field is called {name!r}", where="fields")
        mask |= field.mask
    return mask


def parse_fields(text: str) -> int:
    """Return the mask of a comma-separated list of fields; `all` and `none` are words of their own.

    Raises:
        Malformed: a name is no field.
    """
    if text == "all":
        return ALL_FIELDS
    if text in ("", "none"):
        return 0
    return mask_of(name.strip() for name in text.split(","))


def check_mask(mask: int, where: str) -> int:
    """Return `mask` if it is a mask of fields.

    Raises:
        Malformed: it has a bit that is no field's.
    """
    if mask & ~ALL_FIELDS:
        raise Malformed("only fields have a bit in it", where=where)
    return mask


def mask_of_categories(categories: Iterable[Category]) -> int:
    """Return the mask of all fields in these data categories."""
    wanted = frozenset(categories)
    return sum(field.mask for field in FIELDS if field.category in wanted)


def fields_of(mask: int) -> Iterator[Field]:
    """Yield the fields whose bit is set, lowest bit first."""
    return (field for field in FIELDS if mask & field.mask)


def names_of(mask: int) -> list[str]:
    """Return the names of the fields whose bit is set, lowest bit first."""
    return [field.name for field in fields_of(mask)]
