"""The rules of a config, applied to one message or to one album as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from zoneinfo import ZoneInfo

from tgforward.forwarding.actions import Action
from tgforward.forwarding.compiling import Compiler
from tgforward.forwarding.config import DEFAULT_ZONE
from tgforward.forwarding.draft import Draft
from tgforward.forwarding.framing import Frame, settle
from tgforward.forwarding.hours import Hours
from tgforward.forwarding.limits import DEFAULT_LIMITS, TextLimits
from tgforward.forwarding.message import SourceMessage
from tgforward.forwarding.patterns import Finder
from tgforward.forwarding.ruleset import RuleSet, TooLong
from tgforward.forwarding.skips import SkipReason
from tgforward.forwarding.template import TemplateContext
from tgforward.forwarding.verdict import Dropped, Kept

__all__ = ["DEFAULT_LIMITS", "Dropped", "Kept", "Rules", "TextLimits"]

_NO_RULES = RuleSet()


@dataclass(frozen=True, slots=True)
class Rules:
    """A config's rules, compiled once."""

    actions: tuple[Action, ...]
    frame: Frame
    finder: Finder
    too_long: TooLong
    hours: Hours | None
    """When messages go, if those of other times wait."""
    duplicate_days: int | None
    """For how long the same content is not forwarded again."""
    duplicate_step: int | None
    """The number of the step that says so."""
    are_empty: bool
    """Whether no message can be changed or dropped."""

    @classmethod
    def parse(
        cls,
        *,
        remove_word: str | None = None,
        cut_word: str | None = None,
        skip_word: str | None = None,
        add_text: str | None = None,
        ruleset: RuleSet = _NO_RULES,
        zone: ZoneInfo | None = None,
    ) -> Self:
        """The rules as they stand in a config; `zone` is that of its hours, by default the one of new configs.

        Raises:
            InvalidInput: `add_text` uses a name that is not known, or there are too many patterns.
        """
        compiler = Compiler(zone or ZoneInfo(DEFAULT_ZONE))
        compiler.add_words(skip_word=skip_word, remove_word=remove_word, cut_word=cut_word)
        compiler.add_steps(ruleset.steps)
        frame = compiler.frame(add_text)
        return cls(
            actions=tuple(compiler.actions),
            frame=frame,
            finder=Finder(compiler.patterns),
            too_long=ruleset.send.too_long,
            hours=compiler.hours,
            duplicate_days=compiler.duplicate_days,
            duplicate_step=compiler.duplicate_step,
            are_empty=not (compiler.actions or frame.headers or frame.footers),
        )

    def apply(
        self, unit: Sequence[SourceMessage], context: TemplateContext, limits: TextLimits = DEFAULT_LIMITS
    ) -> Kept | Dropped:
        """What becomes of one message or album.

        First `skip_word`, `remove_word` and `cut_word`, then each step sees what those before it have left; headers,
        footers and `add_text` are put on last.
        """
        if self.are_empty:
            return Kept((None,) * len(unit))
        draft = Draft(unit, self.finder)
        for action in self.actions:
            if action.needs is not None and action.needs.isdisjoint(draft.found):
                continue
            if (dropped := action.act(draft)) is not None:
                return dropped
        if draft.is_nothing:
            return Dropped(SkipReason.EMPTY)
        self.frame.put(draft, context, limits)
        return settle(draft, limits, self.too_long)
