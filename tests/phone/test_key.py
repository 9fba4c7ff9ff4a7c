"""The device key: its forms agree with joserfc's, and its file is the owner's alone."""

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from bailment.model.errors import Malformed, Unavailable
from bailment.phone.dpop import make_proof
from bailment.phone.key import key_of_jwk, load_key, make_key, store_key


def test_agrees_with_joserfc() -> None:
    """Public JWK, thumbprint and signature are what another library makes of them."""
    key = make_key()
    theirs = ECKey.import_key({**key.private_jwk()})
    assert theirs.as_dict(private=False) == key.public_jwk()
    assert theirs.thumbprint() == key.thumbprint()
    proof = make_proof(key, "GET", "https://a.example/v1/me?x=1#y", "token", 1000)
    verified = jws.deserialize_compact(proof, theirs, algorithms=["ES256"])
    claims = json.loads(verified.payload)
    assert verified.headers()["typ"] == "dpop+jwt"
    assert "d" not in verified.headers()["jwk"]
    assert (claims["htm"], claims["htu"], claims["iat"]) == ("GET", "https://a.example/v1/me", 1000)


def test_file_round_trip(tmp_path: Path) -> None:
    """A stored key comes back the same, from a file of mode 0600 in a folder of mode 0700."""
    path, key = tmp_path / "phone" / "key.json", make_key()
    assert load_key(path) is None
    store_key(path, key)
    loaded = load_key(path)
    assert loaded is not None
    assert loaded.private_jwk() == key.private_jwk()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


@given(st.binary(max_size=60) | st.sampled_from([b"[]", b"{}", b'"x"', b"null", b"1"]))
def test_a_broken_key_file_is_malformed(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """Whatever is no key file is malformed, and says which file."""
    path = tmp_path_factory.getbasetemp() / "key.json"
    path.write_bytes(raw)
    with pytest.raises(Malformed):
        load_key(path)


def test_a_key_with_another_public_half_is_malformed() -> None:
    """A private JWK whose halves do not belong together is refused."""
    mixed = {**make_key().private_jwk(), "d": make_key().private_jwk()["d"]}
    with pytest.raises(Malformed):
        key_of_jwk(mixed)
    with pytest.raises(Malformed):
        key_of_jwk({**make_key().private_jwk(), "crv": "P-384"})


def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    """Where the folder's place is taken by a file, storing and loading say so."""
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        store_key(tmp_path / "file" / "key.json", make_key())
    with pytest.raises(Unavailable):
        load_key(tmp_path / "file" / "key.json")
