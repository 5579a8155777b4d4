"""The demo from an empty folder to the verdict."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from tgforward.demo.articles import NEWS_RULES, PHOTO_RULES, Article, news, photos
from tgforward.demo.console import Entrance, add_person, console_environment, wait_for_console
from tgforward.demo.editor import Source
from tgforward.demo.stage import child, memory_mb, sandbox_process
from tgforward.demo.verification import Verdict, compare, read_posts
from tgforward.forwarding.links import ByUsername
from tgforward.forwarding.message import FormattedText
from tgforward.services.accounts import import_account
from tgforward.services.configs import add_config
from tgforward.services.database import prepare_database
from tgforward.services.deps import Deps, open_deps
from tgforward.services.queues import load_queues
from tgforward.services.status import Status, load_status
from tgforward.settings import Settings
from tgforward.telegram.connection import Connection
from tgforward.telegram.reading import read_back
from tgforward.telegram.resolve import resolve

INTERVAL_S = 1
POST_EVERY_S = 0.5
POST_SLOWLY_S = 3.0
LOOK_EVERY_S = 0.25
CATCH_UP_S = 60.0
PHOTO_HISTORY = 12
EXAMPLES = 3

Show = Callable[[Status], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How long and how much."""

    seconds: float
    messages: int
    """Posts that stand in the sources before the first run."""
    commands: Mapping[str, Sequence[str]]
    """How to start the scheduler and the worker."""
    environment: Mapping[str, str]
    console: Sequence[str] = ()
    """How to start the web console, if it is wanted."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the dest holds in the end."""

    verdict: Verdict
    history: int
    live: int
    skipped: int
    examples: list[tuple[FormattedText, FormattedText | None]]
    memory_mb: dict[str, float | None]
    directory: Path


@dataclass(slots=True)
class Play:
    """One performance; `say` tells the person what happens, `show` draws the table."""

    options: Options
    say: Callable[[str], None]
    show: Show
    directory: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="tgforward-demo-")))
    welcome: Callable[[Entrance], None] = lambda _entrance: None
    """Called when the web console can be opened."""
    stay: Callable[[Result], Awaitable[None]] | None = None
    """Called before the processes end; `--keep` waits here, and the editor goes on meanwhile."""

    async def run(self) -> Result:
        """Start everything, let it work, and compare."""
        async with AsyncExitStack() as stack:
            self.say("starting an MTProto server on this machine (Telethon speaks to it as to Telegram)")
            sandbox = await stack.enter_async_context(sandbox_process(self.directory))
            settings = self._settings(sandbox)
            await prepare_database(settings)
            deps = await stack.enter_async_context(open_deps(settings))
            editor = await deps.open_connection(sandbox["accounts"]["editor"]["session"])
            stack.push_async_callback(editor.close)
            return await self._perform(stack, deps, editor, sandbox)

    async def _perform(
        self, stack: AsyncExitStack, deps: Deps, editor: Connection, sandbox: Mapping[str, Any]
    ) -> Result:
        sources = await self._post_history(editor)
        await self._configure(deps, sandbox)
        self.say("starting scheduler and worker; new messages keep arriving")
        processes = {
            name: await stack.enter_async_context(self._process(name, command, deps.settings))
            for name, command in self.options.commands.items()
        }
        if self.options.console:
            self.welcome(await self._open_console(stack, deps))
        # The windows are fixed by the first runs; what is posted after them is live.
        await self._until(deps, lambda status: all(config.live_cursor is not None for config in status.configs))
        until = [source.top for source in sources]
        await self._post_live(deps, editor, sources)
        tops = [source.top for source in sources]
        await self._until(deps, lambda status: [config.live_cursor for config in status.configs] == tops)
        memory = {name: memory_mb(process) for name, process in processes.items()}
        dest = await resolve(editor, ByUsername("demo_digest"))
        self.say("reading the dest back through Telethon")
        arrived = read_posts(await read_back(editor, dest))
        history = (-1, PHOTO_HISTORY)
        expected = [source.expected(count, top) for source, count, top in zip(sources, history, until, strict=True)]
        result = await self._result(deps, compare(expected, arrived), sources, memory)
        if self.stay is not None:
            async with self._going_on(deps, editor, sources):
                await self.stay(result)
        return result

    async def _open_console(self, stack: AsyncExitStack, deps: Deps) -> Entrance:
        person = await add_person(deps)
        environment = console_environment(self.options.environment)
        web = self._process("web", self.options.console, deps.settings, environment)
        process = await stack.enter_async_context(web)
        return Entrance(await wait_for_console(process, self.directory / "web.log"), *person)

    @asynccontextmanager
    async def _going_on(self, deps: Deps, editor: Connection, sources: Sequence[Source]) -> AsyncIterator[None]:
        """The editor posts now and then, so that there is something to see."""
        posting = asyncio.create_task(self._post_slowly(deps, editor, sources))
        try:
            yield
        finally:
            posting.cancel()
            with suppress(asyncio.CancelledError):
                await posting

    async def _post_slowly(self, deps: Deps, editor: Connection, sources: Sequence[Source]) -> None:
        for source in cycle(sources):
            await source.post(editor)
            self.show(await load_status(deps, partial(load_queues, deps.redis)))
            await asyncio.sleep(POST_SLOWLY_S)

    def _settings(self, sandbox: Mapping[str, Any]) -> Settings:
        return Settings(
            _env_file=None,  # type: ignore[call-arg]  # pydantic-settings: the demo reads nobody's .env
            data_dir=self.directory,
            db_url=None,
            redis_url=None,
            telegram_api_id=sandbox["api_id"],
            telegram_api_hash=sandbox["api_hash"],
            telegram_server=(sandbox["host"], sandbox["port"]),
            telegram_dc_id=sandbox["dc_id"],
            telegram_public_key=sandbox["public_key"],
        )

    def _process(
        self, name: str, command: Sequence[str], settings: Settings, more: Mapping[str, str] | None = None
    ) -> Any:
        assert settings.telegram_server is not None
        assert settings.telegram_api_hash is not None
        log = (self.directory / f"{name}.log").open("ab")
        environment = {
            **{key: value for key, value in self.options.environment.items() if key not in ("DB_URL", "REDIS_URL")},
            "TGFORWARD_DATA_DIR": str(self.directory),
            "TGFORWARD_PACE_ACCOUNT_PER_S": "0",  # the sandbox bears any speed
            "TGFORWARD_PACE_DEST_PER_S": "0",
            "TGFORWARD_READ_PER_S": "0",
            "TGFORWARD_TELEGRAM_API_ID": str(settings.telegram_api_id),
            "TGFORWARD_TELEGRAM_API_HASH": settings.telegram_api_hash.get_secret_value(),
            "TGFORWARD_TELEGRAM_SERVER": ":".join(map(str, settings.telegram_server)),
            "TGFORWARD_TELEGRAM_DC_ID": str(settings.telegram_dc_id),
            "TGFORWARD_TELEGRAM_PUBLIC_KEY": str(settings.telegram_public_key),
            **(more or {}),
        }
        with log:
            return child(list(command), environment, stdout=os.dup(log.fileno()), stderr=os.dup(log.fileno()))

    async def _post_history(self, editor: Connection) -> list[Source]:
        self.say(f"the editor posts {self.options.messages} messages of history to two channels")
        sources = [
            Source(await resolve(editor, ByUsername("demo_news")), news()),
            Source(await resolve(editor, ByUsername("demo_photos")), photos()),
        ]
        for number in range(self.options.messages):
            await sources[number % len(sources)].post(editor)
        return sources

    async def _configure(self, deps: Deps, sandbox: Mapping[str, Any]) -> None:
        self.say("the operator's account is imported, two configs are added")
        session = sandbox["accounts"]["operator"]["session"]
        await import_account(deps, "operator", session, actor="demo")
        for source, history, rules in (("@demo_news", -1, NEWS_RULES), ("@demo_photos", PHOTO_HISTORY, PHOTO_RULES)):
            fields = {"interval_second": INTERVAL_S, "forward_history_count": history, "name": source[1:], **rules}
            await add_config(deps, source=source, dest="@demo_digest", account=None, fields=fields, actor="demo")

    async def _post_live(self, deps: Deps, editor: Connection, sources: Sequence[Source]) -> None:
        loop = asyncio.get_running_loop()
        end, next_post, turn = loop.time() + self.options.seconds, loop.time(), 0
        while loop.time() < end:
            if loop.time() >= next_post:
                await sources[turn % len(sources)].post(editor)
                next_post, turn = next_post + POST_EVERY_S, turn + 1
            self.show(await load_status(deps, partial(load_queues, deps.redis)))
            await asyncio.sleep(LOOK_EVERY_S)

    async def _until(self, deps: Deps, is_reached: Callable[[Status], bool]) -> None:
        """Wait, but not for ever: what is missing in the end is reported as lost."""
        loop = asyncio.get_running_loop()
        end = loop.time() + CATCH_UP_S
        while loop.time() < end:
            status = await load_status(deps, partial(load_queues, deps.redis))
            self.show(status)
            if is_reached(status):
                return
            await asyncio.sleep(LOOK_EVERY_S)

    async def _result(
        self, deps: Deps, verdict: Verdict, sources: Sequence[Source], memory: dict[str, float | None]
    ) -> Result:
        status = await load_status(deps, partial(load_queues, deps.redis))
        return Result(
            verdict=verdict,
            history=sum(config.history_forwarded for config in status.configs),
            live=sum(config.live_forwarded for config in status.configs),
            skipped=sum(config.skipped for config in status.configs),
            examples=[(article.before, article.after) for article in _examples(sources)],
            memory_mb=memory,
            directory=self.directory,
        )


def _examples(sources: Sequence[Source]) -> list[Article]:
    """Articles that the rules changed, each in another way."""
    articles = [article for source in sources for _, article in source.posted]
    changed = [article for article in articles if article.before != article.after or article.has_line]
    by_length = {article.after is None: article for article in changed}
    picked = [*by_length.values(), *sorted(changed, key=lambda article: -len(article.before.text))]
    return list(dict.fromkeys(picked))[:EXAMPLES]
