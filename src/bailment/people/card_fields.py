"""What a card says of each field: the lines of vCard 3.0 and 4.0, before folding and XML.

What a client shows decided between what the formats allow:

- **A name in its own script** is a NICKNAME. Of two FN, with ALTID and LANGUAGE or without, DAVx5 keeps
  the last, which would take the place of the name that the person goes by, and widespread servers and
  libraries refuse the card. X-PHONETIC-... says how a name is spoken and sorts the list: the reverse of
  what `native` is. Android, iOS and Thunderbird each have a field for nicknames, and show it.
- **A name without parts** stands in N as the given name: iOS and Android make what they show of N, and a
  card whose N is empty has no name there.
- **A birthday without its year** is `--MMDD` in 4.0. 3.0 has no such date: Apple's parameter says which
  year to leave out, and DAVx5, Thunderbird and servers follow it. 1604 is a leap year.
- **The city** is an address of type home with a locality alone. **The hometown** is where somebody comes
  from, and no address type says that: its label does, which Apple and DAVx5 show.
- **Work** is the first employment that has not ended. Where all have, nobody works there: no ORG.
- **A photo** is the address of the picture. A client fetches it, or shows none.
- **Gender** is in 4.0 alone: 3.0 has no property for it.

Left out: everything else, relationship, religion and politics above all. An address book is copied to
where the person's settings no longer reach, and no client shows them.

Sources: RFC 2426; RFC 6350 sections 6.1 to 6.7 and 4.3.1. Values are of the shapes of `people.values`.
"""

from collections.abc import Callable, Sequence
from typing import NotRequired, TypedDict

from bailment.people.card_lines import escape, escape_uri

ONLY_3, ONLY_4, BOTH = 1, 2, 3

_SEXES = {"male": "M", "female": "F", "other": "O"}


class NameValue(TypedDict):
    """As `people.values.Name`."""

    full: str
    given: NotRequired[str]
    family: NotRequired[str]
    native: NotRequired[str]


class PlaceValue(TypedDict):
    """As `people.values.Place`."""

    name: str


class PhotoValue(TypedDict):
    """As `people.values.Photo`."""

    url: str


class WorkValue(TypedDict):
    """As `people.values.Work`."""

    employer: str
    title: NotRequired[str]
    to: NotRequired[str]


class CardValues(TypedDict, total=False):
    """The fields that a card can hold, as `people.values.check` has let them through."""

    name: NameValue
    photo: PhotoValue
    email: Sequence[str]
    phone: Sequence[str]
    birthday: str
    hometown: PlaceValue
    city: PlaceValue
    work: Sequence[WorkValue]
    gender: str
    websites: Sequence[str]


def _name(values: CardValues) -> str:
    """Return FN, N and NICKNAME; nothing where not a character is left of the name."""
    name = values["name"]
    full = escape(name["full"])
    native = escape(name["native"]) if "native" in name else ""
    if not full or full.isspace():
        full = native
    if not full or full.isspace():
        return ""
    family = escape(name["family"]) if "family" in name else ""
    given = escape(name["given"]) if "given" in name else ""
    if not (family or given):
        given = full
    lines = f"FN:{full}\nN:{family};{given};;;\n"
    if not native or native.isspace() or native == full:
        return lines
    return f"{lines}NICKNAME:{native}\n"


def _email(values: CardValues) -> str:
    """Return EMAIL; Internet is the default type of 3.0, and the only one of 4.0."""
    return _each("EMAIL", values["email"])


def _phone(values: CardValues) -> str:
    """Return TEL as text: what people write is seldom a `tel:` address."""
    return _each("TEL", values["phone"])


def _each(name: str, texts: Sequence[str]) -> str:
    """Return a property for each text that says something."""
    lines = ""
    for text in texts:
        value = escape(text)
        if value and not value.isspace():
            lines += f"{name}:{value}\n"
    return lines


def _websites(values: CardValues) -> str:
    return "".join([f"URL:{escape_uri(url)}\n" for url in values["websites"]])


def _photo(values: CardValues) -> str:
    """Return PHOTO by address: 3.0 has to be told so, 4.0 may be."""
    return f"PHOTO;VALUE=uri:{escape_uri(values['photo']['url'])}\n"


def _birthday_3(values: CardValues) -> str:
    birthday = values["birthday"]
    if birthday.startswith("--"):
        return f"BDAY;X-APPLE-OMIT-YEAR=1604:1604-{birthday[2:]}\n"
    return f"BDAY:{birthday}\n"


def _birthday_4(values: CardValues) -> str:
    """Return BDAY in ISO 8601's basic format, which alone 4.0 allows for whole dates."""
    birthday = values["birthday"]
    if birthday.startswith("--"):
        return f"BDAY:--{birthday[2:4]}{birthday[5:]}\n"
    return f"BDAY:{birthday.replace('-', '')}\n"


def _city(values: CardValues) -> str:
    city = escape(values["city"]["name"])
    return f"ADR;TYPE=home:;;;{city};;;\n" if city.strip() else ""


def _hometown(values: CardValues) -> str:
    town = escape(values["hometown"]["name"])
    return f"item1.ADR:;;;{town};;;\nitem1.X-ABLabel:Hometown\n" if town.strip() else ""


def _work(values: CardValues) -> str:
    """Return ORG and TITLE of the first employment that has not ended."""
    for work in values["work"]:
        if "to" not in work:
            employer, title = escape(work["employer"]), escape(work.get("title", ""))
            lines = f"ORG:{employer}\n" if employer.strip() else ""
            return f"{lines}TITLE:{title}\n" if title.strip() else lines
    return ""


def _gender(values: CardValues) -> str:
    """Return GENDER: a letter where one stands for the word, else the words (RFC 6350, section 6.2.7)."""
    gender = values["gender"]
    letter = _SEXES.get(gender, "")
    value = letter or f";{escape(gender)}"
    return f"GENDER:{value}\n" if value.strip("; ") else ""


Writer = Callable[[CardValues], str]

WRITERS: tuple[tuple[str, int, Writer], ...] = (
    ("name", BOTH, _name),
    ("photo", BOTH, _photo),
    ("email", BOTH, _email),
    ("phone", BOTH, _phone),
    ("birthday", ONLY_3, _birthday_3),
    ("birthday", ONLY_4, _birthday_4),
    ("hometown", BOTH, _hometown),
    ("city", BOTH, _city),
    ("work", BOTH, _work),
    ("gender", ONLY_4, _gender),
    ("websites", BOTH, _websites),
)
