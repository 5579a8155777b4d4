"""What a crash test is asked to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

Database = Literal["mysql", "sqlite"]
Sabotage = Literal["random_ids", "guard"]

DATABASES: tuple[str, ...] = get_args(Database)
SABOTAGES: tuple[str, ...] = get_args(Sabotage)

SECONDS_PER_KILL = 2.6  # a killed worker is back after about 3 s: most of the time two of three are at work
SECONDS_PER_FREEZE = 8.0
SHORTEST_S = 10.0
LONGEST_REST_S = 300.0  # building the stage, and waiting for what is under way


@dataclass(frozen=True, slots=True)
class Options:
    """The size of the test; `seed` decides what is posted and what fails when."""

    db: Database
    messages: int
    kills: int
    accounts: int
    workers: int
    schedulers: int
    seed: int
    sabotage: Sabotage | None = None
    with_stock_arq: bool = True
    keep: Path | None = None
    """Where the directory with all logs goes; None: it is removed."""

    @property
    def duration_s(self) -> float:
        """How long messages are posted and things fail."""
        return max(SHORTEST_S, self.kills * SECONDS_PER_KILL)

    @property
    def freezes(self) -> int:
        """How many processes are stopped for a while; the guard is what they try, so without it there are more."""
        wanted = self.duration_s / SECONDS_PER_FREEZE if self.sabotage == "guard" else self.kills / 10
        return max(2, int(wanted))

    @property
    def limit_s(self) -> float:
        """After this something hangs that may not: the test gives up."""
        return 2 * self.duration_s + LONGEST_REST_S
