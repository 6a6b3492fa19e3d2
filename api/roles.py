"""What a key may be allowed to do: six roles, and who of them may use which kind of route."""

from __future__ import annotations

from typing import Literal

Role = Literal["viewer", "starter", "worker", "operator", "deployer", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "starter", "worker", "operator", "deployer", "admin")

Roles = frozenset[Role]

ANYONE: Roles = frozenset(ROLES)
"""Whoever has a key, also one without any role: such a person only does the user tasks that name them."""
READERS: Roles = frozenset({"viewer", "operator", "admin"})
"""Look at everything, and use the pages."""
DIAGRAM_READERS: Roles = READERS | {"starter", "deployer"}
"""See what is deployed."""
INSTANCE_READERS: Roles = READERS | {"starter"}
"""See an instance whose id one knows, and wait for it."""
JOB_READERS: Roles = READERS | {"worker"}
"""See a job whose id one knows."""
STARTERS: Roles = frozenset({"starter", "admin"})
"""Start instances."""
WORKERS: Roles = frozenset({"worker", "admin"})
"""Lease jobs and answer them."""
OPERATORS: Roles = frozenset({"operator", "admin"})
"""Change what runs: user tasks, incidents, variables, cancelling."""
SENDERS: Roles = frozenset({"starter", "operator", "admin"})
"""Send messages and signals, which may start instances and continue running ones."""
ACTIVATORS: Roles = frozenset({"worker", "operator", "admin"})
"""Choose what is done next in an ad-hoc sub-process."""
DEPLOYERS: Roles = frozenset({"deployer", "admin"})
"""Deploy diagrams."""
ADMINS: Roles = frozenset({"admin"})
"""Everything, the manual clock included."""
