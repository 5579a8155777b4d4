"""What MkDocs calls: pages made from the program itself, and links that lead out of `docs/`."""

import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT)]

import commands  # noqa: E402 - the place is known only now
import variables  # noqa: E402


def decisions() -> str:
    """A page that names every decision record."""
    records = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
    rows = [f"- [{record.read_text().splitlines()[0].lstrip('# ')}]({record.name})" for record in records]
    return "# Decisions\n\nWhat was decided, why, and what else was weighed.\n\n" + "\n".join(rows) + "\n"


PAGES = {
    "reference/commands.md": commands.page,
    "reference/settings.md": variables.page,
    "adr/index.md": decisions,
}
OUTSIDE = {".env.example": "env.example", "CONTRIBUTING.md": "contributing.md", "compose.yaml": "compose.yaml"}
OUTSIDE |= {"Dockerfile": "Dockerfile", "LICENSE": "LICENSE", "CHANGELOG.md": "changelog.md"}
OUTSIDE["README.md"] = "readme.md"
LINK = re.compile(r"\]\((?:\.\./)+(" + "|".join(map(re.escape, OUTSIDE)) + r")((?:#[^)]*)?)\)")


def on_files(files: Files, config: Any) -> Files:
    """Add what is made here, and the files of the repository that documents name."""
    for address, make in PAGES.items():
        files.append(File.generated(config, address, content=make()))
    for name, shown in OUTSIDE.items():
        content = (ROOT / name).read_text()
        files.append(File.generated(config, f"repository/{shown}", content=_without_links(content, shown)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Let links that leave `docs/` lead to those files."""
    up = "../" * page.file.src_uri.count("/")
    return LINK.sub(lambda found: f"]({up}repository/{OUTSIDE[found[1]]}{found[2]})", markdown)


def _without_links(content: str, shown: str) -> str:
    """A page that stands elsewhere in the repository: links into `docs/` stay, others are only words."""
    if not shown.endswith(".md"):
        return content
    content = re.sub(r"\]\(docs/adr/\)", "](../adr/index.md)", content)
    content = re.sub(r"\]\(docs/", "](../", content)
    return re.sub(r"\[([^]]+)\]\((?!\.\./|https?:|#)[^)]*\)", r"\1", content)
