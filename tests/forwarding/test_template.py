from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forwarding.build import CONTEXT, message
from tgforward.errors import InvalidInput
from tgforward.forwarding.template import Template

FILLED = replace(CONTEXT, source_username="news", parameters={"id": "5", "dest": "-42"}).at(message(7))


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("plain", "plain"),
        ("${source_title}", "News"),
        ("${source_link} ${message_link}", "https://t.me/news https://t.me/news/7"),
        ("${date} ${time}", "2026-11-23 14:05"),
        ("by ${sender}.", "by Ann."),
        ("config ${id} to ${dest}", "config 5 to -42"),
        ("5 $ or $name or $$", "5 $ or $name or $$"),
        ("$${date} is ${date}", "${date} is 2026-11-23"),
        ("${date}${date}", "2026-11-232026-11-23"),
        ("}{", "}{"),
    ],
)
def test_rendering(text: str, rendered: str) -> None:
    """Names in braces are filled in, everything else stays as it is."""
    assert Template.parse(text).render(FILLED) == rendered


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("${nobody}", r"add_text uses \$\{nobody\}, which is not known: use one of date, dest, forward_history_count"),
        ("${}", r"add_text uses \$\{\}, which is not known"),
        ("${ date }", r"add_text uses \$\{ date \}, which is not known"),
        ("${Date}", r"add_text uses \$\{Date\}, which is not known"),
        ("see ${date", r"add_text has a \$\{ without its \}"),
    ],
)
def test_errors_are_found_when_the_config_is_saved(text: str, sentence: str) -> None:
    """An unknown name is named, with those that are known."""
    with pytest.raises(InvalidInput, match=sentence):
        Template.parse(text)


def test_other_parameters_can_be_allowed() -> None:
    """The known names are the built-in ones and those that the caller passes."""
    template = Template.parse("${colour}", parameters=frozenset({"colour"}))
    assert template.render(replace(CONTEXT, parameters={"colour": "red"})) == "red"


def test_the_time_is_that_of_the_zone() -> None:
    """A message of the late evening in UTC is of the next day in Shanghai and of the same day in New York."""
    late = replace(FILLED, date=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    template = Template.parse("${date} ${time}")
    assert template.render(late) == "2027-01-01 07:30"
    assert template.render(replace(late, zone=ZoneInfo("America/New_York"))) == "2026-12-31 18:30"


@given(st.text("${}ab"))
def test_any_text_can_be_written_literally(text: str) -> None:
    """With each `${` doubled to `$${` a text renders as itself."""
    assert Template.parse(text.replace("${", "$${")).render(FILLED) == text
