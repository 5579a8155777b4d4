"""Configs edited while they run; what they must deliver stays known."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.chaos.scene import SIGNATURES, Scene, Wiring
from benchmarks.chaos.schedule import Kind
from benchmarks.chaos.stage import ACTOR
from tgforward.errors import TgforwardError
from tgforward.services.configs import edit_config
from tgforward.services.deps import Deps
from tgforward.types import ConfigId

PATIENCE_S = 20.0


@dataclass(slots=True)
class Edits:
    """Edits as people make them; `refused` are those that met an outage, and may or may not have been made."""

    deps: Deps
    scene: Scene
    configs: Sequence[tuple[ConfigId, Wiring]]
    refused: list[str] = field(default_factory=list)

    async def edit(self, kind: Kind, random: Random) -> None:
        """One edit of one config."""
        match kind:
            case Kind.RENAME:
                config_id, wiring = random.choice(self.configs)
                await self._edit(config_id, {"name": f"{wiring.name} {random.randrange(1000)}"})
            case Kind.SIGN:
                config_id, _ = random.choice([item for item in self.configs if item[1].rule.signs] or self.configs)
                await self._sign(config_id, random)
            case Kind.MOVE_DEST:
                config_id, wiring = random.choice([item for item in self.configs if item[1].spare is not None])
                await self._edit(config_id, {"dest": f"@{random.choice(wiring.dests)}"})
            case _:
                config_id, _ = random.choice(self.configs)
                await self._edit(config_id, {}, account=random.choice(self.scene.accounts))

    async def _sign(self, config_id: ConfigId, random: Random) -> None:
        signs = dict(self.configs)[config_id].rule.signs
        await self._edit(config_id, {"add_text": random.choice(SIGNATURES)} if signs else {"name": "unsigned"})

    async def _edit(self, config_id: ConfigId, changes: dict[str, Any], account: str | None = None) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await edit_config(self.deps, config_id, changes, account=account, actor=ACTOR)
        except (TgforwardError, TimeoutError) as error:
            self.refused.append(f"config {config_id}: {type(error).__name__} {error}")
