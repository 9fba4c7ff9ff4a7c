"""The decision: pure functions from facts to masks. No I/O, no clock, nothing remembered."""
