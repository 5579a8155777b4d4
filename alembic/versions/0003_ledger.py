"""The ledger of deliveries, the runs, and the audit log.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

from tgforward.db.clock import UtcDateTime, utc_now

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STORAGE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_general_ci"}
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _create_delivery()
    _create_run()
    _create_audit_log()


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", BIG_ID, nullable=False, comment="number of the delivery"),
        sa.Column("config_id", sa.Integer, nullable=False, comment="config it was sent for"),
        sa.Column(
            "source_chat_id",
            sa.BigInteger,
            nullable=False,
            comment="chat it came from; a source that migrates has two",
        ),
        sa.Column("source_message_id", sa.BigInteger, nullable=False, comment="message it came from"),
        sa.Column("part", sa.SmallInteger, nullable=False, comment="0, or the piece of a message sent as several"),
        sa.Column("random_id", sa.BigInteger, nullable=False, comment="by which Telegram recognises a repeated send"),
        sa.Column("state", sa.String(16), nullable=False, comment="reserved, sent, dead"),
        sa.Column("dest_chat_id", sa.BigInteger, nullable=False, comment="chat it goes to"),
        sa.Column("dest_message_id", sa.BigInteger, comment="message it became"),
        sa.Column("account_id", sa.Integer, comment="account that began the send"),
        sa.Column("attempts", sa.Integer, server_default="1", nullable=False, comment="times reserved"),
        sa.Column("reason", sa.String(500), comment="why it is dead"),
        sa.Column("created_at", UtcDateTime(), server_default=utc_now(), nullable=False, comment="first reserved"),
        sa.Column("settled_at", UtcDateTime(), comment="known to be sent or dead"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "config_id",
            "source_chat_id",
            "source_message_id",
            "part",
            name="uq_delivery_config_id_source_chat_id_source_message_id_part",
        ),
        _config_key("delivery"),
        _account_key("delivery"),
        comment="what was sent for which source message",
        **STORAGE,
    )
    op.create_index("ix_delivery_account_id_state", "delivery", ["account_id", "state"])
    op.create_index("ix_delivery_state_settled_at", "delivery", ["state", "settled_at"])


def _create_run() -> None:
    op.create_table(
        "forward_run",
        sa.Column("id", BIG_ID, nullable=False, comment="number of the run"),
        sa.Column("config_id", sa.Integer, nullable=False, comment="config that ran"),
        sa.Column("account_id", sa.Integer, comment="account that was used"),
        sa.Column("started_at", UtcDateTime(), nullable=False, comment="when it began"),
        sa.Column("duration_ms", sa.Integer, nullable=False, comment="how long it took"),
        sa.Column("history", sa.Integer, server_default="0", nullable=False, comment="history messages sent"),
        sa.Column("live", sa.Integer, server_default="0", nullable=False, comment="live messages sent"),
        sa.Column("skipped", sa.Integer, server_default="0", nullable=False, comment="messages held back"),
        sa.Column("skipped_by_reason", sa.JSON, nullable=False, comment="how many for which reason"),
        sa.Column("error", sa.String(500), comment="what ended it early"),
        sa.PrimaryKeyConstraint("id"),
        _config_key("forward_run"),
        _account_key("forward_run"),
        comment="runs that did something",
        **STORAGE,
    )
    op.create_index("ix_forward_run_config_id_started_at", "forward_run", ["config_id", "started_at"])
    op.create_index("ix_forward_run_account_id", "forward_run", ["account_id"])


def _create_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", BIG_ID, nullable=False, comment="number of the entry"),
        sa.Column("at", UtcDateTime(), server_default=utc_now(), nullable=False, comment="when"),
        sa.Column("actor", sa.String(64), nullable=False, comment="who"),
        sa.Column("action", sa.String(64), nullable=False, comment="what was done, such as config.edit"),
        sa.Column("target", sa.String(64), nullable=False, comment="to what, such as config:3"),
        sa.Column("detail", sa.JSON, nullable=False, comment="what changed; never a secret or message text"),
        sa.PrimaryKeyConstraint("id"),
        comment="who changed what",
        **STORAGE,
    )
    op.create_index("ix_audit_log_target", "audit_log", ["target"])


def _config_key(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_config_id_forward_config"
    return sa.ForeignKeyConstraint(["config_id"], ["forward_config.id"], name=name, ondelete="CASCADE")


def _account_key(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_account_id_telegram_account"
    return sa.ForeignKeyConstraint(["account_id"], ["telegram_account.id"], name=name, ondelete="SET NULL")


def downgrade() -> None:
    op.drop_table("audit_log")
    op.drop_table("forward_run")
    op.drop_table("delivery")
