"""Slots that brought no run are counted.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STORAGE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_general_ci"}


def upgrade() -> None:
    op.create_table(
        "config_slot_count",
        sa.Column(
            "config_id", sa.Integer, autoincrement=False, nullable=False, comment="config, or one that was removed"
        ),
        sa.Column("coalesced", sa.BigInteger, server_default="0", nullable=False, comment="fell into the previous run"),
        sa.Column(
            "missed",
            sa.BigInteger,
            server_default="0",
            nullable=False,
            comment="passed while nobody could enqueue them",
        ),
        sa.PrimaryKeyConstraint("config_id"),
        comment="slots that brought no run",
        **STORAGE,
    )


def downgrade() -> None:
    op.drop_table("config_slot_count")
