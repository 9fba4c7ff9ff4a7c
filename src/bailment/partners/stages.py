"""What a wind-down has closed already, asked inside the transaction that would give something out.

The authorization server asks first, in the protocol's own form. Between its question and the write a
wind-down may have come into effect, so whatever writes a grant or a token asks once more.
"""

from bailment.kernel.rules import REMEDIES, grants_rule, tokens_rule
from bailment.model.standing import PartnerRow
from bailment.model.winddown import StageClosed
from bailment.partners.ports import ProgrammeTransaction


async def check_grants(transaction: ProgrammeTransaction, integration_id: str, now: int) -> None:
    """Let a new grant through only where no wind-down has closed that.

    Raises:
        StageClosed: it has.
    """
    row = await _partner_of(transaction, integration_id)
    if row is not None:
        _check(grants_rule(row.agreement_state, row.no_grants_at, now=now))


async def check_tokens(transaction: ProgrammeTransaction, integration_id: str, now: int) -> None:
    """Let new tokens through only where no wind-down has closed that.

    Raises:
        StageClosed: it has.
    """
    row = await _partner_of(transaction, integration_id)
    if row is not None:
        _check(tokens_rule(row.agreement_state, row.no_tokens_at, now=now))


async def _partner_of(transaction: ProgrammeTransaction, integration_id: str) -> PartnerRow | None:
    partner_id = await transaction.partner_of(integration_id)
    return None if partner_id is None else await transaction.partner(partner_id)


def _check(code: str) -> None:
    if code:
        raise StageClosed(code, REMEDIES[code])
