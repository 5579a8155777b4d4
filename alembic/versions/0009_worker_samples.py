"""What workers did in each span of time, for the charts of the web console.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STORAGE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_general_ci"}


def upgrade() -> None:
    op.create_table(
        "worker_sample",
        sa.Column(
            "span",
            sa.Integer,
            autoincrement=False,
            nullable=False,
            comment="number of the span: Unix time / 20 s",
        ),
        sa.Column("owner", sa.String(64), nullable=False, comment="process"),
        sa.Column("runs", sa.Integer, nullable=False, comment="runs that began"),
        sa.Column("sent", sa.Integer, nullable=False, comment="messages sent, each dest counted"),
        sa.Column("skipped", sa.Integer, nullable=False, comment="messages held back by the rules"),
        sa.Column("failed", sa.Integer, nullable=False, comment="messages that Telegram refused for good"),
        sa.Column("late_p50_ms", sa.Integer, comment="median lateness of the runs; null: none began"),
        sa.Column("late_p99_ms", sa.Integer, comment="99 of 100 runs began this late or earlier"),
        sa.PrimaryKeyConstraint("span", "owner"),
        comment="what workers did in each span of 20 seconds",
        **STORAGE,
    )


def downgrade() -> None:
    op.drop_table("worker_sample")
