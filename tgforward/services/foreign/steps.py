"""The steps of a rule set, made one after the other; what our rules do not take is left out with a remark."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tgforward.errors import InvalidInput
from tgforward.services.config_fields import check_fields
from tgforward.services.foreign.remarks import Path, Remarks

_WORD = re.compile(r"[A-Za-z0-9_](?:.*[A-Za-z0-9_])?", re.DOTALL)
"""What RE2's `\\b` knows the ends of."""


@dataclass(slots=True)
class Steps:
    """Steps, and to whom to say what is left out."""

    remarks: Remarks
    steps: list[dict[str, Any]] = field(default_factory=list)

    def add(self, path: Path, key: str, content: object) -> None:
        """One more step, if our rules take it."""
        if self._is_right(path, step := {key: content}):
            self.steps.append(step)

    def add_texts(self, path: Path, key: str, conditions: Mapping[str, Any]) -> None:
        """A step for texts with one of some `words` or `regex`, without those that are no such thing to us."""
        for kind in ("words", "regex"):
            rest = {name: value for name, value in conditions.items() if name != kind}
            texts = [text for text in conditions.get(kind, ()) if self._is_right(path, {key: {**rest, kind: [text]}})]
            if texts:
                self.steps.append({key: {**rest, kind: texts}})

    def _is_right(self, path: Path, step: Mapping[str, Any]) -> bool:
        try:
            check_fields({"rules": {"steps": [step]}})
        except InvalidInput as error:
            self.remarks.add(path, f"left out, {str(error).removeprefix('rules, step 1, ')}")
            return False
        return True

    def replace_in_turn(self, path: Path, words: Mapping[str, str], *, case: bool) -> None:
        """Words for words, one after the other: apart only where one brings what a later one replaces."""
        cased = {"case": True} if case else {}
        texts = [*words.values()]
        if any(word.lower() in text.lower() for word in words for text in texts):
            for word, text in words.items():
                self.add((*path, word), "replace", {"words": {word: text}, **cased})
        elif words:
            self.add(path, "replace", {"words": dict(words), **cased})


def whole_word(word: str) -> str:
    """A pattern for a word that does not stand inside a longer one; RE2 knows the ends of ASCII words only."""
    return rf"\b{escaped(word)}\b" if _WORD.fullmatch(word) else escaped(word)


def escaped(text: str) -> str:
    """A pattern for this very text."""
    return re.sub(r"[\\^$.|?*+()\[\]{}]", r"\\\g<0>", text)
