"""What is exported comes back the same, on another database."""

import json

import pytest

from tests.services.bulk.conftest import SCENE, apply, settled
from tgforward.db.session import SessionFactory
from tgforward.services.bulk.difference import compare
from tgforward.services.bulk.export import export_configs, format_entries
from tgforward.services.bulk.reading import read_document


@pytest.mark.parametrize("kind", ["sqlite", "mariadb"])
async def test_an_empty_database_gets_the_same_configs(
    kind: str, sqlite_session_factory: SessionFactory, mariadb_session_factory: SessionFactory
) -> None:
    """From one kind of database to the other and back; as YAML and as JSON."""
    factories = [sqlite_session_factory, mariadb_session_factory]
    first, second = [await settled(factory) for factory in (factories if kind == "sqlite" else factories[::-1])]
    assert len((await apply(first, SCENE)).added) == 4
    exported = await export_configs(first)
    assert await export_configs(second) == []
    assert len((await apply(second, format_entries(exported))).added) == 4
    assert await export_configs(second) == exported
    raw, escaped = [json.dumps({"configs": exported}, ensure_ascii=is_ascii, indent="\t") for is_ascii in (False, True)]
    for text in (SCENE, format_entries(exported), raw, escaped):
        assert not await compare(second, read_document(text, "f.yaml"), prune=True)


async def test_nothing_is_lost_on_the_way(sqlite_session_factory: SessionFactory) -> None:
    """Odd words, line ends that YAML folds, chats with topics, a name that became an id."""
    deps = await settled(sqlite_session_factory)
    await apply(deps, SCENE)
    first, second, third, fourth = await export_configs(deps)
    assert first == {
        "name": "no",
        "source": -1001234567890,
        "source_topic": 5,
        "dests": [-1009876543210, "-1009876543211/7", 42],
        "account": "main",
        "user": "7",
        "interval_second": 60,
        "history": -1,
        "time_zone": "Europe/Berlin",
        "skip_word": "ad,22:00",
        "add_text": "from ${source_title} 🙂\nsecond  line \u2028 end",
        "rules": {"send": {"mode": "forward", "silent": True}, "steps": first["rules"]["steps"]},
        "instant": True,
        "paused": True,
    }
    assert list(first["rules"]["steps"][0]) == ["replace"]
    assert (second["history"], third["history"]) == (0, 3)
    assert (fourth["source"], fourth["dests"]) == (-1005, ["-1009876543210/7"])
