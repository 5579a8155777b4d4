"""A config's rule set, its dests and topics on the command line, as people type them."""

from typing import Any

import pytest

from tests.e2e.installation import Installation, deadline
from tests.e2e.test_main_job import WORKER, set_up, texts
from tests.e2e.test_mistakes import assert_one_sentence

RULES = """\
# adverts are left out, and no one is woken up
steps:
  - skip:
      words: [advert, no]
send:
  silent: true
follow:
  edits: append
"""


def fields(installation: Installation, config: str = "1") -> dict[str, Any]:
    found: dict[str, Any] = installation.run("config", "show", config, "--json").json()
    return found


async def test_a_rule_set_from_a_file_is_what_the_run_does(embedded: Installation) -> None:
    """What a step skips does not arrive, and the run says so."""
    path = embedded.directory / "rules.yaml"
    path.write_text(RULES)
    async with embedded.control() as control:
        for text in ("first", "an ADVERT", "last"):
            await control.post("demo_news", text, sender="editor")
        set_up(embedded, "--history", "-1", "--rules", str(path))
        with embedded.start(WORKER, "worker"):
            async with deadline():
                assert embedded.run("run", "1", "--wait").code == 0
        assert await texts(control, 2) == ["first", "last"]
    (run,) = embedded.run("runs", "--json").json()
    assert run["skipped_by_reason"] == {"rule (step 1)": 1}


def test_rules_go_out_and_come_back(embedded: Installation) -> None:
    """`config rules` prints what `--rules -` takes; shortcuts change single options; '' takes all away."""
    set_up(embedded)
    assert embedded.run("config", "rules", "1").out == "{}\n"
    done = embedded.run("config", "edit", "1", "--rules", "-", stdin=RULES)
    assert (done.code, done.out) == (0, "config 1 changed\n"), done.err
    printed = embedded.run("config", "rules", "1").out
    before = fields(embedded)["rules"]
    assert before["steps"][0]["skip"][0]["words"] == ["advert", "no"]
    assert embedded.run("config", "edit", "1", "--delay", "60", "--no-silent").code == 0
    assert fields(embedded)["rules"]["send"] == {"delay_s": 60}
    assert embedded.run("config", "edit", "1", "--rules", "-", stdin=printed).code == 0
    assert fields(embedded)["rules"] == before == embedded.run("config", "rules", "1", "--json").json()
    shown = embedded.run("config", "show", "1").out
    assert "1 step(s): tgforward config rules 1" in shown
    assert "edits append" in shown
    assert embedded.run("config", "edit", "1", "--rules", "").code == 0
    assert fields(embedded)["rules"] == {}


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        ("", ("standard input is empty", "--rules ''")),
        ("steps: [", ("neither YAML nor JSON",)),
        ("steps:\n  - skip:\n      regex: '('\n", ("step 1", "regex")),
        ("send: {mode: forward}\nfollow: {edits: update}\n", ("forward",)),
        ("sent: {}\n", ("sent",)),
    ],
)
def test_wrong_rules_end_with_one_sentence(embedded: Installation, stdin: str, words: tuple[str, ...]) -> None:
    """It names the place, and the config stays as it was."""
    set_up(embedded)
    before = fields(embedded)
    assert_one_sentence(embedded.run("config", "edit", "1", "--rules", "-", stdin=stdin), 2, *words)
    assert fields(embedded) == before


async def add_topic(installation: Installation, title: str) -> int:
    """A forum of this name, which the operator may read and write; the number of its topic."""
    async with installation.control() as control:
        name, people = title.lower(), {"admins": ["operator"], "broadcast": False, "forum": True}
        await control.call("add_channel", title=title, username=name, **people)
        number: int = await control.call("add_topic", chat=name, title="News", creator="operator")
    return number


async def test_every_shortcut_is_stored(embedded: Installation) -> None:
    """Each option lands where the document has it."""
    source_topic, dest_topic = [await add_topic(embedded, title) for title in ("Reports", "Editions")]
    set_up(
        embedded, "--mode", "forward", "--silent", "--delay", "5", "--too-long", "trim", "--no-replies", "--pins",
        "--no-preview", "--send-as", "@demo_digest", "--edits", "append", "--deletions", "delete",
    )  # fmt: skip
    found = fields(embedded)
    assert found["rules"]["send"] == {
        "mode": "forward", "silent": True, "delay_s": 5, "too_long": "trim", "replies": False, "pins": True,
        "web_preview": False, "send_as": found["dest"],
    }  # fmt: skip
    assert found["rules"]["follow"] == {"edits": "append", "deletions": "delete"}
    topics = ["--from-topic", str(source_topic), "--topic", str(dest_topic)]
    done = embedded.run("config", "add", "@reports", "@editions", *topics)
    assert done.code == 0, done.err
    found = fields(embedded, "2")
    assert (found["source_topic_id"], found["dest_topic_id"]) == (source_topic, dest_topic)
    missing = embedded.run("config", "edit", "1", "--topic", "7")
    assert_one_sentence(missing, 1, "has no topic 7")


async def test_further_dests_on_the_command_line(installation: Installation) -> None:
    """Given with the config or later, listed, shown and removed; one that cannot be written to is refused."""
    topic = await add_topic(installation, "Editions")
    set_up(installation, "--also", f"@editions/{topic}")
    (first,) = fields(installation)["further_dests"]
    dest = first["chat_id"]
    refused = installation.run("config", "dest", "add", "1", "@demo_photos")
    assert_one_sentence(refused, 1, "may not write", "Demo Photos")
    done = installation.run("config", "dest", "add", "1", str(dest), "--topic", "1", "--json")
    assert done.json() == {"config_id": 1, "number": 2}
    listed = installation.run("config", "dest", "list", "1", "--json").json()
    assert [(row["number"], row["chat_id"], row["topic_id"]) for row in listed] == [(1, dest, topic), (2, dest, None)]
    assert fields(installation)["further_dests"] == listed
    assert f"1: {dest}/{topic} (active), 2: {dest} (active)" in installation.run("config", "show", "1").out
    assert installation.run("config", "dest", "remove", "1", "1").out == "dest 1 of config 1 removed\n"
    assert_one_sentence(installation.run("config", "dest", "remove", "1", "1"), 2, "config 1 has no dest 1")
    assert len(installation.run("config", "dest", "list", "1", "--json").json()) == 1


def test_a_refused_further_dest_leaves_no_config(embedded: Installation) -> None:
    """All dests of a new config are checked before anything is stored."""
    assert embedded.run("account", "import", "operator", stdin=embedded.session("operator")).code == 0
    refused = embedded.run("config", "add", "@demo_news", "@demo_digest", "--also", "@demo_photos")
    assert_one_sentence(refused, 1, "may not write", "Demo Photos")
    twice = embedded.run("config", "add", "@demo_news", "@demo_digest", "--also", "@demo_digest")
    assert_one_sentence(twice, 2, "twice")
    assert embedded.run("config", "list", "--json").json() == []
