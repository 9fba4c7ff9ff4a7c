"""The proof of a key at the authorization server's own endpoints (RFC 9449 sections 5, 8 and 10.1)."""

from bailment.model.oauth import Client
from bailment.oauth.protocol import Call, ProtocolError
from bailment.oauth.rfc9449 import Nonces, Proof, ProofRejected, check_proof


def prove(call: Call, nonces: Nonces, token: str | None = None) -> Proof | None:
    """Check the call's proof; None when it carries none.

    It comes first of all, before the client's assertion is spent: whoever is asked for a nonce may send
    the same request again. The caller writes `Proof.mark` in its transaction, before anything is consumed.

    Raises:
        ProtocolError: `invalid_dpop_proof`, or `use_dpop_nonce` when only the nonce is missing or old.
    """
    if not call.proof:
        return None
    now_s = call.now // 1000
    try:
        proof = check_proof(call.proof, method=call.method, uri=call.uri, token=token, now_s=now_s)
    except ProofRejected as error:
        raise ProtocolError("invalid_dpop_proof", error.message) from error
    if not nonces.accepts(proof.nonce, now_s):
        raise ProtocolError("use_dpop_nonce", "put the nonce of the DPoP-Nonce field into the proof")
    return proof


def check_bound(proof: Proof | None, client: Client) -> None:
    """Check that there is a proof, but for clients that an operator lets use bearer tokens.

    Raises:
        ProtocolError: `invalid_dpop_proof`.
    """
    if proof is None and not client.bearer:
        raise ProtocolError("invalid_dpop_proof", "tokens are bound to a key here: send a DPoP proof")
