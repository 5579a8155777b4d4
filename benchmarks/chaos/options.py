"""What a crash test is asked to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

Database = Literal["mysql", "sqlite"]
Sabotage = Literal["random_ids", "guard"]

DATABASES: tuple[str, ...] = get_args(Database)
SABOTAGES: tuple[str, ...] = get_args(Sabotage)

SECONDS_PER_KILL = 2.6  # a killed worker is back after about 3 s: most of the time two of three are at work
SHORTEST_S = 12.0


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
    keep: Path | None = None
    """Where the directory with all logs goes; None: it is removed."""

    @property
    def duration_s(self) -> float:
        """How long messages are posted and things fail."""
        return max(SHORTEST_S, self.kills * SECONDS_PER_KILL)
