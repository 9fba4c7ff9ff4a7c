"""Resource indicators (RFC 8707): there is one protected resource, and it has the issuer's name."""

from bailment.oauth.protocol import Call, ProtocolError


def check_resource(call: Call, issuer: str) -> None:
    """Check the `resource` parameter, if there is one.

    Raises:
        ProtocolError: `invalid_target`.
    """
    if call.params.get("resource", issuer) not in (issuer, f"{issuer}/"):
        raise ProtocolError("invalid_target", f"the only resource here is {issuer}")
