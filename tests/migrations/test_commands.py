"""The Alembic commands that people know, from the root of the checkout."""

import shutil
import sys
from pathlib import Path

from tests.fixtures.database import opened
from tests.migrations.commands import ROOT, alembic
from tgforward.db.revision import current_revision, head_revision


async def test_the_commands_work_from_the_root(empty_db_url: str) -> None:
    """Upgrade, check, current and downgrade do what they say."""
    head = head_revision()
    alembic(empty_db_url, "upgrade", "head")
    assert "No new upgrade operations" in alembic(empty_db_url, "check")
    assert f"{head} (head)" in alembic(empty_db_url, "current")
    alembic(empty_db_url, "downgrade", "-1")
    async with opened(empty_db_url) as engine:
        assert await current_revision(engine) == f"{int(head) - 1:04}"


def test_history_and_heads_need_no_database() -> None:
    """The revisions are listed without a connection."""
    unused = "mysql+asyncmy://root:hunter2@127.0.0.1:1/tgforward"
    assert f"{head_revision()} (head)" in alembic(unused, "heads")
    assert "<base> -> 0001" in alembic(unused, "history")


def test_the_folder_does_not_hide_the_library() -> None:
    """From the root, `import alembic` finds the installed package, also for the console script."""
    assert "site-packages" in alembic("", program=("-c", "import alembic; print(alembic.__file__)"))
    script = str(Path(sys.executable).with_name("alembic"))
    assert "<base> -> 0001" in alembic("", "history", program=(script,))


def test_a_new_revision_is_numbered_and_empty(empty_db_url: str, tmp_path: Path) -> None:
    """`revision --autogenerate` finds nothing to do after `upgrade head` and counts on."""
    shutil.copy(ROOT / "alembic.ini", tmp_path)
    shutil.copytree(ROOT / "alembic", tmp_path / "alembic", ignore=shutil.ignore_patterns("__pycache__"))
    alembic(empty_db_url, "upgrade", "head", cwd=tmp_path)
    alembic(empty_db_url, "revision", "--autogenerate", "-m", "Nothing new", cwd=tmp_path)
    number = f"{int(head_revision()) + 1:04}"
    made = (tmp_path / "alembic" / "versions" / f"{number}_nothing_new.py").read_text()
    assert made.count("    pass\n") == 2
    assert f'down_revision = "{head_revision()}"' in made.replace("'", '"')


def test_sql_can_be_printed_without_a_database() -> None:
    """`--sql` shows an administrator what would be executed."""
    said = alembic("mysql+asyncmy://root:hunter2@127.0.0.1:1/tgforward", "upgrade", "0001:0003", "--sql")
    assert "CREATE TABLE delivery" in said


def test_a_database_that_is_away_is_one_sentence() -> None:
    """Alembic shows it without a traceback and without the password."""
    said = alembic("mysql+asyncmy://root:hunter2@127.0.0.1:1/tgforward", "current", succeeds=False)
    assert "cannot be used" in said
    assert "Traceback" not in said
    assert "hunter2" not in said


def test_the_url_is_nowhere_in_the_options() -> None:
    """Secrets do not belong into a file of the checkout."""
    assert "sqlalchemy.url" not in (ROOT / "alembic.ini").read_text()
