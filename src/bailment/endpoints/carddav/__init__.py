"""The address book for phones: CardDAV, read-only, over the same disclosures as every other protocol."""
