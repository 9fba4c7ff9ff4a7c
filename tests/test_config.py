"""The part of the configuration that names the platform's own OpenID provider."""

from pathlib import Path

import pytest

from bailment.config import OpenIdConfig, read_config
from bailment.model.errors import Malformed

ISSUER = "https://id.example/realm"
WHOLE = {
    "BAILMENT_OPENID_ISSUER": ISSUER,
    "BAILMENT_OPENID_CLIENT": "bailment",
    "BAILMENT_OPENID_SECRET": "a secret",
}


def test_without_a_provider_people_have_built_in_accounts() -> None:
    """Nothing set is no provider; the claim alone means nothing."""
    assert read_config({}).openid is None
    assert read_config({"BAILMENT_OPENID_CLAIM": "person"}).openid is None


def test_a_provider_is_named_by_three_settings() -> None:
    """And the claim is `sub`, unless said otherwise."""
    assert read_config(WHOLE).openid == OpenIdConfig(ISSUER, "bailment", "a secret")
    other = read_config({**WHOLE, "BAILMENT_OPENID_CLAIM": "person"}).openid
    assert other is not None
    assert other.claim == "person"


@pytest.mark.parametrize("missing", WHOLE)
def test_half_a_provider_is_none(missing: str) -> None:
    """A deployment never falls back to built-in accounts for want of one setting."""
    with pytest.raises(Malformed):
        read_config({name: value for name, value in WHOLE.items() if name != missing})


@pytest.mark.parametrize(
    "issuer",
    [
        "http://id.example",
        "id.example",
        "https://",
        "https://id.example?x=1",
        "https://id.example#x",
        "ftp://id",
    ],
)
def test_an_issuer_is_an_https_url(issuer: str) -> None:
    """A secret is not sent in clear."""
    with pytest.raises(Malformed):
        OpenIdConfig(issuer, "bailment", "a secret")


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"])
def test_a_developers_own_machine_may_be_http(issuer: str) -> None:
    """Nothing leaves it."""
    assert OpenIdConfig(issuer, "bailment", "a secret").issuer == issuer


def test_an_answer_has_half_a_minute_unless_said_otherwise() -> None:
    """Whole seconds; none would cut every answer, and too many are no bound."""
    assert read_config({}).max_send_s == 30
    assert read_config({"BAILMENT_MAX_SEND_S": "5"}).max_send_s == 5
    for wrong in ("0", "601", "-1", "1.5", "soon", "٣", "9" * 5_000):
        with pytest.raises(Malformed):
            read_config({"BAILMENT_MAX_SEND_S": wrong})


def test_pictures_lie_in_the_data_folder_unless_said_otherwise() -> None:
    """In another folder, or in an object store, which alone has an endpoint."""
    assert read_config({"BAILMENT_DATA": "/x"}).media_folder == Path("/x/media")
    assert read_config({"BAILMENT_MEDIA": "/pictures"}).media_folder == Path("/pictures")
    found = read_config({"BAILMENT_MEDIA": "s3://b/p", "BAILMENT_MEDIA_ENDPOINT": "http://127.0.0.1:9"})
    assert (found.media, found.media_endpoint) == ("s3://b/p", "http://127.0.0.1:9")
    with pytest.raises(Malformed):
        read_config({"BAILMENT_MEDIA": "/pictures", "BAILMENT_MEDIA_ENDPOINT": "http://127.0.0.1:9"})
