"""A config file of another forwarder, translated into the document of `config apply`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from tgforward.services.bulk.export import format_entries
from tgforward.services.bulk.reading import read_document
from tgforward.services.foreign import telemirror, tgcf
from tgforward.services.foreign.file import read_file
from tgforward.services.foreign.remarks import Remark, Remarks
from tgforward.services.foreign.telemirror_env import is_env, read_env


class Program(StrEnum):
    """Whose file it is."""

    TGCF = "tgcf"
    TELEMIRROR = "telemirror"


@dataclass(frozen=True, slots=True)
class Translation:
    """Entries of our document, and what they do not say."""

    entries: Sequence[dict[str, Any]]
    remarks: Sequence[Remark]

    def document(self) -> str:
        """The entries as `config apply` takes them."""
        return format_entries(self.entries)


def translate(program: Program, text: str, called: str, *, account: str | None = None) -> Translation:
    """The file in our terms; `account` is who reads and writes, if it is known already.

    Raises:
        InvalidInput: the file is not of that program, or what it says cannot be a config of ours.
    """
    entries, remarks = _translate(program, text, called)
    once = [entry for number, entry in enumerate(entries) if entry not in entries[:number]]
    named = [entry if account is None else {**entry, "account": account} for entry in once]
    read_document(format_entries(named), f"the translation of {called}")
    return Translation(named, remarks.sorted())


def _translate(program: Program, text: str, called: str) -> tuple[list[dict[str, Any]], Remarks]:
    match program:
        case Program.TGCF:
            file = read_file(text, called)
            remarks = Remarks(file.lines)
            return tgcf.translate(file, remarks), remarks
        case Program.TELEMIRROR:
            if is_env(text):
                file, remarks = read_env(text, called)
            else:
                remarks = Remarks((file := read_file(text, called)).lines)
            return telemirror.translate(file, remarks), remarks
        case _:
            assert_never(program)
