"""All configs in one file, with the real commands."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.installation import Installation, clean_environment
from tests.e2e.test_main_job import set_up
from tests.e2e.test_mistakes import assert_one_sentence, closed_port

CONFIGS = """\
configs:
  - {name: news, source: -1001234567890, dests: [-1009876543210, 42], account: null, add_text: "from\\n🙂"}
  - {name: sport, source: -1001234567891, dests: [-1009876543210/7], account: null, history: -1}
"""
EDITED = CONFIGS.replace("history: -1", "history: 8, skip_word: ad")


@pytest.fixture
def bare() -> Iterator[Installation]:
    """An installation with nothing in it, whose Redis is away."""
    with tempfile.TemporaryDirectory(prefix="tgf-") as name:
        redis = {"REDIS_URL": f"redis://127.0.0.1:{closed_port()}"}
        yield Installation(clean_environment(Path(name)) | redis, {}, Path(name))


def test_a_file_is_shown_and_applied(bare: Installation) -> None:
    """Shown, applied, exported, edited; applied again nothing changes. Redis is not needed."""
    path = bare.directory / "configs.yaml"
    path.write_text(CONFIGS)
    shown = bare.run("config", "apply", "-f", str(path), "--dry-run")
    assert shown.out.splitlines()[-1] == "2 to add, 0 to change, 0 to remove"
    assert "+ news: -1001234567890 to -1009876543210, 42" in shown.out
    declined = bare.run("config", "apply", "-f", str(path), stdin="n\n")
    assert (declined.code, bare.run("config", "export").out) == (1, "configs: []\n")
    lines = bare.run("config", "apply", "-f", str(path), stdin="y\n").out.splitlines()
    assert [line.strip() for line in lines] == [*shown.out.splitlines(), "applied"]
    exported = bare.run("config", "export").out
    for text in (CONFIGS, exported, bare.run("config", "export", "--json").out):
        again = bare.run("config", "apply", "-f", "-", "--yes", stdin=text)
        assert (again.code, again.out) == (0, "0 to add, 0 to change, 0 to remove\n")
    found = bare.run("config", "apply", "-f", "-", "--yes", "--json", stdin=EDITED).json()
    assert found == {
        "added": [],
        "changed": [{"id": 2, "changes": {"history": [-1, 8], "skip_word": [None, "ad"]}}],
        "removed": [],
        "applied": True,
    }
    assert len(bare.run("audit", "--json").json()) == 3


def test_a_broken_file_changes_nothing(bare: Installation) -> None:
    """Each fault has its line; the right entries are not applied either."""
    assert bare.run("config", "apply", "-f", "-", "--yes", stdin=CONFIGS).code == 0
    before = bare.run("config", "export").out
    broken = EDITED + "  - {source: 1, colour: red}\n  - {source: 1, dests: [2], interval_second: 0, account: null}\n"
    done = bare.run("config", "apply", "-f", "-", "--yes", stdin=broken)
    assert (done.code, done.out) == (2, "")
    lines = [line.partition(": ")[0] for line in done.err.splitlines()]
    assert lines == ["error", *["standard input, line 4"] * 2, "standard input, line 5"]
    done = bare.run("config", "apply", "-f", "-", "--yes", stdin=EDITED + "  - {source: 1, dests: [1], account: me}\n")
    assert (done.code, done.err.count("standard input, line 4: ")) == (2, 1)
    assert bare.run("config", "export").out == before
    assert_one_sentence(bare.run("config", "apply", "-f", "-", stdin=CONFIGS), 2, "--yes", "--dry-run")
    assert_one_sentence(bare.run("config", "apply", "-f", "missing.yaml"), 2, "missing.yaml cannot be read")


def test_what_is_pruned_is_forgotten(embedded: Installation) -> None:
    """Its waiting job goes too; without Redis nothing is removed."""
    set_up(embedded)
    assert embedded.run("run", "1").code == 0
    assert embedded.run("status", "--json").json()["accounts"][0]["waiting"] == 1
    empty = ("config", "apply", "-f", "-", "--yes", "--prune")
    away = f"127.0.0.1:{closed_port()}"
    refused = embedded.run(*empty, stdin="configs: []", REDIS_URL=f"redis://{away}")
    assert (refused.code, len(embedded.run("config", "list", "--json").json())) == (1, 1)
    assert away in refused.err
    assert embedded.run("config", "apply", "-f", "-", "--yes", stdin="configs: []").out.startswith("0 to add")
    done = embedded.run(*empty, "--json", stdin="configs: []")
    assert [row["id"] for row in json.loads(done.out)["removed"]] == [1], done.err
    assert embedded.run("config", "list", "--json").json() == []
    assert embedded.run("status", "--json").json()["accounts"][0]["waiting"] == 0


def test_a_file_of_another_forwarder_is_translated_and_applied(bare: Installation) -> None:
    """Written once, with a remark for what is missing; applied as it is."""
    name, output = str(bare.directory / "mirror.config.yml"), str(bare.directory / "configs.yaml")
    text = "directions:\n  - from: [-1001234567890]\n    to: [-1009876543210]\nfilters:\n  - Other\n"
    Path(name).write_text(text)
    done = bare.run("config", "import", "--from", "telemirror", name, "-o", output)
    assert (done.code, done.err) == (0, f"warning: {name}, line 5, filters[0]: there is no such filter\n")
    assert done.out == f"1 config(s) in {output}: tgforward config apply -f {output} --dry-run\n"
    again = bare.run("config", "import", "--from", "telemirror", name, "-o", output)
    assert (again.code, again.err.splitlines()[-1]) == (
        2,
        f"error: {output} exists already: give another name, or remove it",
    )
    found = bare.run("config", "import", "--from", "telemirror", "-", "--json", stdin=text).json()
    assert [remark["line"] for remark in found["remarks"]] == [5]
    printed = bare.run("config", "import", "--from", "telemirror", "-", stdin=text).out
    assert printed == Path(output).read_text()
    nobody = printed.replace("- source:", "- account: null\n  source:")
    assert bare.run("config", "apply", "-f", "-", "--yes", stdin=nobody).out.endswith("applied\n")
    assert_one_sentence(bare.run("config", "import", "--from", "tgcf", "-", stdin="forwards"), 2, "has no keys")


def test_an_installation_moves_from_tgcf(embedded: Installation) -> None:
    """Names that the account has never met are asked of Telegram; the second time they are known."""
    assert embedded.run("account", "import", "operator", stdin=embedded.session("operator")).code == 0
    text = "forwards:\n  - {source: demo_news, dest: [demo_digest]}\n  - {source: demo_photos, dest: [nobody_at_all]}\n"
    document = embedded.run("config", "import", "--from", "tgcf", "-", stdin=text).out
    apply = ("config", "apply", "-f", "-", "--yes")
    unknown = embedded.run(*apply, stdin=document)
    assert (unknown.code, unknown.err.count("--look-up")) == (2, 4), unknown.err
    faulty = embedded.run(*apply, "--look-up", stdin=document)
    assert (faulty.code, faulty.err.count("standard input, line")) == (2, 1), faulty.err
    right = document.replace("nobody_at_all", "demo_digest")
    assert embedded.run(*apply, "--look-up", stdin=right).out.endswith("applied\n")
    assert embedded.run(*apply, stdin=right).out == "0 to add, 0 to change, 0 to remove\n"
    assert len(embedded.run("config", "list", "--json").json()) == 2
