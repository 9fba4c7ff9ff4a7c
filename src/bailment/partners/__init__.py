"""The programme's use cases: add, sign, approve, grant, enrol, set, hold, end. Each is an entry."""
