"""The prompt, and the same from plain Python."""

import sys

import pexpect

from tests.compose import ROOT
from tests.e2e.installation import Installation, run
from tests.e2e.test_main_job import WORKER, set_up, texts

PLAIN = """
import asyncio
from tgforward.queue import connect

async def main():
    redis = await connect()
    job = await redis.enqueue_job("forward_config", 1)
    print(job is not None)
    await redis.aclose()

asyncio.run(main())
"""


async def test_the_prompt_enqueues_with_top_level_await(embedded: Installation) -> None:
    """`await enqueue(1)` runs config 1; session, select, models, redis and queue_depth are there."""
    async with embedded.control() as control:
        await control.post("demo_news", "from the prompt", sender="editor")
        set_up(embedded, "--history", "-1")
        with embedded.start(WORKER, "worker"):
            child = pexpect.spawn(
                sys.executable, ["-m", "tgforward", "shell"], cwd=str(ROOT), encoding="utf-8", timeout=30,
                env={**embedded.environment, "TERM": "dumb", "IPYTHONDIR": str(embedded.directory / "ipython")},
            )  # fmt: skip
            child.expect("await enqueue")
            child.expect(r"In \[1\]")
            child.sendline("await enqueue(1)")
            child.expect(r"Enqueued\(config_id=1, is_new=True\)")
            assert await texts(control, 1) == ["from the prompt"]
            child.sendline("async with session() as s: print(len((await s.scalars(select(TGForwardConfig))).all()))")
            child.sendline("")
            child.expect("\n1\r")
            child.sendline("print('depth', (await queue_depth())['arq:queue'])")
            child.expect("\ndepth 0\r")
            child.sendline("exit")
            child.expect(pexpect.EOF)
            child.close()
    assert child.exitstatus == 0


async def test_plain_python_enqueues(embedded: Installation) -> None:
    """`connect()` finds the private Redis, and arq's own enqueue_job runs a config through the worker."""
    async with embedded.control() as control:
        await control.post("demo_news", "from a script", sender="editor")
        set_up(embedded, "--history", "-1")
        with embedded.start(WORKER, "worker"):
            while (done := run([sys.executable, "-c", PLAIN], embedded.environment)).code != 0:
                assert "does not answer" in done.err or "tgforward up" in done.err, done.err
            assert done.out == "True\n"
            assert await texts(control, 1) == ["from a script"]
