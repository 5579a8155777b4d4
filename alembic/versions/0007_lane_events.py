"""What happened to lanes: who took them, which waits Telegram ordered, when they were parked.

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

from tgforward.db.clock import UtcDateTime, utc_now

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STORAGE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_general_ci"}


def upgrade() -> None:
    op.create_table(
        "lane_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            autoincrement=True,
            nullable=False,
            comment="number of the event",
        ),
        sa.Column("account_id", sa.Integer, nullable=False, comment="account of the lane"),
        sa.Column("at", UtcDateTime(), server_default=utc_now(), nullable=False, comment="when"),
        sa.Column("kind", sa.String(16), nullable=False, comment="owned, waits, parked, resumed"),
        sa.Column("until", UtcDateTime(), comment="end of a wait"),
        sa.Column("reason", sa.String(500), comment="which process, which wait, or why"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["telegram_account.id"],
            name="fk_lane_event_account_id_telegram_account",
            ondelete="CASCADE",
        ),
        comment="what happened to lanes",
        **STORAGE,
    )
    op.create_index("ix_lane_event_at", "lane_event", ["at"])
    op.create_index("ix_lane_event_account_id_at", "lane_event", ["account_id", "at"])


def downgrade() -> None:
    op.drop_table("lane_event")
