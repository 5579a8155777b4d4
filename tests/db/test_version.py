"""Versions of databases."""

import pytest

from tgforward.db.engine import Engine
from tgforward.db.revision import check_revision
from tgforward.db.version import compare
from tgforward.errors import DatabaseTooOld


async def test_the_databases_of_the_tests_are_new_enough(engine: Engine) -> None:
    """They are told apart by what they say of themselves."""
    await check_revision(engine)


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("MySQL", (5, 7, 44), (8, 0, 4)),
        ("MariaDB", (10, 5, 27, "MariaDB"), (10, 11, 6, "MariaDB")),
        ("SQLite", (3, 32, 3), (3, 33, 0)),
    ],
)
def test_an_old_one_is_refused(kind: str, old: tuple[int | str, ...], new: tuple[int | str, ...]) -> None:
    """With a sentence that names what is there and what is needed."""
    compare(kind, new, "here")
    with pytest.raises(DatabaseTooOld, match=rf"at here is {kind} [\d.]+: [\d.]+ or newer is needed"):
        compare(kind, old, "here")
