"""What people must be told, and whether they were.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

from tgforward.db.clock import UtcDateTime, utc_now

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STORAGE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_general_ci"}


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            autoincrement=True,
            nullable=False,
            comment="number of the event",
        ),
        sa.Column("at", UtcDateTime(), server_default=utc_now(), nullable=False, comment="when it happened"),
        sa.Column("kind", sa.String(16), nullable=False, comment="account_parked, config_parked, dest_parked"),
        sa.Column("account_id", sa.Integer, nullable=False, comment="account that was, or that met, the trouble"),
        sa.Column("config_id", sa.Integer, comment="config; null: all of the account's"),
        sa.Column("dest_number", sa.SmallInteger, comment="further dest; null: the whole config"),
        sa.Column("reason", sa.String(500), nullable=False, comment="why"),
        sa.Column(
            "webhook_attempts",
            sa.Integer,
            server_default="0",
            nullable=False,
            comment="how often the webhook was called",
        ),
        sa.Column(
            "webhook_next_at",
            UtcDateTime(),
            server_default=utc_now(),
            nullable=False,
            comment="when the webhook is called next",
        ),
        sa.Column("webhook_at", UtcDateTime(), comment="when the webhook took it"),
        sa.Column("chat_at", UtcDateTime(), comment="when it was sent to the operations chat"),
        sa.PrimaryKeyConstraint("id"),
        comment="what people must be told",
        **STORAGE,
    )
    op.create_index("ix_alert_at", "alert", ["at"])


def downgrade() -> None:
    op.drop_table("alert")
