"""Configs: 64-bit chat ids, long word lists, UTC, an account, a state and cursors.

Rows are kept. The predecessor wrote local times: they are read in the time zone of the MySQL server; SQLite's own
timestamps are UTC already, only `auth_time` (written by the program) is read in the time zone of this machine.
A config of the predecessor has no account yet, and its history window is fixed at its first run.

Going down needs values that the older columns can hold: it refuses, before it changes anything, while a chat id needs
64 bits or a text has more than 100 characters.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import context, op
from alembic.operations import BatchOperations
from alembic.util import CommandError

from tgforward.db.clock import UtcDateTime, utc_now

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NOW = sa.func.now()
INT32 = 2**31
OLDER_WORDS = 100

CHATS = {"source": "source chat id", "dest": "dest chat id"}
WORDS = {
    "remove_word": "words to delete, comma-separated",
    "cut_word": "truncate at these, comma-separated",
    "skip_word": "skip messages with these, comma-separated",
    "add_text": "text to append, a template",
}


def upgrade() -> None:
    with op.batch_alter_table("forward_config", table_kwargs={"sqlite_autoincrement": True}) as batch:
        _widen(batch)
        _describe(batch)
        _add_columns(batch)
        batch.create_foreign_key(
            "fk_forward_config_account_id_telegram_account", "telegram_account", ["account_id"], ["id"]
        )
        batch.create_index("ix_forward_config_updated_at", ["updated_at"])
    _shift_times(to_utc=True)


def _widen(batch: BatchOperations) -> None:
    for name, comment in CHATS.items():
        batch.alter_column(
            name, type_=sa.BigInteger(), existing_type=sa.Integer(), existing_nullable=False, comment=comment
        )
    for name, comment in WORDS.items():
        batch.alter_column(name, type_=sa.String(2000), existing_type=sa.String(OLDER_WORDS), comment=comment)


def _describe(batch: BatchOperations) -> None:
    """Comments on what the older schema left without."""
    batch.create_table_comment("what is forwarded from where to where")
    batch.alter_column(
        "id", existing_type=sa.Integer(), existing_nullable=False, autoincrement=True, comment="number of the config"
    )
    batch.alter_column("user_id", existing_type=sa.String(20), comment="owner; null: no time limit")
    batch.alter_column(
        "forward_history_count",
        existing_type=sa.Integer(),
        existing_nullable=False,
        comment="history messages to forward; 0 none, -1 all",
    )
    batch.alter_column(
        "interval_second", existing_type=sa.Integer(), existing_nullable=False, comment="seconds between runs"
    )
    batch.alter_column(
        "create_at",
        existing_type=sa.DateTime(),
        existing_nullable=False,
        existing_server_default=NOW,
        comment="created",
    )


def _new_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("name", sa.String(64), comment="what people call it"),
        sa.Column("account_id", sa.Integer, comment="account that reads and writes; null: cannot run"),
        sa.Column("state", sa.String(16), server_default="active", nullable=False, comment="active, paused, parked"),
        sa.Column("state_reason", sa.String(500), comment="why it is not active"),
        sa.Column("version", sa.Integer, server_default="1", nullable=False, comment="rises with every edit"),
        sa.Column(
            "epoch", sa.Integer, server_default="0", nullable=False, comment="part of random_id; rises to send anew"
        ),
        sa.Column(
            "time_zone",
            sa.String(64),
            server_default="Asia/Shanghai",
            nullable=False,
            comment="of dates in add_text",
        ),
        sa.Column("live_cursor", sa.BigInteger, comment="highest live message seen; null: window not fixed"),
        sa.Column("history_floor", sa.BigInteger, comment="message below the history window"),
        sa.Column("history_top", sa.BigInteger, comment="last message of the history window"),
        sa.Column("history_cursor", sa.BigInteger, comment="highest history message seen"),
        sa.Column("history_total", sa.Integer, comment="messages in the history window"),
        sa.Column("history_forwarded", sa.Integer, server_default="0", nullable=False, comment="history messages sent"),
        sa.Column("live_forwarded", sa.Integer, server_default="0", nullable=False, comment="live messages sent"),
        sa.Column("skipped", sa.Integer, server_default="0", nullable=False, comment="messages the rules held back"),
        sa.Column("last_run_at", UtcDateTime(), comment="last run that did something"),
        sa.Column(
            "updated_at",
            UtcDateTime(),
            server_default=utc_now(),
            nullable=False,
            comment="last edit; the schedulers' watermark",
        ),
    ]


def _add_columns(batch: BatchOperations) -> None:
    for column in _new_columns():
        batch.add_column(column)


def _shift_times(*, to_utc: bool) -> None:
    if op.get_context().dialect.name == "sqlite":
        modifier = "utc" if to_utc else "localtime"
        op.execute(  # the fraction of the second is kept: datetime() drops it
            f"UPDATE user SET auth_time = datetime(auth_time, '{modifier}') || substr(auth_time, 20)"  # noqa: S608 - a constant
        )
        return
    zones = "@@global.time_zone, '+00:00'" if to_utc else "'+00:00', @@global.time_zone"
    for table, column in (("user", "reg_at"), ("user", "auth_time"), ("forward_config", "create_at")):
        op.execute(f"UPDATE {table} SET {column} = CONVERT_TZ({column}, {zones})")  # noqa: S608 - names from above


def downgrade() -> None:
    _refuse_if_too_wide()
    _shift_times(to_utc=False)
    with op.batch_alter_table("forward_config") as batch:
        batch.drop_constraint("fk_forward_config_account_id_telegram_account", type_="foreignkey")
        batch.drop_index("ix_forward_config_updated_at")
        for column in _new_columns():
            batch.drop_column(column.name)
        _narrow(batch)
        _undescribe(batch)


def _refuse_if_too_wide() -> None:
    """What the older columns cannot hold would be lost: a person removes or shortens it first."""
    if context.is_offline_mode():
        return
    config = sa.table("forward_config", *(sa.column(name) for name in ("id", *CHATS, *WORDS)))
    wide = [~config.c[name].between(-INT32, INT32 - 1) for name in CHATS]
    long = [sa.func.char_length(config.c[name]) > OLDER_WORDS for name in WORDS]
    if ids := op.get_bind().scalars(sa.select(config.c.id).where(sa.or_(*wide, *long)).order_by("id")).all():
        raise CommandError(
            f"Configs {', '.join(map(str, ids))} have chat ids or texts that the older schema cannot hold: "
            "nothing was changed; edit or remove them first."
        )


def _narrow(batch: BatchOperations) -> None:
    for name in CHATS:
        batch.alter_column(
            name,
            type_=sa.Integer(),
            existing_type=sa.BigInteger(),
            existing_nullable=False,
            existing_comment=CHATS[name],
        )
    for name, comment in WORDS.items():
        batch.alter_column(
            name,
            type_=sa.String(OLDER_WORDS),
            existing_type=sa.String(2000),
            comment=comment.removesuffix(", a template"),
        )


def _undescribe(batch: BatchOperations) -> None:
    batch.drop_table_comment()
    batch.alter_column("id", existing_type=sa.Integer(), existing_nullable=False, autoincrement=True, comment=None)
    batch.alter_column("user_id", existing_type=sa.String(20), comment=None)
    batch.alter_column(
        "forward_history_count",
        existing_type=sa.Integer(),
        existing_nullable=False,
        comment="history messages to forward",
    )
    batch.alter_column(
        "create_at", existing_type=sa.DateTime(), existing_nullable=False, existing_server_default=NOW, comment=None
    )
