"""From a URL to a connection."""

import time
from pathlib import Path

import pytest
from arq.connections import RedisSettings

from tests.fixtures.redis import RedisServer
from tgforward.errors import InvalidSettings, RedisUnreachable
from tgforward.queue import connect
from tgforward.queue.connect import redis_settings
from tgforward.queue.embedded import EmbeddedRedis, embedded_directory


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://localhost", ("localhost", 6379, None, 0, None, None, False)),
        ("redis://h:7000/3", ("h", 7000, None, 3, None, None, False)),
        ("redis://h?db=4", ("h", 6379, None, 4, None, None, False)),
        ("redis://me:p%40ss%2Fw@h/1", ("h", 6379, None, 1, "me", "p@ss/w", False)),
        ("redis://:pw@[::1]:7000/0", ("::1", 7000, None, 0, None, "pw", False)),
        ("rediss://h", ("h", 6379, None, 0, None, None, True)),
        ("unix:///run/my%20redis.sock?db=2", ("localhost", 6379, "/run/my redis.sock", 2, None, None, False)),
    ],
)
def test_url_is_understood(url: str, expected: tuple[object, ...]) -> None:
    """Each part of a URL arrives, with percent signs decoded."""
    got = redis_settings(url)
    assert isinstance(got, RedisSettings)
    assert (
        got.host,
        got.port,
        got.unix_socket_path,
        got.database,
        got.username,
        got.password,
        got.ssl,
    ) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:6379",
        "http://user:s3cret@h",
        "redis://user:s3cret@h:port/0",
        "redis://user:s3cret@h:99999/0",
        "redis://user:s3cret@h/first",
        "redis://user:s3cret@[::1/0",
        "unix://redis.sock",
    ],
)
def test_wrong_url_is_one_sentence(url: str) -> None:
    """A URL that cannot be read is refused by a sentence with an example, and without the URL's password."""
    with pytest.raises(
        InvalidSettings, match=r"^REDIS_URL is wrong \(.+\): set it, for example REDIS_URL=redis://"
    ) as e:
        redis_settings(url)
    assert "s3cret" not in str(e.value)


def test_repr_hides_the_password() -> None:
    """The settings can be printed."""
    assert repr(redis_settings("redis://me:s3cret@h:1/0")) == "<Redis at h:1>"


@pytest.mark.parametrize("url", ["redis://me:s3cret@127.0.0.1:1/0", "unix:///nowhere/redis.sock"])
async def test_unreachable_is_fast_and_quiet(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A server that is not there is one sentence, at once, with nothing else on the console."""
    began = time.monotonic()
    with pytest.raises(RedisUnreachable, match="does not answer: start it, or correct REDIS_URL") as caught:
        await connect(url)
    assert time.monotonic() - began < 1
    assert "s3cret" not in str(caught.value)
    assert capsys.readouterr() == ("", "")


async def test_refused_password(redis_server: RedisServer) -> None:
    """A server that refuses the log-in is told apart from one that is away."""
    with redis_server.client() as client:
        client.config_set("requirepass", "right")
    with pytest.raises(RedisUnreachable, match="refuses the log-in"):
        await connect(redis_server.url)
    redis = await connect(redis_server.url.replace("unix://", "unix://:right@"))
    assert await redis.ping()
    await redis.aclose()


async def test_version_may_be_hidden(redis_server: RedisServer) -> None:
    """A server without INFO rights is used, since only its version is unknown."""
    with redis_server.client() as client:
        client.execute_command("ACL", "SETUSER", "app", "on", ">pw", "~*", "+@all", "-info")
    redis = await connect(redis_server.url.replace("unix://", "unix://app:pw@"))
    assert await redis.ping()
    await redis.aclose()


async def test_environment_names_the_server(redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without an argument the connection goes where REDIS_URL says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDIS_URL", redis_url)
    redis = await connect()
    job = await redis.enqueue_job("forward_config", 1)
    assert job is not None
    assert await redis.zcard("arq:queue") == 1
    await redis.aclose()


async def test_without_url_the_private_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without REDIS_URL the connection goes to the data directory's private server, once it is started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.delenv("TGFORWARD_REDIS_URL", raising=False)
    monkeypatch.setenv("TGFORWARD_DATA_DIR", str(tmp_path))
    with pytest.raises(RedisUnreachable, match="`tgforward up` starts a private one"):
        await connect()
    with EmbeddedRedis(embedded_directory(tmp_path)):
        redis = await connect()
        assert await redis.ping()
        await redis.aclose()
