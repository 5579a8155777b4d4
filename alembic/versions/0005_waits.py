"""Worker processes that are alive, and waits that concern one chat.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

from tgforward.db.clock import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STORAGE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_general_ci"}


def upgrade() -> None:
    op.create_table(
        "worker_process",
        sa.Column("owner", sa.String(64), nullable=False, comment="name of one life of one process"),
        sa.Column("expires_at_ms", sa.BigInteger, nullable=False, comment="ms since 1970 by the database's clock"),
        sa.PrimaryKeyConstraint("owner"),
        comment="worker processes that are alive",
        **STORAGE,
    )
    op.create_table(
        "chat_wait",
        sa.Column("account_id", sa.Integer, nullable=False, comment="account that must wait"),
        sa.Column("chat_id", sa.BigInteger, autoincrement=False, nullable=False, comment="chat that takes nothing yet"),
        sa.Column("until", UtcDateTime(), nullable=False, comment="end of the wait"),
        sa.Column("reason", sa.String(500), nullable=False, comment="which wait Telegram ordered"),
        sa.PrimaryKeyConstraint("account_id", "chat_id"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["telegram_account.id"],
            name="fk_chat_wait_account_id_telegram_account",
            ondelete="CASCADE",
        ),
        comment="chats to which an account may not send yet",
        **STORAGE,
    )


def downgrade() -> None:
    op.drop_table("chat_wait")
    op.drop_table("worker_process")
