"""The questions that the ledger answers, each with its evidence."""
