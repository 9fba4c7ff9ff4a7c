"""The authorization server's keys: made once, kept whole, shared by processes."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bailment.model.errors import Malformed, Unavailable
from bailment.seal.ledger_keys import load_or_make_keys
from bailment.seal.oauth_keys import OAuthKeys, load_or_make_oauth_keys, make_oauth_keys

GOOD = {"es256": "11" * 32, "nonce_secret": "22" * 32}


def secret(keys: OAuthKeys) -> tuple[int, bytes]:
    """Return what two equal sets of keys have in common."""
    return keys.signing.private_numbers().private_value, keys.nonce_secret


def test_keys_are_made_once_and_stay(tmp_path: Path) -> None:
    """The second start reads what the first one made, from a file of mode 0600."""
    path = tmp_path / "oauth.json"
    made = load_or_make_oauth_keys(path)
    assert secret(load_or_make_oauth_keys(path)) == secret(made)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["oauth.json"]
    assert len(made.nonce_secret) == 32


def test_new_keys_differ() -> None:
    """Two sets of keys have nothing in common."""
    assert not set(secret(make_oauth_keys())) & set(secret(make_oauth_keys()))


def test_processes_that_start_at_once_share_one_set(tmp_path: Path) -> None:
    """Whoever comes second takes the first one's keys, and no half of a file is ever read."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: load_or_make_oauth_keys(tmp_path / "oauth.json"), range(16)))
    assert len({secret(keys) for keys in found}) == 1


def test_nothing_secret_is_shown() -> None:
    """What a traceback shows of the keys does not hold them."""
    keys = make_oauth_keys()
    assert keys.nonce_secret.hex() not in repr(keys)
    assert repr(keys.nonce_secret) not in repr(keys)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "7",
        "{}",
        json.dumps({**GOOD, "es256": "00" * 32}),
        json.dumps({**GOOD, "es256": "ff" * 32}),
        json.dumps({**GOOD, "es256": "11" * 31}),
        json.dumps({**GOOD, "es256": 7}),
        json.dumps({**GOOD, "nonce_secret": "22"}),
        json.dumps({**GOOD, "nonce_secret": "no hex"}),
    ],
)
def test_a_damaged_file_is_named_and_never_replaced(tmp_path: Path, text: str) -> None:
    """A file that is not ours stops the start: new keys would make every receiver distrust us."""
    path = tmp_path / "oauth.json"
    path.write_text(text)
    with pytest.raises(Malformed, match=r"oauth\.json"):
        load_or_make_oauth_keys(path)
    assert path.read_text() == text


def test_a_folder_that_cannot_be_used_is_unavailable(tmp_path: Path) -> None:
    """The world's fault is told apart from a bad file, for either key file."""
    with pytest.raises(Unavailable):
        load_or_make_oauth_keys(tmp_path / "absent" / "oauth.json")
    with pytest.raises(Unavailable):
        load_or_make_keys(tmp_path / "absent" / "ledger.json", "gateway.example/ledger")


def test_the_ledgers_keys_are_kept_likewise(tmp_path: Path) -> None:
    """The ledger's key file is made once too, and read back under its name."""
    path = tmp_path / "ledger.json"
    made = load_or_make_keys(path, "gateway.example/ledger")
    again = load_or_make_keys(path, "gateway.example/ledger")
    assert made.ed25519.private_bytes_raw() == again.ed25519.private_bytes_raw()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("[]")
    with pytest.raises(Malformed, match=r"ledger\.json"):
        load_or_make_keys(path, "gateway.example/ledger")
