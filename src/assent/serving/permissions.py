"""Who may do what: the whole table. A route names one permission; a role or a token's scopes grant some."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """What a route asks of whoever calls it; also the names of a token's scopes, from `DECIDE` on."""

    ANYBODY = "anybody"
    """Asks nothing; for pages and files that are public."""
    OWN_READ = "own.read"
    OWN_WRITE = "own.write"
    FIND = "find"
    """Searching what people show to everybody; for whoever has signed in."""
    DECIDE = "decide"
    SETTINGS_READ = "settings.read"
    SETTINGS_WRITE = "settings.write"
    OBJECTIONS_WRITE = "objections.write"
    RECEIPTS_READ = "receipts.read"
    FEATURES_USE = "features.use"
    EVENTS_WRITE = "events.write"
    FIGURES_READ = "figures.read"
    OBJECTIONS_READ = "objections.read"
    OBJECTIONS_DECIDE = "objections.decide"
    NOTICES_READ = "notices.read"
    NOTICES_PUBLISH = "notices.publish"
    HOLDS_READ = "holds.read"
    HOLDS_PLACE = "holds.place"
    PACKS_READ = "packs.read"
    PACKS_PROPOSE = "packs.propose"
    PACKS_APPROVE = "packs.approve"
    SNAPSHOTS_READ = "snapshots.read"
    SNAPSHOTS_VERIFY = "snapshots.verify"
    RECIPIENTS_READ = "recipients.read"
    TRAIL_READ = "trail.read"
    TOKENS_MANAGE = "tokens.manage"
    HOOKS_MANAGE = "hooks.manage"
    METRICS_READ = "metrics.read"


class Role(StrEnum):
    """Who somebody is once they have signed in; a service is whoever shows a token."""

    ANYBODY = "anybody"
    MEMBER = "member"
    PRIVACY_OFFICER = "privacy_officer"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    SERVICE = "service"


STAFF: Final = frozenset({Role.PRIVACY_OFFICER, Role.AUDITOR, Role.OPERATOR})

_OVERSIGHT = {
    Permission.FIGURES_READ,
    Permission.OBJECTIONS_READ,
    Permission.NOTICES_READ,
    Permission.HOLDS_READ,
    Permission.PACKS_READ,
    Permission.SNAPSHOTS_READ,
    Permission.SNAPSHOTS_VERIFY,
    Permission.RECIPIENTS_READ,
    Permission.TRAIL_READ,
}

GRANTS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.ANYBODY: frozenset({Permission.ANYBODY}),
    Role.MEMBER: frozenset({Permission.ANYBODY, Permission.OWN_READ, Permission.OWN_WRITE, Permission.FIND}),
    Role.PRIVACY_OFFICER: frozenset(
        {
            Permission.ANYBODY,
            *_OVERSIGHT,
            Permission.OBJECTIONS_DECIDE,
            Permission.NOTICES_PUBLISH,
            Permission.HOLDS_PLACE,
            Permission.PACKS_PROPOSE,
            Permission.PACKS_APPROVE,
        }
    ),
    Role.AUDITOR: frozenset({Permission.ANYBODY, *_OVERSIGHT}),
    Role.OPERATOR: frozenset(
        {
            Permission.ANYBODY,
            Permission.FIGURES_READ,
            Permission.NOTICES_READ,
            Permission.HOLDS_READ,
            Permission.HOLDS_PLACE,
            Permission.PACKS_READ,
            Permission.PACKS_PROPOSE,
            Permission.SNAPSHOTS_READ,
            Permission.SNAPSHOTS_VERIFY,
            Permission.RECIPIENTS_READ,
            Permission.TOKENS_MANAGE,
            Permission.HOOKS_MANAGE,
            Permission.METRICS_READ,
        }
    ),
    # A service may do what its token's scopes say and nothing by its role.
    Role.SERVICE: frozenset({Permission.ANYBODY}),
}

SCOPES: Final = tuple(
    each for each in Permission if each not in {Permission.ANYBODY, Permission.OWN_READ, Permission.OWN_WRITE,
                                                Permission.FIND, Permission.PACKS_APPROVE, Permission.TOKENS_MANAGE}
)  # fmt: skip
"""What a token can be given: nothing of one member's own, nothing that takes a second person, no further tokens."""
