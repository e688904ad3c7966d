"""The tables of a ledger. Writer and auditor share this description and nothing else.

`ledger_leaves` is the log: commitments, never changed, never deleted. `ledger_events` holds what they commit
to and can be deleted from, event and salt together. `ledger_head` has one row: how far the log goes.
`ledger_suppressed` holds a keyed hash of every erased member's id, so that an import does not bring them back,
and where the log says so; the hash of the empty id stands for the key itself, at the newest erasure of all.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

SCHEMA_NAME: Final = "ledger"
SCHEMA_VERSION: Final = 2
DATABASE_NAME: Final = "ledger.db"
LOG_FOLDER: Final = "log"
CHECKPOINT_NAME: Final = "checkpoint"
VKEY_NAME: Final = "vkey"
VKEYS_NAME: Final = "vkeys"

TABLES: Final = sa.MetaData()

HEAD: Final = sa.Table(
    "ledger_head",
    TABLES,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("vkey", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("frontier", sa.LargeBinary, nullable=False),
    sa.Column("checkpoint", sa.LargeBinary, nullable=False),
    # Where the ledger went, as `place` writes it; then this database takes no more events. Null: it is here.
    sa.Column("moved_to", sa.Text),
)

LEAVES: Final = sa.Table(
    "ledger_leaves",
    TABLES,
    # INTEGER, not BIGINT, makes it SQLite's own row number; elsewhere it must hold 64 bits.
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("commitment", sa.LargeBinary, nullable=False),
)

EVENTS: Final = sa.Table(
    "ledger_events",
    TABLES,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("member", sa.Text),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("event", sa.LargeBinary, nullable=False),
)

MEMBER_INDEX: Final = sa.Index("ledger_events_by_member", EVENTS.c.member)

SUPPRESSED: Final = sa.Table(
    "ledger_suppressed",
    TABLES,
    sa.Column("tag", sa.LargeBinary, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)
