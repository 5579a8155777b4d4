"""tgcf's config files in our terms."""

import json
from typing import Any

import pytest

from tgforward.errors import InvalidInput
from tgforward.services.bulk.reading import read_document
from tgforward.services.foreign.translating import Program, Translation, translate

NEW = {
    "pid": 0,
    "theme": "light",
    "login": {
        "API_ID": 12345,
        "API_HASH": "abc",
        "user_type": 1,
        "phone_no": 91,
        "SESSION_STRING": "1AbCd",
        "BOT_TOKEN": "9:x",
    },
    "admins": ["boss"],
    "forwards": [
        {
            "con_name": "news",
            "use_this": True,
            "source": -1001234567890,
            "dest": [-1009876543210, "digest"],
            "offset": 0,
        },
        {
            "con_name": "",
            "use_this": False,
            "source": "https://t.me/other",
            "dest": ["@archive"],
            "offset": 0,
            "end": 0,
        },
        {"con_name": "broken", "use_this": True, "source": "", "dest": ["me"], "offset": 0, "end": 0},
    ],
    "show_forwarded_from": False,
    "mode": 0,
    "live": {"sequential_updates": False, "delete_sync": True, "delete_on_edit": ".deleteMe"},
    "past": {"delay": 0},
    "plugins": {
        "filter": {
            "check": True,
            "users": {"blacklist": ["1547315064"], "whitelist": []},
            "files": {"blacklist": [], "whitelist": ["document", "nofile"]},
            "text": {"blacklist": ["casino"], "whitelist": [], "case_sensitive": False, "regex": False},
        },
        "fmt": {"check": True, "style": "bold"},
        "mark": {"check": False, "image": "image.png", "position": "centre", "frame_rate": 15},
        "ocr": {"check": True},
        "replace": {"check": True, "text": {"god": "devil", "tokyo": "delhi"}, "text_raw": "", "regex": False},
        "caption": {"check": True, "header": "**News**\n", "footer": "costs ${5}"},
        "sender": {"check": False, "user_type": 0, "BOT_TOKEN": "", "SESSION_STRING": ""},
    },
    "bot_messages": {},
}
OLD = """\
admins: []
forwards:
  - source: channelName
    dest: [anotherChannel, https://t.me/channelLink]
    offset: 0
show_forwarded_from: yes
live:
  delete_sync: false
past:
  delay: 5
plugins:
  filter:
    text:
      whitelist: ['(?i)release \\d+', 'a(?=b)']
      regex: true
  replace:
    text:
      'v(\\d+)': 'version \\1'
      a: b
      b: c
    regex: true
  unheard_of: {x: 1}
"""


def told(translation: Translation) -> dict[str, str]:
    return {remark.place: remark.text for remark in translation.remarks}


def test_a_file_of_version_1() -> None:
    """Every forward becomes a config; what is off stays off."""
    found = translate(Program.TGCF, json.dumps(NEW), "tgcf.config.json", account="me")
    rules: dict[str, Any] = {
        "steps": [
            {"skip": {"sender": [1547315064]}},
            {
                "allow": {
                    "kind": ["document", "voice", "text", "web_page", "poll", "location", "venue", "dice", "other"]
                }
            },
            {"skip": {"words": ["casino"]}},
            {"replace": {"words": {"god": "devil", "tokyo": "delhi"}, "case": True}},
            {"header": {"text": "<b>News</b>", "format": "html"}},
            {"footer": "costs $${5}"},
        ],
        "follow": {"deletions": "delete"},
    }
    common = {"history": 0, "instant": True, "rules": rules, "account": "me"}
    assert found.entries == [
        {"name": "news", "source": -1001234567890, "dests": [-1009876543210, "digest"], **common},
        {"source": "https://t.me/other", "dests": ["@archive"], "paused": True, **common},
    ]
    remarks = told(found)
    assert remarks.keys() == {
        *(
            "login",
            "login.BOT_TOKEN",
            "admins",
            "live.delete_on_edit",
            "plugins.fmt.style",
            "plugins.ocr",
            "plugins.caption.footer",
        ),
        *("forwards[2].source", "forwards[2].dest[0]", "forwards[2]"),
    }
    assert remarks["plugins.caption.footer"] == "it is put on a line of its own"
    assert "1AbCd" not in found.document() + repr(found.remarks)


def test_a_file_of_version_0() -> None:
    """YAML, with plugins that are on because they are there; each remark has its line."""
    found = translate(Program.TGCF, OLD, "tgcf.config.yml")
    (entry,) = found.entries
    assert (entry["source"], entry["dests"]) == ("channelName", ["anotherChannel", "https://t.me/channelLink"])
    assert entry["rules"]["send"] == {"mode": "forward"}
    assert entry["rules"]["steps"] == [
        {"allow": {"regex": [r"(?i)release \d+"]}},
        {"replace": {"regex": r"v(\d+)", "with": r"version \1", "case": True}},
        {"replace": {"regex": "a", "with": "b", "case": True}},
        {"replace": {"regex": "b", "with": "c", "case": True}},
    ]
    lines = {remark.place: remark.line for remark in found.remarks}
    assert lines == {"past.delay": 10, "plugins.filter.text.whitelist": 14, "plugins.unheard_of": 22}
    assert "a(?=b)" in told(found)["plugins.filter.text.whitelist"]


@pytest.mark.parametrize(("offset", "history", "places"), [(0, -1, []), (77, 0, ["forwards[0].offset"])])
def test_past_mode_is_history(offset: int, history: int, places: list[str]) -> None:
    """All of it, unless tgcf has begun already: what it has sent must not come twice."""
    text = json.dumps({"mode": 1, "forwards": [{"source": -1001, "dest": [-1002], "offset": offset}]})
    found = translate(Program.TGCF, text, "c.json")
    assert found.entries[0]["history"] == history
    assert [remark.place for remark in found.remarks] == places


def test_words_that_feed_each_other_stay_in_turn() -> None:
    """One replacement after the other, as tgcf does it."""
    text = "forwards: [{source: 1, dest: [2]}]\nplugins: {replace: {text: {a: b, b: c, 7: 8}}}"
    (entry,) = translate(Program.TGCF, text, "c.yml").entries
    steps = [step["replace"]["words"] for step in entry["rules"]["steps"]]
    assert steps == [{"a": "b"}, {"b": "c"}, {"7": "8"}]


def test_what_comes_out_can_be_applied() -> None:
    """The document is one that config apply reads."""
    for text in (json.dumps(NEW), OLD):
        assert read_document(translate(Program.TGCF, text, "c").document(), "c").entries


@pytest.mark.parametrize("text", ["", "[]", "forwards", "a: [", "{"])
def test_what_is_no_config_file_is_refused(text: str) -> None:
    """With one sentence."""
    with pytest.raises(InvalidInput, match="c\\.yml"):
        translate(Program.TGCF, text, "c.yml")
