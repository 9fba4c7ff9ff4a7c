"""The questions and their evidence: who holds what of whom, one disclosure opened, one entry proven."""
