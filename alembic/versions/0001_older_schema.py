"""The schema of the predecessor, column by column.

A database that the predecessor made is stamped with this revision and upgraded from here.

Revision: 0001, after nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STORAGE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_general_ci"}


def upgrade() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.String(20), nullable=False, comment="Telegram user id"),
        sa.Column("reg_at", sa.DateTime, server_default=sa.func.now(), nullable=False, comment="registered"),
        sa.Column("auth_time", sa.DateTime, comment="authorised until"),
        sa.PrimaryKeyConstraint("id"),
        comment="users of the forwarder",
        **STORAGE,
    )
    op.create_table(
        "forward_config",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("user_id", sa.String(20)),
        sa.Column("source", sa.Integer, nullable=False, comment="source chat id"),
        sa.Column("dest", sa.Integer, nullable=False, comment="dest chat id"),
        sa.Column("forward_history_count", sa.Integer, nullable=False, comment="history messages to forward"),
        sa.Column("interval_second", sa.Integer, nullable=False, comment="seconds between runs"),
        sa.Column("remove_word", sa.String(100), comment="words to delete, comma-separated"),
        sa.Column("cut_word", sa.String(100), comment="truncate at these, comma-separated"),
        sa.Column("skip_word", sa.String(100), comment="skip messages with these, comma-separated"),
        sa.Column("add_text", sa.String(100), comment="text to append"),
        sa.Column("create_at", sa.DateTime, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_forward_config_user_id_user"),
        **STORAGE,
    )


def downgrade() -> None:
    op.drop_table("forward_config")
    op.drop_table("user")
