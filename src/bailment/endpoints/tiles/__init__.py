"""The public ledger over HTTP: C2SP tlog-tiles, readable by anyone."""
