"""Who may use the web console and the API: people, their browsers, tokens of programs, and requests not done twice.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from tgforward.db.clock import UtcDateTime, utc_now

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STORAGE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_general_ci"}


def upgrade() -> None:
    _create_web_user()
    _create_web_session()
    _create_api_token()
    op.create_table(
        "idempotency_key",
        sa.Column("key_hash", sa.String(64), nullable=False, comment="SHA-256 of sender and key"),
        sa.Column("fingerprint", sa.String(64), nullable=False, comment="SHA-256 of what was asked"),
        sa.Column("claim", sa.String(32), nullable=False, comment="which of several attempts does it"),
        sa.Column("status", sa.SmallInteger, comment="status of the answer; null: under way"),
        sa.Column(
            "response_sealed",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"),
            comment="encrypted answer, base64",
        ),
        _created_at("when it came"),
        sa.Column("expires_at", UtcDateTime(), nullable=False, comment="then the key means nothing any more"),
        sa.PrimaryKeyConstraint("key_hash"),
        comment="requests that are not done twice",
        **STORAGE,
    )
    op.create_index("ix_idempotency_key_expires_at", "idempotency_key", ["expires_at"])


def _create_web_user() -> None:
    op.create_table(
        "web_user",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False, comment="number of the web user"),
        sa.Column("name", sa.String(64), nullable=False, comment="log-in name"),
        sa.Column("password_hash", sa.String(255), nullable=False, comment="argon2id, with its parameters"),
        sa.Column("role", sa.String(16), nullable=False, comment="tenant, viewer, operator, admin"),
        sa.Column("user_id", sa.String(20), comment="whose configs a tenant sees; null: no tenant"),
        sa.Column("is_disabled", sa.Boolean, server_default="0", nullable=False, comment="may not log in"),
        _created_at("made"),
        sa.Column("last_login_at", UtcDateTime(), comment="last log-in by password"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_web_user_user_id_user", ondelete="CASCADE"),
        sa.UniqueConstraint("name", name="uq_web_user_name"),
        comment="who may use the web console and the API",
        sqlite_autoincrement=True,
        **STORAGE,
    )


def _create_web_session() -> None:
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.String(64), nullable=False, comment="SHA-256 of the cookie"),
        sa.Column("web_user_id", sa.Integer, nullable=False, comment="who logged in"),
        _created_at("log-in"),
        sa.Column("expires_at", UtcDateTime(), nullable=False, comment="end of the session"),
        sa.PrimaryKeyConstraint("token_hash"),
        _belongs_to_web_user("web_session"),
        comment="browsers that are logged in",
        **STORAGE,
    )
    op.create_index("ix_web_session_expires_at", "web_session", ["expires_at"])
    op.create_index("ix_web_session_web_user_id", "web_session", ["web_user_id"])


def _create_api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False, comment="number of the token"),
        sa.Column("name", sa.String(64), nullable=False, comment="what people call it"),
        sa.Column("token_hash", sa.String(64), nullable=False, comment="SHA-256 of the token"),
        sa.Column("web_user_id", sa.Integer, nullable=False, comment="owner; no token may more than its owner"),
        sa.Column("scopes", sa.JSON, nullable=False, comment="what it is for, such as configs:read"),
        _created_at("made"),
        sa.Column("expires_at", UtcDateTime(), comment="end; null: none"),
        sa.Column("last_used_at", UtcDateTime(), comment="last use, to the minute"),
        sa.PrimaryKeyConstraint("id"),
        _belongs_to_web_user("api_token"),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
        comment="bearer tokens of programs",
        sqlite_autoincrement=True,
        **STORAGE,
    )
    op.create_index("ix_api_token_web_user_id", "api_token", ["web_user_id"])


def _created_at(comment: str) -> sa.Column[object]:
    return sa.Column("created_at", UtcDateTime(), server_default=utc_now(), nullable=False, comment=comment)


def _belongs_to_web_user(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_web_user_id_web_user"
    return sa.ForeignKeyConstraint(["web_user_id"], ["web_user.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    for table in ("idempotency_key", "api_token", "web_session", "web_user"):
        op.drop_table(table)
