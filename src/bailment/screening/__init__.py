"""Names, lists, ownership and verdicts: pure functions over bytes and facts, no I/O and no clock."""
