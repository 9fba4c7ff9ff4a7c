"""The stages of a wind-down as pure rules: open up to the instant, closed from it on, and after the end."""

from collections.abc import Callable

import pytest

from bailment.kernel.rules import REMEDIES, grants_rule, tokens_rule
from bailment.model.states import AgreementState

Rule = Callable[..., str]


@pytest.mark.parametrize(
    ("rule", "code"),
    [(grants_rule, "agreement.no-new-grants"), (tokens_rule, "agreement.no-new-tokens")],
    ids=["grants", "tokens"],
)
def test_a_stage_binds_from_its_instant_on(rule: Rule, code: str) -> None:
    """Without a wind-down nothing is closed; with one from its instant on, and so after the end."""
    assert rule(None, None, now=0) == ""
    assert rule("in force", None, now=5) == ""
    assert rule("winding down", 5, now=4) == ""
    assert rule("winding down", 5, now=5) == code
    assert rule(AgreementState.ENDED.value, None, now=0) == code
    assert REMEDIES[code].endswith("sign a new version")
