"""The very commands of compose.yaml, run without an engine."""

import asyncio

from tests.compose import health_command, runnable, service_command
from tests.e2e.installation import Installation, deadline, free_port, run, wait_for_text
from tests.e2e.test_main_job import texts


async def test_the_services_commands_forward(servers: Installation) -> None:
    """migrate, scheduler and two workers, as compose starts them, forward; the health checks agree."""
    async with servers.control() as control:
        await control.post("demo_news", "by compose", sender="editor")
        assert run(runnable(service_command("migrate")), servers.environment).code == 0
        assert servers.run("account", "import", "me", stdin=servers.session("operator")).code == 0
        assert servers.run("config", "add", "@demo_news", "@demo_digest", "--history", "-1").code == 0
        scheduler, worker = (runnable(service_command(name)) for name in ("scheduler", "worker"))
        with (
            servers.start(scheduler, "scheduler"),
            servers.start(scheduler, "scheduler2"),
            servers.start(worker, "worker"),
            servers.start(worker, "worker2"),
        ):
            assert await texts(control, 1) == ["by compose"]
            async with deadline():
                for name in ("scheduler", "worker"):
                    while run(runnable(health_command(name)), servers.environment).code:  # noqa: ASYNC110 - a process
                        await asyncio.sleep(0.5)
        counters = await control.counters()
    assert counters["sessions_used_twice"] == 0


def test_the_services_console_answers(servers: Installation) -> None:
    """The command of `web` serves on the stores of the others, and its health check agrees."""
    where = {"TGFORWARD_WEB_PORT": str(free_port()), "TGFORWARD_WEB_URL": "https://console.example"}
    environment = {**servers.environment, **where}
    assert run(runnable(service_command("migrate")), environment).code == 0
    check = runnable(health_command("web"))
    assert run(check, environment).code == 1
    with servers.start(runnable(service_command("web")), "web", **where):
        wait_for_text(servers.directory / "web.log", "web_started")
        assert run(check, environment).code == 0
