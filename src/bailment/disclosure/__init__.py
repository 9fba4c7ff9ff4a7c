"""The way through: facts, decision, holding, entry, commit, answer. Read pipeline.py and ports.py first."""
