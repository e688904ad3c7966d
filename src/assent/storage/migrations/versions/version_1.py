"""Version 1: the log, what it commits to, and how far it goes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def upgrade() -> None:
    """The tables of the first release exist."""
    position = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("vkey", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.Column("checkpoint", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "ledger_leaves",
        sa.Column("seq", position, primary_key=True, autoincrement=False),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "ledger_events",
        sa.Column("seq", position, primary_key=True, autoincrement=False),
        sa.Column("member", sa.Text),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("event", sa.LargeBinary, nullable=False),
    )
    op.create_index("ledger_events_by_member", "ledger_events", ["member"])
