"""Commands that change something say so to programs, too."""

import json
import sys
from dataclasses import replace

from tests.e2e.installation import Installation, run
from tgforward.db.revision import head_revision

PROGRAM = """
import io, json, sys
from contextlib import redirect_stdout
from tgforward.cli.app import app
found = []
for words in json.load(sys.stdin):
    with redirect_stdout(io.StringIO()) as out:
        app([*words, "--json"], standalone_mode=False)
    found.append(json.loads(out.getvalue()))
json.dump(found, sys.stdout)
"""
"""Command lines one after the other, since a process for each takes a second."""

CHANGES: tuple[tuple[str, object], ...] = (
    ("db upgrade", {"revision": head_revision()}),
    ("config add @demo_news @demo_digest --also SAVED", {"id": 1, "warnings": []}),
    ("config dest remove 1 1", {"config_id": 1, "number": 1, "removed": True}),
    ("config pause 1", {"id": 1, "state": "paused"}),
    ("config resume 1", {"id": 1, "state": "active", "hindrance": None}),
    ("account pause me", {"name": "me", "state": "parked"}),
    ("account resume me", {"name": "me", "state": "active", "enqueued": 1}),
    ("config adopt me", {"account": "me", "configs": 0}),
    ("config remove 1", {"id": 1, "removed": True}),
    ("account remove me", {"name": "me", "removed": True}),
    ("user add 6001 --forever", {"id": "6001", "auth_time": None}),
    ("user remove 6001", {"id": "6001", "removed": True}),
    ("web user add ada --role viewer", {"name": "ada", "role": "viewer", "user": None}),
    ("web user passwd ada", {"name": "ada", "changed": True}),
    ("web user disable ada", {"name": "ada", "disabled": True}),
    ("web user enable ada", {"name": "ada", "disabled": False}),
    ("web user remove ada", {"name": "ada", "removed": True}),
)


def test_what_was_changed_is_one_json_value(embedded: Installation, redis_url: str) -> None:
    """Standard output holds nothing else, and states and numbers are those that lists show."""
    stores = {"REDIS_URL": redis_url, "TGFORWARD_PASSWORD": "correct horse battery"}
    installation = replace(embedded, environment={**embedded.environment, **stores})
    assert installation.run("account", "import", "me", stdin=embedded.session("operator")).code == 0
    saved = str(embedded.sandbox["accounts"]["operator"]["id"])
    lines = [line.replace("SAVED", saved).split() for line, _ in CHANGES]
    done = run([sys.executable, "-c", PROGRAM], installation.environment, stdin=json.dumps(lines))
    assert done.json() == [expected for _, expected in CHANGES]
