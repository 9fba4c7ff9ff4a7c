"""Keys and boxes: random secrets, per-person encryption of details, the ledger's signing keys."""
