"""The documents say what is true: links, commands, paths and variables."""

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from tests.command_words import find_command, parse_tgforward
from tests.compose import ROOT, load_compose
from tests.settings_names import variable_names, variables_by_field
from tgforward.settings import Settings

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
CONFIGURATION = ROOT / "docs/configuration.md"
NO_SETTINGS = {"TGFORWARD_PASSWORD", "TGFORWARD_TEST_REQUIRE", "TGFORWARD_TEST_PICTURES", "TGFORWARD_TEST_MARIADB_URL"}
COMPOSE_RUN = ["docker", "compose", "run", "--rm"]
MADE_WHEN_BUILT = {"tgforward/_migrations"}

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@each_document
def test_relative_links_lead_somewhere(document: Path) -> None:
    """Every link to a file of the project names one that exists, and a heading that it has."""
    assert [link for link in _links(document) if not _is_found(document, link)] == []


@each_document
def test_commands_in_code_blocks_can_be_typed(document: Path) -> None:
    """Every `tgforward` command line in a code block has the commands, options and arguments that the program has."""
    for words in _command_lines(document):
        try:
            parse_tgforward(words)
        except Exception as error:  # noqa: BLE001 - typer's errors have no public base class
            pytest.fail(f"tgforward {shlex.join(words)}: {error}")


@each_document
def test_commands_in_the_text_exist(document: Path) -> None:
    """Every `tgforward …` that a sentence mentions names a command that exists."""
    for words in _mentioned_commands(document):
        find_command(words)


@each_document
def test_paths_in_the_text_exist(document: Path) -> None:
    """Every path of the checkout that a sentence mentions exists."""
    assert [path for path in _mentioned_paths(document) if not (ROOT / path).exists()] == []


@each_document
def test_variables_in_the_text_exist(document: Path) -> None:
    """Every variable of ours that a document names is read by somebody."""
    named = set(re.findall(r"\bTGFORWARD_[A-Z_]*[A-Z]\b", document.read_text()))

    assert named <= {*variable_names(), *NO_SETTINGS}


def test_every_setting_is_documented() -> None:
    """docs/configuration.md has one row for each setting, with all variables that set it."""
    documented = {frozenset(variables) for variables in _configuration_rows()}

    assert documented == {frozenset(variables) for variables in variables_by_field().values()}


def test_documented_defaults_are_true() -> None:
    """A default that docs/configuration.md spells out is the one of the setting."""
    fields = {frozenset(variables): field for field, variables in variables_by_field().items()}
    spelled = {variables: cell[1:-1] for variables, cell in _configuration_rows().items() if cell.startswith("`")}

    assert len(spelled) >= 6
    for variables, default in spelled.items():
        assert default == str(Settings.model_fields[fields[variables]].default)


def test_readme_names_the_commands_of_make() -> None:
    """Every `make …` of the documents is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = "\n".join(document.read_text() for document in DOCUMENTS)
    named = set(re.findall(r"^make ([a-z]+)|`make ([a-z]+)`", text, re.MULTILINE))

    assert {"demo", "test"} <= {one or other for one, other in named} <= targets


def test_decisions_are_numbered_and_complete() -> None:
    """Each decision has its number in name and title, and the same four headings."""
    records = sorted((ROOT / "docs/adr").glob("*.md"))
    numbers = [int(record.name.partition("-")[0]) for record in records]
    assert numbers == sorted(set(numbers))
    for number, record in zip(numbers, records, strict=True):
        text = record.read_text()
        assert record.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. ")
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert headings == ["Context", "Decision", "Rejected", "Consequences"]


@pytest.mark.parametrize("line", ["status --jsn", "config add @a @b --historie 1", "config ad @a @b", "account login"])
def test_the_check_of_commands_can_fail(line: str) -> None:
    """A mistyped command or option, or a missing argument, is noticed."""
    with pytest.raises(Exception, match=r"(?i)no such option|extra argument|no such command|missing"):
        parse_tgforward(shlex.split(line))


def _links(document: Path) -> list[str]:
    targets = re.findall(r"\]\(([^)\s]+)\)", _without_blocks(document))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def _is_found(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = document if not path else document.parent / path
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _without_blocks(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _command_lines(document: Path) -> Iterator[list[str]]:
    """The words behind `tgforward` of every line in a shell block, also where a container runs it."""
    services = load_compose()["services"]
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", document.read_text(), re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            words = list(takewhile(lambda word: word not in (">", "|"), shlex.split(line, comments=True)))
            if words[:1] == ["tgforward"]:
                yield words[1:]
            elif words[: len(COMPOSE_RUN)] == COMPOSE_RUN:
                name, *rest = [word for word in words[len(COMPOSE_RUN) :] if word != "--no-deps"]
                assert name in services
                if name == "tgforward":
                    yield rest


def _mentioned_commands(document: Path) -> Iterator[list[str]]:
    """For each inline `tgforward …` the words up to the first that stands for something else."""
    for text in re.findall(r"`tgforward ([^`]+)`", _without_blocks(document)):
        words: list[str] = re.split(r"\s+", text)
        names = [word for word in words if re.fullmatch(r"[a-z|]+", word)]
        for last in (names[-1] if names else "").split("|"):
            yield [*names[:-1], last] if last else []


def _mentioned_paths(document: Path) -> set[str]:
    spans = re.findall(r"`([^`\s]+)`", _without_blocks(document))
    folders = r"(?:tgforward|worker|scheduler|tests|docs|alembic|benchmarks|deploy|\.ci)"
    paths = {span.rstrip("/") for span in spans if re.fullmatch(rf"{folders}/[\w./-]*", span)}
    return paths - MADE_WHEN_BUILT


def _configuration_rows() -> dict[frozenset[str], str]:
    """For each row the variables of its first cell, and the cell with the default."""
    rows = {}
    for line in CONFIGURATION.read_text().splitlines():
        if line.startswith("| `"):
            _, names, default, *_ = (cell.strip() for cell in line.split("|"))
            rows[frozenset(re.findall(r"`(\w+)`", names))] = default
    return rows


def _without_blocks(document: Path) -> str:
    return re.sub(r"^ *```.*?^ *```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
