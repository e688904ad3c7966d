"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass

from assent.serving.permissions import GRANTS, STAFF, Permission, Role
from assent.vocabulary.identifiers import MemberId


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request, as far as is known.

    Args:
        subject: a member's id, the pseudonym of a person of the staff, a token's id; empty for anybody.
        member: whose own data they may see and change; None for everybody but members.
        scopes: what a token grants.
        form_key: what a form of theirs must carry, so that no other site can send it for them.
    """

    role: Role = Role.ANYBODY
    subject: str = ""
    shown_name: str = ""
    member: MemberId | None = None
    scopes: frozenset[Permission] = frozenset()
    form_key: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether they may do what asks for it."""
        return permission in GRANTS[self.role] or permission in self.scopes

    @property
    def is_staff(self) -> bool:
        """Whether they work for the platform."""
        return self.role in STAFF

    @property
    def own(self) -> MemberId:
        """The member they are; only where a permission to one's own data was asked for."""
        assert self.member is not None
        return self.member


ANYBODY = Caller()
