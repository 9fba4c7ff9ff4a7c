"""The witness's HTTP interface, which anyone can run: C2SP tlog-witness v1.0.0."""
