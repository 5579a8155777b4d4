"""Accounts, the chats that they know, and who owns their lanes.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

from tgforward.db.clock import UtcDateTime, utc_now

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STORAGE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_general_ci"}


def upgrade() -> None:
    _create_account()
    _create_peer()
    _create_lease()


def _create_account() -> None:
    op.create_table(
        "telegram_account",
        sa.Column("id", sa.Integer, nullable=False, comment="number of the account and of its lane"),
        sa.Column("name", sa.String(64), nullable=False, comment="what people call it"),
        sa.Column("kind", sa.String(16), nullable=False, comment="user or bot"),
        sa.Column("user_id", sa.BigInteger, comment="Telegram's id of who is logged in"),
        sa.Column("session_sealed", sa.Text, comment="encrypted session, base64"),
        sa.Column("state", sa.String(16), server_default="active", nullable=False, comment="active or parked"),
        sa.Column("state_reason", sa.String(500), comment="why it is parked"),
        sa.Column("wait_until", UtcDateTime(), comment="end of a flood wait"),
        sa.Column("wait_reason", sa.String(500), comment="which wait Telegram ordered"),
        sa.Column("created_at", UtcDateTime(), server_default=utc_now(), nullable=False, comment="first log-in"),
        sa.Column("updated_at", UtcDateTime(), server_default=utc_now(), nullable=False, comment="last change"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", name="uq_telegram_account_name"),
        comment="log-ins at Telegram",
        sqlite_autoincrement=True,
        **STORAGE,
    )


def _create_peer() -> None:
    op.create_table(
        "telegram_peer",
        sa.Column("account_id", sa.Integer, nullable=False, comment="account that sees the chat"),
        sa.Column("chat_id", sa.BigInteger, autoincrement=False, nullable=False, comment="marked chat id"),
        sa.Column("access_hash", sa.BigInteger, comment="Telegram's key to it; null: basic group"),
        sa.Column("kind", sa.String(16), nullable=False, comment="user, chat, channel, supergroup"),
        sa.Column("username", sa.String(64), comment="public name without @"),
        sa.Column("title", sa.String(256), nullable=False, comment="title or a user's name"),
        sa.Column("protected", sa.Boolean, server_default="0", nullable=False, comment="forbids forwarding"),
        sa.Column("updated_at", UtcDateTime(), server_default=utc_now(), nullable=False, comment="last resolved"),
        sa.PrimaryKeyConstraint("account_id", "chat_id"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["telegram_account.id"],
            name="fk_telegram_peer_account_id_telegram_account",
            ondelete="CASCADE",
        ),
        comment="chats as each account knows them",
        **STORAGE,
    )
    op.create_index("ix_telegram_peer_account_id_username", "telegram_peer", ["account_id", "username"])


def _create_lease() -> None:
    op.create_table(
        "lane_lease",
        sa.Column("account_id", sa.Integer, autoincrement=False, nullable=False, comment="account that is leased"),
        sa.Column("owner", sa.String(64), nullable=False, comment="process that holds it; empty: nobody"),
        sa.Column("token", sa.BigInteger, nullable=False, comment="rises with each change of owner"),
        sa.Column("expires_at_ms", sa.BigInteger, nullable=False, comment="ms since 1970 by the database's clock"),
        sa.PrimaryKeyConstraint("account_id"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["telegram_account.id"],
            name="fk_lane_lease_account_id_telegram_account",
            ondelete="CASCADE",
        ),
        comment="which process owns which account",
        **STORAGE,
    )
    op.create_index("ix_lane_lease_owner", "lane_lease", ["owner"])


def downgrade() -> None:
    op.drop_table("lane_lease")
    op.drop_table("telegram_peer")
    op.drop_table("telegram_account")
