"""Version 2: who was erased and must not come back, and where a ledger went that was moved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """There is a suppression list, and the head can say that the ledger is elsewhere."""
    op.create_table(
        "ledger_suppressed",
        sa.Column("tag", sa.LargeBinary, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
    op.add_column("ledger_head", sa.Column("moved_to", sa.Text))
