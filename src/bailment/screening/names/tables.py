"""How the tables of this package are written: words separated by blanks, over as many lines as they need."""


def listed(text: str) -> list[str]:
    """Return the words of a table."""
    return text.split()


def mapped(text: str) -> dict[str, str]:
    """Return a table of `key:value` words as a mapping; a value may be empty."""
    return {key: value for key, _, value in (word.partition(":") for word in text.split())}


def several(text: str) -> dict[str, tuple[str, ...]]:
    """Return a table of `key:value/value` words as a mapping; a value may be empty."""
    return {key: tuple(values.split("/")) for key, values in mapped(text).items()}
