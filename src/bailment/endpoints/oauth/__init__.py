"""The authorization server's back channel over HTTP: forms in, JSON out."""
