"""telemirror's config files in our terms."""

import pytest
import re2

from tgforward.services.bulk.reading import read_document
from tgforward.services.foreign.translating import Program, translate

FILE = """\
# global filters, in order
filters:
  - ForwardFormatFilter:
      format: "{message_text}\\n\\nForwarded from [{channel_name}]({message_link})"
  - EmptyMessageFilter
  - RestrictSavingContentBypassFilter
  - SkipUrlFilter:
      skip_mention: false
disable_edit: true
disable_delete: true
mode: copy
directions:
  - from: [-1001, -1002]
    to: [-100203]
  - from: [-1000#3]
    to: [-1001#4]
  - from: [-100226]
    to: [-1006, -1008]
    disable_edit: false
    disable_delete: no
    mode: forward
    filters:
      - UrlMessageFilter:
          blacklist: !!set
            ? t.me
      - KeywordReplaceFilter:
          keywords:
            "google.com": "bing.com"
            "\\u0444\\u0443": "$1"
          regex: false
      - SkipWithKeywordsFilter:
          keywords: !!set
            ? "stop.*word"
            ? "(?!x)"
          regex: true
  - from: [-10077]
    to: [-10088]
    filters: [SkipAllFilter, MyOwnFilter: {x: 1}]
targets:
  - id: -1008
    mode: copy
"""
FOOTER = {"text": 'Forwarded from <a href="${message_link}">${source_title}</a>', "format": "html"}

URL = r"\b(?:https?://)?(?:[\w-]+\.)*t\.me\b(?:/\S*)?"


def test_a_file_of_directions() -> None:
    """A config for each source; dests with settings of their own stand apart, topics are kept."""
    found = translate(Program.TELEMIRROR, FILE, "mirror.config.yml")
    general = {"steps": [{"footer": FOOTER}, {"skip": [{"has_link": True}]}], "follow": {"edits": "ignore"}}
    special = {
        "steps": [
            {"replace": {"regex": URL, "with": "***"}},
            {"replace": {"regex": r"\bgoogle\.com\b", "with": "bing.com"}},
            {"replace": {"regex": "фу", "with": "$1"}},
            {"skip": {"regex": ["stop.*word"]}},
        ],
        "follow": {"deletions": "delete"},
    }
    assert found.entries == [
        {"source": -1001, "dests": [-100203], "instant": True, "rules": general},
        {"source": -1002, "dests": [-100203], "instant": True, "rules": general},
        {"source": -1000, "source_topic": 3, "dests": ["-1001/4"], "instant": True, "rules": general},
        {"source": -100226, "dests": [-1006], "instant": True, "rules": special | {"send": {"mode": "forward"}}},
        {"source": -100226, "dests": [-1008], "instant": True, "rules": special},
        {
            "source": -10077,
            "dests": [-10088],
            "instant": True,
            "rules": {"follow": {"edits": "ignore"}},
            "paused": True,
        },
    ]
    assert [(remark.line, remark.place.split(".")[-1]) for remark in found.remarks] == [
        (6, "filters[2]"),
        (24, "blacklist"),
        (31, "SkipWithKeywordsFilter"),
        (38, "MyOwnFilter"),
    ]


ENV = """\
# Telegram app ID
API_ID=12345
API_HASH=abc
SESSION_STRING=1AbCdEf
USE_MEMORY_DB=true
CHAT_MAPPING="[-1001,-1002,-1001:-1003];[-1004#5:-1006,-1007];nonsense;"
REMOVE_URLS=true
REMOVE_URLS_LIST=google.com,https://twitter.com/
REMOVE_URLS_WL=youtube.com
DISABLE_DELETE=true
TIMEOUT_MIRRORING=0.1
LOG_LEVEL=info
"""


def test_variables_say_the_same() -> None:
    """Routes, links and switches; no session gets anywhere."""
    found = translate(Program.TELEMIRROR, ENV, ".env", account="me")
    routes = [(entry["source"], entry.get("source_topic"), entry["dests"]) for entry in found.entries]
    assert routes == [(-1001, None, [-1003]), (-1002, None, [-1003]), (-1004, 5, [-1006, -1007])]
    assert {entry["account"] for entry in found.entries} == {"me"}
    rules = found.entries[0]["rules"]
    assert rules.keys() == {"steps"}
    assert [step["replace"]["regex"].partition("*")[2] for step in rules["steps"]] == [
        r"google\.com\b(?:/\S*)?",
        r"twitter\.com\b(?:/\S*)?",
    ]
    lines = [(remark.line, remark.place) for remark in found.remarks]
    assert lines[:2] == [(4, "SESSION_STRING"), (6, "CHAT_MAPPING")]
    assert (11, "TIMEOUT_MIRRORING") in lines
    assert "1AbCd" not in found.document() + repr(found.remarks)


def test_yaml_in_a_variable() -> None:
    """It is what counts, as in telemirror."""
    text = "CHAT_MAPPING=[-1:-2]\nYAML_CONFIG_ENV=\\n# all\\ndirections:\\n  - from: [-1001]\\n    to: [-1002, x]\n"
    found = translate(Program.TELEMIRROR, text, ".env")
    assert found.entries == [
        {"source": -1001, "dests": [-1002], "instant": True, "rules": {"follow": {"deletions": "delete"}}}
    ]
    assert [(remark.line, remark.place) for remark in found.remarks] == [(2, "directions[0].to[1]")]


@pytest.mark.parametrize(
    ("filters", "steps", "remarks"),
    [
        ("SkipUrlFilter", [{"skip": [{"has_link": True}, {"regex": r"(?:^|[^\w@])@[A-Za-z]\w{3,31}"}]}], 1),
        ("UrlMessageFilter", [{"remove_links": True}], 1),
        (
            "UrlMessageFilter: {placeholder: '', filter_mention: true}",
            [{"remove_links": True}, {"remove_mentions": True}],
            0,
        ),
        ("UrlMessageFilter: {whitelist: [t.me], filter_by_id_mention: true}", [], 2),
        (
            "UrlMessageFilter: {blacklist: [t.me], filter_mention: ['@a_b']}",
            [
                {"replace": {"regex": URL, "with": "***"}},
                {"replace": {"words": {"@a_b": "***"}}},
            ],
            1,
        ),
        (
            "MappedNameForwardFormat: {mapped: {-1001: 'A ${b}'},"
            " format: '{channel_name} {{1}}: {message_text}{sender_username}'}",
            [{"header": "A $${b} {1}:"}],
            2,
        ),
        ("ForwardFormatFilter: {format: 'from {channel_name}'}", [], 1),
        ("ForwardFormatFilter", [{"footer": FOOTER}], 0),
        (
            "AllowWithKeywordsFilter: {keywords: [one, \"r'(a|b)+'\"]}",
            [{"allow": {"regex": [r"\bone\b", "(a|b)+"]}}],
            0,
        ),
        (
            "KeywordReplaceFilter: {keywords: {\"r'(a)b'\": '\\1', c: '\\1'}}",
            [{"replace": {"regex": "(a)b", "with": r"\1"}}, {"replace": {"regex": r"\bc\b", "with": r"\\1"}}],
            0,
        ),
    ],
)
def test_every_filter(filters: str, steps: list[object], remarks: int) -> None:
    """As steps of a rule set, and as many remarks as it has parts without an equivalent."""
    text = f"directions: [{{from: [-1001], to: [-1002]}}]\ndisable_delete: true\nfilters:\n  - {filters}\n"
    found = translate(Program.TELEMIRROR, text, "mirror.config.yml")
    assert found.entries[0].get("rules", {}).get("steps", []) == steps
    assert len(found.remarks) == remarks, found.remarks
    assert read_document(found.document(), "c").entries


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see https://t.me/a/1?x=2 now", "see  now"),
        ("see t.me", "see "),
        ("www.t.me/x and web.t.me", " and "),
        ("best.me, t.men, at.me/x", "best.me, t.men, at.me/x"),
    ],
)
def test_a_listed_address_is_found_where_it_stands_by_itself(text: str, left: str) -> None:
    """Whatever stands before or behind it."""
    assert re2.sub(URL, "", text) == left
