"""What the user asked of the findings, beyond the log itself; it travels with it (`EventLog.options`)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from mining.policy_dates import PolicyDate
from mining.protected_steps import ProtectedSteps, usual_protected_steps


def _new_salt() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True)
class FindingOptions:
    """`salt` makes the pseudonyms of officers: the same for one project's salt, else new for each log.

    `show_officers` shows officers under their own names in findings and on the map. `protected` are the
    steps no finding proposes to remove or to merge; `policy_dates` the days on which a policy changed.
    """

    protected: ProtectedSteps = field(default_factory=usual_protected_steps)
    show_officers: bool = False
    policy_dates: tuple[PolicyDate, ...] = ()
    salt: str = field(default_factory=_new_salt)
