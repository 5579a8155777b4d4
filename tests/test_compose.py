import json
import re
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from arq.cli import cli as arq_command
from dotenv import dotenv_values
from jsonschema import Draft202012Validator, ValidationError
from redis import Redis, RedisError

from tests.command_words import parse_tgforward
from tests.compose import ROOT, health_command, load_compose, runnable, service, service_command
from tests.fixtures import needs
from tests.settings_names import variable_names
from tgforward.cli.processes import SCHEDULER, WORKER
from tgforward.errors import RedisUnreachable
from tgforward.queue.server_binary import find_server
from tgforward.settings import Settings

OURS = ("migrate", "scheduler", "worker", "web", "tgforward")
PROCESSES = ("scheduler", "worker", "web")
SCALED = ("scheduler", "worker")
STORES = ("mysql", "redis")
MONITORING = ("prometheus", "grafana")
FOR_THE_STORES = {"MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"}
SECRETS = {"TGFORWARD_SECRET_KEY", "TGFORWARD_TELEGRAM_API_HASH", *FOR_THE_STORES}
EXAMPLE = ROOT / ".env.example"


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads((ROOT / "tests/data/compose-spec.json").read_text()))


def test_compose_file_follows_the_specification(schema: Draft202012Validator) -> None:
    """compose.yaml is valid by the JSON schema of the Compose Specification."""
    schema.validate(load_compose())


@pytest.mark.parametrize(
    ("key", "value"),
    [("comand", ["tgforward"]), ("restart", True), ("healthcheck", {"test": 1}), ("depends_on", {"mysql": {}})],
)
def test_compose_schema_can_refuse(schema: Draft202012Validator, key: str, value: object) -> None:
    """A service with a mistyped key or a value of the wrong kind is refused."""
    compose = load_compose()
    compose["services"]["worker"][key] = value

    with pytest.raises(ValidationError):
        schema.validate(compose)


@pytest.mark.parametrize("name", OURS)
def test_command_of_each_service_exists(name: str) -> None:
    """What a container of ours runs is a command of this checkout, with options that it has."""
    _parse(service_command(name))


@pytest.mark.parametrize(("name", "settings_class"), [("scheduler", SCHEDULER), ("worker", WORKER)])
def test_processes_run_what_the_command_line_runs(name: str, settings_class: str) -> None:
    """A container starts its process with the very command that `tgforward up` uses, and asks after that process."""
    assert service_command(name) == ["python", "-m", "arq", settings_class]
    assert health_command(name) == ["tgforward", "health", name]
    _parse(health_command(name))


def test_commands_run_by_the_interpreter_of_the_tests() -> None:
    """The migration of compose.yaml runs without an engine, by the interpreter that runs the tests."""
    command = [*runnable(service_command("migrate")), "--help"]

    assert "replicas" in subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", PROCESSES)
def test_processes_start_after_the_migration(name: str) -> None:
    """A process waits for the schema and for both stores."""
    conditions = {other: item["condition"] for other, item in service(name)["depends_on"].items()}

    assert conditions == {
        "migrate": "service_completed_successfully",
        "mysql": "service_healthy",
        "redis": "service_healthy",
    }
    assert service("migrate")["depends_on"]["mysql"]["condition"] == "service_healthy"


@pytest.mark.parametrize("name", [*PROCESSES, *STORES, *MONITORING])
def test_what_runs_for_ever_is_watched_and_started_again(name: str) -> None:
    """A container that is to run for ever has a health check, a restart policy and time to end."""
    assert service(name)["restart"] == "unless-stopped"
    assert service(name)["healthcheck"]["test"][0] == "CMD"
    assert service(name)["stop_grace_period"]


@pytest.mark.parametrize("name", SCALED)
def test_processes_can_be_scaled(name: str) -> None:
    """Nothing in a process's service may exist only once on a machine, so that `--scale` works."""
    assert not {"container_name", "ports", "hostname", "network_mode"} & service(name).keys()


def test_the_console_is_for_this_machine_until_somebody_publishes_it() -> None:
    """It is reached by the name that it believes in, on loopback alone, and asked for its health by that name."""
    written, example = service("web"), dotenv_values(EXAMPLE)
    (port,) = written["ports"]

    assert service_command("web") == ["tgforward", "web"]
    assert health_command("web") == ["tgforward", "health", "web"]
    assert port == f"127.0.0.1:8080:{written['environment']['TGFORWARD_WEB_PORT']}"
    assert written["environment"]["TGFORWARD_WEB_URL"] == f"${{TGFORWARD_WEB_URL:-{example['TGFORWARD_WEB_URL']}}}"


@pytest.mark.parametrize("name", PROCESSES)
def test_metrics_can_be_scraped_in_the_network_of_the_containers(name: str) -> None:
    """Each process serves them at the same port of its own address."""
    values = service(name)["environment"]

    assert (values["TGFORWARD_METRICS_PORT"], values["TGFORWARD_METRICS_HOST"]) == (9464, "0.0.0.0")  # noqa: S104


@pytest.mark.parametrize("name", MONITORING)
def test_monitoring_is_asked_for_and_seen_on_this_machine_only(name: str) -> None:
    """It starts with its profile, is published on loopback, and mounts files that exist and cannot be changed."""
    written = service(name)
    mounts = [volume.split(":") for volume in written["volumes"]]

    assert written["profiles"] == ["monitoring"]
    assert all(port.startswith("127.0.0.1:") for port in written["ports"])
    for source, *_, last in mounts:
        if source.startswith("."):
            assert (ROOT / source).is_dir()
            assert last == "ro"
        else:
            assert source in load_compose()["volumes"]


def test_nobody_administers_grafana() -> None:
    """Whoever reaches it may look; there is no account with a known password."""
    environment = service("grafana")["environment"]

    assert environment["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    assert environment["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"


def test_two_schedulers_run() -> None:
    """One scheduler may die without a slot being missed."""
    assert service("scheduler")["deploy"]["replicas"] == 2


@pytest.mark.parametrize("name", STORES)
def test_stores_keep_their_data_and_are_not_published(name: str) -> None:
    """A store's data outlives its container, and nobody reaches it from outside."""
    volumes = [volume.split(":")[0] for volume in service(name)["volumes"]]

    assert set(volumes) <= load_compose()["volumes"].keys()
    assert "ports" not in service(name)


def test_secrets_come_from_the_env_file_alone() -> None:
    """No password is written into compose.yaml, and ours never see that of MySQL's root."""
    for name in ("MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"):
        assert service("mysql")["environment"][name].startswith("${" + name + ":?")
    for name in OURS:
        assert service(name)["env_file"] == ".env"
        assert service(name)["environment"]["MYSQL_ROOT_PASSWORD"] == ""


def test_variables_of_the_compose_file_are_in_the_example() -> None:
    """Whoever fills in the example has given every variable that compose.yaml asks for."""
    wanted = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))

    assert wanted
    assert wanted <= dotenv_values(EXAMPLE).keys()


def test_example_names_only_variables_that_exist() -> None:
    """Every variable of .env.example, also where it is commented out, is read by somebody."""
    named = set(re.findall(r"^#?(\w+)=", EXAMPLE.read_text(), re.MULTILINE))

    assert named >= {"DB_URL", "REDIS_URL", *SECRETS}
    assert named <= {*variable_names(), *FOR_THE_STORES}


def test_example_holds_no_secret() -> None:
    """The secrets in .env.example are left for the reader to fill in."""
    values = dotenv_values(EXAMPLE)

    assert {name for name in SECRETS if values[name]} == set()


def test_filled_example_gives_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """.env.example with its blanks filled in points tgforward at the services of compose.yaml."""
    for name in (*variable_names(), *FOR_THE_STORES):
        monkeypatch.delenv(name, raising=False)
    text = EXAMPLE.read_text().replace("API_ID=\n", "API_ID=12345\n")
    filled = tmp_path / ".env"
    filled.write_text(re.sub(r"^(\w+)=$", r"\1=filled", text, flags=re.MULTILINE))

    settings = Settings(_env_file=filled)  # type: ignore[call-arg]  # pydantic-settings' own argument

    assert settings.telegram_api_id == 12345
    assert settings.database_url == "mysql+asyncmy://tgforward:filled@mysql:3306/tgforward?charset=utf8mb4"
    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value() == "redis://redis:6379/0"


def test_redis_of_the_compose_file_never_drops_a_job(compose_redis: Redis) -> None:
    """A Redis with the options of compose.yaml writes every change to disk and evicts nothing."""
    config: dict[str, Any] = compose_redis.config_get("*")  # type: ignore[assignment]  # redis-py: sync or async

    assert config["appendonly"] == "yes"
    assert config["maxmemory-policy"] == "noeviction"
    assert config["save"] == ""


@pytest.fixture
def compose_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    try:
        server = find_server()
    except RedisUnreachable as error:
        needs.unavailable("redis", str(error))
    program, *options = service_command("redis")
    assert program == "redis-server"
    folder = tmp_path_factory.mktemp("r")
    here = ["--port", "0", "--unixsocket", "redis.sock", "--logfile", "redis.log"]
    process = subprocess.Popen([str(server), *options, *here], cwd=folder)
    try:
        with Redis(unix_socket_path=str(folder / "redis.sock"), decode_responses=True) as redis:
            _wait_ready(redis, process)
            yield redis
    finally:
        process.terminate()
        process.wait()


def _wait_ready(redis: Redis, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            redis.ping()
        except RedisError:
            time.sleep(0.01)
        else:
            return
    pytest.fail(f"redis-server ended with code {process.returncode}")


def test_image_is_built_in_stages_and_runs_without_rights() -> None:
    """The image leaves the build tools behind and does not run as root."""
    instructions = _dockerfile()

    assert [word for word, _ in instructions].count("FROM") == 2
    assert [value for word, value in instructions if word == "USER"] == ["tgforward"]
    assert not {"COPY", "ADD", "RUN"} & {word for word, _ in instructions[instructions.index(("USER", "tgforward")) :]}


def test_image_puts_our_packages_first_on_the_path() -> None:
    """PYTHONPATH names the folder into which our packages are installed, so that no other `worker` package wins."""
    instructions = "\n".join(f"{word} {value}" for word, value in _dockerfile())

    assert "pip install --no-deps --target /opt/tgforward ." in instructions
    assert "PYTHONPATH=/opt/tgforward" in instructions


def test_image_is_built_from_files_that_exist() -> None:
    """What the Dockerfile copies exists and is not held back by .dockerignore."""
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert {path.rstrip("/") for path in _copied()} == sent
    assert [path for path in sent if not (ROOT / path).exists()] == []


def test_image_holds_everything_that_the_wheel_needs() -> None:
    """The packages, the migrations and the files that pyproject.toml names are copied into the build."""
    wheel = {"tgforward", "worker", "scheduler", "alembic", "README.md", "LICENSE", "pyproject.toml"}

    assert wheel <= {path.rstrip("/") for path in _copied()}


def _parse(command: list[str]) -> None:
    match command:
        case ["python", "-m", "arq", settings_class, *options]:
            assert settings_class in {SCHEDULER, WORKER}
            assert find_spec(settings_class.split(".")[0]) is not None
            arq_command.make_context("arq", [settings_class, *options])
        case ["tgforward", *words]:
            parse_tgforward(words)
        case _:
            pytest.fail(f"{command} is no command of ours")


def _dockerfile() -> list[tuple[str, str]]:
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    pairs = [line.split(maxsplit=1) for line in lines if line.strip() and not line.startswith("#")]
    return [(word, value) for word, value in pairs]


def _copied() -> list[str]:
    """The paths that the Dockerfile takes from the checkout."""
    copies = [value.split() for word, value in _dockerfile() if word == "COPY" and "--from" not in value]
    return [source for *sources, _ in copies for source in sources]
