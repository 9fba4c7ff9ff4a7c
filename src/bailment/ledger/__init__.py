"""The tamper-evident ledger: entries, tree, tiles, signed notes, proofs, and their verification.

Everything here is pure: bytes and facts in, bytes and findings out. There is no I/O and no clock
(`now` is an argument); files and nodes are read through Protocols. It imports the standard
library, `cryptography` and `bailment.model`, nothing else, so that a verifier stays small.
"""
