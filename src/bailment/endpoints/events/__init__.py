"""The event streams' HTTP interface: OpenID Shared Signals Framework 1.0, with poll delivery (RFC 8936)."""
