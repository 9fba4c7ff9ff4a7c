"""The device's side: the SDK and the phone on the command line."""
