"""The operator's page: disclosures as they arrive, each with its rules and reasons. No script."""
