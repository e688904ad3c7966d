"""The tables of the desk.

Instants are text in UTC as the ledger writes them (`vocabulary.instants`), so that they sort. Secrets are stored as
SHA-256 digests: whoever reads the database cannot sign in with what is in it.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

DESK: Final = "desk"
DESK_VERSION: Final = 2

TABLES: Final = sa.MetaData()


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer, "sqlite")


SESSIONS: Final = sa.Table(
    "desk_sessions",
    TABLES,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    # The pseudonym under which the ledger names a person of the staff; a member's id for a member.
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("member", sa.Text),
    sa.Column("shown_name", sa.Text, nullable=False),
    sa.Column("form_key", sa.Text, nullable=False),
    sa.Column("began_at", sa.Text, nullable=False),
    sa.Column("ends_at", sa.Text, nullable=False),
)
sa.Index("desk_sessions_by_member", SESSIONS.c.member)

LINKS: Final = sa.Table(
    "desk_links",
    TABLES,
    # A link that works once: a confirmation by e-mail, a sign-in that is under way, a sign-in of the demonstration.
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("errand", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("ends_at", sa.Text, nullable=False),
)

TOKENS: Final = sa.Table(
    "desk_tokens",
    TABLES,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("ends_at", sa.Text),
    sa.Column("revoked_at", sa.Text),
)

STAFF: Final = sa.Table(
    "desk_staff",
    TABLES,
    # Who is behind a pseudonym in the ledger's trail.
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("shown_name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("seen_at", sa.Text, nullable=False),
)

ANSWERS: Final = sa.Table(
    "desk_answers",
    TABLES,
    # What a request with an idempotency key was answered; `status` is null while it is under way.
    sa.Column("caller", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("body", sa.LargeBinary),
    sa.Column("since", sa.Text, nullable=False),
)
sa.Index("desk_answers_by_age", ANSWERS.c.since)

CONTACTS: Final = sa.Table(
    "desk_contacts",
    TABLES,
    sa.Column("member", sa.Text, primary_key=True),
    sa.Column("address", sa.Text),
    sa.Column("language", sa.Text, nullable=False),
    # Whether they get reminders; what the law wants them told they get regardless.
    sa.Column("reminders", sa.Boolean, nullable=False, default=True),
)

OBJECTIONS: Final = sa.Table(
    "desk_objections",
    TABLES,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # objection | claim
    sa.Column("purpose", sa.Text, nullable=False),
    # The member, or the pseudonym under which the ledger knows somebody who is none.
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("is_member", sa.Boolean, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("received_at", sa.Text, nullable=False),
    sa.Column("due_at", sa.Text, nullable=False),
    sa.Column("extended", sa.Text),  # why the time was extended
    sa.Column("decided_at", sa.Text),
    sa.Column("grounds", sa.Text),
    sa.Column("records", sa.Text),  # ids a reviewer found to be about somebody who is no member, a JSON array
    sa.Column("about", sa.Text),  # what it is about as they say it; of a claim a JSON object
    sa.Column("take_back", sa.Boolean, nullable=False, default=False),  # undo past use if the claim is confirmed
    sa.Column("pending", sa.Text),  # a step that is on its way into the ledger, a JSON object
)
sa.Index("desk_objections_by_person", OBJECTIONS.c.person)
# Nobody has two objections to one use that are both open, whatever two browsers send at once.
_ONE_OPEN: Final = sa.and_(
    OBJECTIONS.c.kind == "objection", OBJECTIONS.c.state.in_(["received", "weighed", "appealed"])
)
sa.Index(
    "desk_objections_one_open",
    OBJECTIONS.c.person,
    OBJECTIONS.c.purpose,
    unique=True,
    sqlite_where=_ONE_OPEN,
    postgresql_where=_ONE_OPEN,
)
sa.Index("desk_objections_by_turn", OBJECTIONS.c.kind, OBJECTIONS.c.state, OBJECTIONS.c.due_at)

STEPS: Final = sa.Table(
    "desk_objection_steps",
    TABLES,
    sa.Column("number", _number(), primary_key=True, autoincrement=True),
    sa.Column("objection", sa.Text, nullable=False, index=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("words", sa.Text),
)

OUTBOX: Final = sa.Table(
    "desk_outbox",
    TABLES,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("member", sa.Text),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),  # what the template says, a JSON object
    sa.Column("notice", sa.Text),  # the notice whose delivery it is
    sa.Column("is_reminder", sa.Boolean, nullable=False, default=False),
    sa.Column("state", sa.Text, nullable=False),  # waiting | sent | bounced | given_up | delivered
    sa.Column("tries", sa.Integer, nullable=False, default=0),
    sa.Column("next_at", sa.Text, nullable=False),
    sa.Column("sent_at", sa.Text),
    sa.Column("detail", sa.Text),
)
sa.Index("desk_outbox_by_turn", OUTBOX.c.state, OUTBOX.c.next_at)

NOTICES: Final = sa.Table(
    "desk_notices",
    TABLES,
    # A version of a notice as it was published, in every language it was written in; `words` is a JSON object.
    sa.Column("notice", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("published_at", sa.Text, nullable=False),
)

PROPOSALS: Final = sa.Table(
    "desk_proposals",
    TABLES,
    # A pack that somebody proposes and somebody else approves.
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("pack", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("proposed_at", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # proposed | approved | rejected | withdrawn
    sa.Column("settled_by", sa.Text),
    sa.Column("settled_at", sa.Text),
)

REMARKS: Final = sa.Table(
    "desk_remarks",
    TABLES,
    # Why somebody of the staff did what the ledger says at that position, in their words, and how long it took.
    sa.Column("seq", _number(), primary_key=True, autoincrement=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("took_ms", sa.Float),
)

JOBS: Final = sa.Table(
    "desk_jobs",
    TABLES,
    # Work that goes on after the request that asked for it; whichever process does it, every process can show it.
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_at", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # running | done | failed | lost
    sa.Column("beat_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text),
    sa.Column("step", sa.Text),
    sa.Column("result", sa.Text),  # a JSON value, or why it failed
)
_UNDER_WAY: Final = JOBS.c.state == "running"
sa.Index(
    "desk_jobs_one_running",
    JOBS.c.kind,
    JOBS.c.about,
    unique=True,
    sqlite_where=_UNDER_WAY,
    postgresql_where=_UNDER_WAY,
)

HOOKS: Final = sa.Table(
    "desk_hooks",
    TABLES,
    # Who is told of changed settings, by signed requests. The secret is needed to sign, so it lies here as it is.
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("told_to", _number(), nullable=False),  # the ledger's size up to which everything was delivered
    sa.Column("tries", sa.Integer, nullable=False, default=0),
    sa.Column("next_at", sa.Text, nullable=False),
    sa.Column("detail", sa.Text),
    sa.Column("stopped_at", sa.Text),
    sa.Column("about", sa.Text),  # the model elsewhere that it hears of; null hears of changed settings
)

SHOWN: Final = sa.Table(
    "desk_shown",
    TABLES,
    # Counters of requests in a span of time, for limits that hold across processes.
    sa.Column("who", sa.Text, primary_key=True),
    sa.Column("span", sa.Text, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)
