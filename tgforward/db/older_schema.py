"""How a database of the predecessor is recognised: it has exactly the older tables' columns."""

from sqlalchemy import Connection, inspect

from tgforward.db.models import TGForwardConfig

OLDER_REVISION = "0001"
"""The revision that makes the same schema."""

OLDER_COLUMNS = {
    "user": {"id", "reg_at", "auth_time"},
    "forward_config": {
        "id",
        "user_id",
        "source",
        "dest",
        "forward_history_count",
        "interval_second",
        "remove_word",
        "cut_word",
        "skip_word",
        "add_text",
        "create_at",
    },
}


def is_older(connection: Connection) -> bool:
    """Whether these are the predecessor's tables, and none of those that came later."""
    tables = own_tables(connection)
    if tables != set(OLDER_COLUMNS):
        return False
    inspector = inspect(connection)
    return all({column["name"] for column in inspector.get_columns(table)} == OLDER_COLUMNS[table] for table in tables)


def own_tables(connection: Connection) -> set[str]:
    """The tables in the database that bear the name of one of ours."""
    return set(TGForwardConfig.metadata.tables) & set(inspect(connection).get_table_names())
