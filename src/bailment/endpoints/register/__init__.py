"""The public register: a page and JSON, made of the published ledger alone. No script, no key."""
