"""Rules beyond the words, topics, further dests, and what edits, deletions and duplicates are recognised by.

Rows are kept. Going down refuses, before it changes anything, while a config has rules, topics or further dests, which
the older schema cannot hold. A delivery that was withdrawn is one that was sent again: the older version knows no
other word for it, and does not send it anew.

SQLite adds and drops the columns in place: a table that is rewritten would forget which ids were in use.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import context, op
from alembic.util import CommandError

from tgforward.db.clock import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STORAGE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_general_ci"}
INDEXES = {
    "ix_delivery_config_id_content_hash": ["config_id", "content_hash"],
    "ix_delivery_config_id_settled_at_source_message_id": ["config_id", "settled_at", "source_message_id"],
}
PTS = "Telegram's count of the source's changes that were followed; null: none yet"


def _columns() -> dict[str, list[sa.Column[object]]]:
    return {
        "forward_config": [
            sa.Column("rules", sa.JSON, comment="steps, sending, following; null: every default"),
            sa.Column("source_topic_id", sa.BigInteger, comment="the only topic that is read; null: all"),
            sa.Column("dest_topic_id", sa.BigInteger, comment="topic of the dest; null: none"),
            sa.Column("change_pts", sa.Integer, comment=PTS),
        ],
        "delivery": [
            sa.Column(
                "source_edited_at", UtcDateTime(), comment="last edit of the source that the dest shows; null: none"
            ),
            sa.Column("content_hash", sa.BigInteger, comment="of the original text and media; null: not compared"),
            sa.Column("fingerprint", sa.BigInteger, comment="of the text and media that were sent; null: of no use"),
        ],
    }


def upgrade() -> None:
    for table, columns in _columns().items():
        with op.batch_alter_table(table, recreate="never") as batch:
            for column in columns:
                batch.add_column(column)
    for name, names in INDEXES.items():
        op.create_index(name, "delivery", names)
    _describe(part="which dest, version and piece; 0: the message itself", state="reserved, sent, dead, withdrawn")
    _create_dest()


def _create_dest() -> None:
    op.create_table(
        "forward_dest",
        sa.Column("config_id", sa.Integer, nullable=False, comment="config that sends there"),
        sa.Column(
            "number", sa.SmallInteger, autoincrement=False, nullable=False, comment="1 to 31, part of delivery.part"
        ),
        sa.Column("chat_id", sa.BigInteger, nullable=False, comment="dest chat id"),
        sa.Column("topic_id", sa.BigInteger, comment="topic of the dest; null: none"),
        sa.Column("state", sa.String(16), server_default="active", nullable=False, comment="active, parked, removed"),
        sa.Column("state_reason", sa.String(500), comment="why it is not active"),
        sa.Column("history_cursor", sa.BigInteger, comment="highest history message seen"),
        sa.Column("live_cursor", sa.BigInteger, comment="highest live message seen; null: not begun"),
        sa.Column("history_forwarded", sa.Integer, server_default="0", nullable=False, comment="history messages sent"),
        sa.Column("live_forwarded", sa.Integer, server_default="0", nullable=False, comment="live messages sent"),
        sa.Column("change_pts", sa.Integer, comment=PTS),
        sa.PrimaryKeyConstraint("config_id", "number"),
        sa.ForeignKeyConstraint(
            ["config_id"],
            ["forward_config.id"],
            name="fk_forward_dest_config_id_forward_config",
            ondelete="CASCADE",
        ),
        comment="further chats that a config's messages go to",
        **STORAGE,
    )


def _describe(*, part: str, state: str) -> None:
    if op.get_context().dialect.name == "sqlite":
        return  # it stores no comments
    op.alter_column("delivery", "part", existing_type=sa.SmallInteger(), existing_nullable=False, comment=part)
    op.alter_column("delivery", "state", existing_type=sa.String(16), existing_nullable=False, comment=state)


def downgrade() -> None:
    _refuse_if_too_rich()
    op.drop_table("forward_dest")
    op.execute("UPDATE delivery SET state = 'sent' WHERE state = 'withdrawn'")
    _describe(part="0, or the piece of a message sent as several", state="reserved, sent, dead")
    for name in INDEXES:
        op.drop_index(name, "delivery")
    for table, columns in _columns().items():
        with op.batch_alter_table(table, recreate="never") as batch:
            for column in columns:
                batch.drop_column(column.name)


def _refuse_if_too_rich() -> None:
    """What the older schema cannot hold would be lost: a person removes it first."""
    if context.is_offline_mode():
        return
    config = sa.table("forward_config", *(sa.column(name) for name in ("id", "source_topic_id", "dest_topic_id")))
    rules = sa.column("rules", sa.JSON)
    dest = sa.table("forward_dest", sa.column("config_id"), sa.column("state"))
    bind = op.get_bind()
    told = config.c.source_topic_id.is_not(None) | config.c.dest_topic_id.is_not(None)
    ids = set(bind.scalars(sa.select(config.c.id).where(told)))
    ids.update(bind.scalars(sa.select(dest.c.config_id).where(dest.c.state != "removed")))
    ids.update(
        number for number, found in bind.execute(sa.select(config.c.id, rules).where(rules.is_not(None))) if found
    )
    if ids:
        raise CommandError(
            f"Configs {', '.join(map(str, sorted(ids)))} have rules, topics or further dests that the older schema "
            "cannot hold: nothing was changed; remove those, or the configs, first."
        )
