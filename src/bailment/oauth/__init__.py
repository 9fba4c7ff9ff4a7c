"""The authorization server's parts, one module per RFC, with no web framework inside."""
