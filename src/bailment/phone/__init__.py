"""The phone: a device's SDK and what it holds. It shares no code with the server's side."""
