"""Who reads what and writes where: chats, accounts and configs, the same for the same numbers."""

from dataclasses import dataclass, replace
from typing import Final

from benchmarks.chaos.posts import CUT, REMOVED, SKIPPED

EDITOR = "editor"
SIGNATURES: Final = ("signed by hand", "signed anew")
"""A config that signs may be edited from one to the other at any moment: both are right."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a config does to texts, in words that the expectation and the product read each in their own way."""

    skips: bool = False
    removes: bool = False
    cuts: bool = False
    signs: bool = False

    @property
    def fields(self) -> dict[str, str]:
        """The columns of the config."""
        chosen = {"skip_word": self.skips and SKIPPED, "remove_word": self.removes and REMOVED}
        chosen |= {"cut_word": self.cuts and CUT, "add_text": self.signs and SIGNATURES[0]}
        return {name: value for name, value in chosen.items() if value}


PLAIN = Rule()
CLEAN = Rule(skips=True, removes=True, cuts=True)
SIGNED = Rule(skips=True, signs=True)
RULES: Final = (CLEAN, SIGNED, Rule(removes=True), Rule(skips=True, cuts=True, signs=True))


@dataclass(frozen=True, slots=True)
class Wiring:
    """One config; `spare` is where it may be moved to while it runs, `history` as of the config (-1: all)."""

    name: str
    account: str
    source: str
    dest: str
    rule: Rule
    history: int
    spare: str | None = None
    twin: str | None = None
    """A further dest of the same config, which gets everything too."""
    deletes: bool = False
    """What is deleted in the source is deleted in the dest."""
    is_instant: bool = False
    """Live updates run it between its slots."""
    dest_number: int = 0

    @property
    def ways(self) -> "tuple[Wiring, ...]":
        """One for each dest of the config, its own first."""
        if self.twin is None:
            return (self,)
        twin = replace(self, name=f"{self.name} twin", dest=self.twin, spare=None, twin=None, dest_number=1)
        return (self, twin)

    @property
    def dests(self) -> tuple[str, ...]:
        """Where its messages may arrive."""
        return (self.dest,) if self.spare is None else (self.dest, self.spare)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that stands on the stage; chats are named by their username."""

    accounts: tuple[str, ...]
    sources: tuple[str, ...]
    dests: tuple[str, ...]
    configs: tuple[Wiring, ...]


def make_scene(accounts: int) -> Scene:
    """Three configs per account: one passes on all of its source to two dests, one edits, one reads the neighbour's.

    The first and the third share a dest, so two sources meet there; every source has readers in two accounts.
    """
    configs = [wiring for number in range(accounts) for wiring in _wire(number, accounts)]
    return Scene(
        accounts=tuple(f"reader{number}" for number in range(accounts)),
        sources=tuple(f"chaos_source{number}" for number in range(accounts)),
        dests=tuple(sorted({dest for wiring in configs for way in wiring.ways for dest in way.dests})),
        configs=tuple(configs),
    )


def _wire(number: int, accounts: int) -> list[Wiring]:
    account, own = f"reader{number}", f"chaos_source{number}"
    mixed, edited, spare, twin = (f"chaos_{kind}{number}" for kind in ("mixed", "edited", "spare", "twin"))
    rule = RULES[number % len(RULES)]
    wired = [
        Wiring(f"pass{number}", account, own, mixed, PLAIN, history=-1, twin=twin, deletes=True, is_instant=True),
        Wiring(f"edit{number}", account, own, edited, rule, history=0, spare=spare),
    ]
    if accounts > 1:
        neighbour = f"chaos_source{(number + 1) % accounts}"
        wired.append(Wiring(f"next{number}", account, neighbour, mixed, RULES[(number + 1) % len(RULES)], history=20))
    return wired
