"""Databases as the predecessor made them, written down from its schema and not from our revisions."""

from collections.abc import Sequence

from sqlalchemy import Row, text

from tests.fixtures.database import opened

_STORAGE = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci"

MARIADB = (
    f"""CREATE TABLE user (
        id VARCHAR(20) NOT NULL COMMENT 'Telegram user id',
        reg_at DATETIME NOT NULL DEFAULT now() COMMENT 'registered',
        auth_time DATETIME COMMENT 'authorised until',
        PRIMARY KEY (id)
    ) {_STORAGE} COMMENT='users of the forwarder'""",
    f"""CREATE TABLE forward_config (
        id INT NOT NULL AUTO_INCREMENT,
        user_id VARCHAR(20),
        source INT NOT NULL,
        dest INT NOT NULL,
        forward_history_count INT NOT NULL,
        interval_second INT NOT NULL,
        remove_word VARCHAR(100),
        cut_word VARCHAR(100),
        skip_word VARCHAR(100),
        add_text VARCHAR(100),
        create_at DATETIME NOT NULL DEFAULT now(),
        PRIMARY KEY (id),
        FOREIGN KEY (user_id) REFERENCES user (id)
    ) {_STORAGE}""",
)
SQLITE = (
    """CREATE TABLE user (
        id VARCHAR(20) NOT NULL,
        reg_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
        auth_time DATETIME,
        PRIMARY KEY (id)
    )""",
    """CREATE TABLE forward_config (
        id INTEGER NOT NULL,
        user_id VARCHAR(20),
        source INTEGER NOT NULL,
        dest INTEGER NOT NULL,
        forward_history_count INTEGER NOT NULL,
        interval_second INTEGER NOT NULL,
        remove_word VARCHAR(100),
        cut_word VARCHAR(100),
        skip_word VARCHAR(100),
        add_text VARCHAR(100),
        create_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(user_id) REFERENCES user (id)
    )""",
)

WORDS = "广告，spam\\,x,😀" + "字" * 88  # noqa: RUF001 - the full-width comma is meant
USERS = [("6001", "2024-02-29 23:59:58", "2024-03-07 23:59:58"), ("7" * 20, "2025-01-01 00:00:00", None)]
CONFIGS = [
    (1, "6001", -(2**31), 2**31 - 1, -1, 20, WORDS, WORDS, WORDS, WORDS, "2024-03-01 08:00:00"),
    (7, None, -400123, 6001, 0, 86400, None, "", None, "${time}", "2025-01-01 00:00:00"),
]

_USERS = "SELECT id, reg_at, auth_time FROM user ORDER BY reg_at"
_CONFIGS = (
    "SELECT id, user_id, source, dest, forward_history_count, interval_second, "
    "remove_word, cut_word, skip_word, add_text, create_at FROM forward_config ORDER BY id"
)


async def make_older(url: str) -> None:
    """The predecessor's tables with rows at the limits of their types."""
    assert len(WORDS) == 100
    async with opened(url) as engine, engine.begin() as connection:
        for statement in SQLITE if url.startswith("sqlite") else MARIADB:
            await connection.execute(text(statement))
        for user in USERS:
            await connection.exec_driver_sql(_insert("user", 3, url), user)
        for config in CONFIGS:
            await connection.exec_driver_sql(_insert("forward_config", 11, url), config)


async def read_older(url: str) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """What the older columns hold, times as text."""
    async with opened(url) as engine, engine.connect() as connection:
        users = (await connection.execute(text(_USERS))).all()
        configs = (await connection.execute(text(_CONFIGS))).all()
    return _plain(users), _plain(configs)


def _insert(table: str, columns: int, url: str) -> str:
    mark = "?" if url.startswith("sqlite") else "%s"
    return f"INSERT INTO {table} VALUES ({', '.join([mark] * columns)})"


def _plain(rows: Sequence[Row[tuple[object, ...]]]) -> list[tuple[object, ...]]:
    return [tuple(str(value) if hasattr(value, "year") else value for value in row) for row in rows]
