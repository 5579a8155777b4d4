"""The revisions are known without Alembic."""

from alembic.script import ScriptDirectory

from tgforward.db.migrate import make_config
from tgforward.db.revision import head_revision, known_revisions


def test_file_names_say_what_alembic_says() -> None:
    """The names of the files tell every revision, and the highest one is Alembic's head."""
    scripts = ScriptDirectory.from_config(make_config())
    assert known_revisions() == {script.revision for script in scripts.walk_revisions()}
    assert head_revision() == scripts.get_current_head()
