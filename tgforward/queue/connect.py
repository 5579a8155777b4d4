"""From a Redis URL, or from the settings, to a connection that takes jobs."""

from urllib.parse import ParseResult, parse_qs, unquote, urlparse

from arq import ArqRedis
from arq.connections import RedisSettings
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from tgforward.errors import InvalidSettings, RedisUnreachable
from tgforward.queue.closed import tell_closed
from tgforward.queue.codec import deserialize, serialize
from tgforward.queue.embedded import embedded_url
from tgforward.queue.failures import place_of
from tgforward.settings import EXAMPLES, load_settings

Redis = ArqRedis
"""A connection pool; what other rooms call it."""

CONNECT_S = 3
ANSWER_S = 15  # our longest script takes milliseconds; a frozen server must not freeze its clients
MIN_VERSION = (6, 2)  # ZADD GT
_SCHEMES = ("redis", "rediss", "unix")


class QuietRedisSettings(RedisSettings):
    """arq's settings, whose `repr` does not show the password; connecting is tried once."""

    def __repr__(self) -> str:
        return f"<Redis at {_place(self)}>"


def redis_settings(url: str) -> RedisSettings:
    """What arq needs to connect to a `redis://`, `rediss://` or `unix://` URL.

    Raises:
        InvalidSettings: the URL cannot be read; the message does not quote it, since it may hold a password.
    """
    try:
        return _settings_of(urlparse(url))
    except ValueError as exc:
        raise InvalidSettings(f"REDIS_URL is wrong ({exc}): set it, for example {EXAMPLES['redis_url']}") from None


async def connect(url: str | None = None) -> ArqRedis:
    """A connection pool on which `enqueue_job` works; end it with `await redis.aclose()`.

    Without `url` the settings say where: `REDIS_URL`, else the private server of the data directory, which
    `tgforward up` or another command must have started.

    Raises:
        InvalidSettings: the URL cannot be read.
        RedisUnreachable: no server answers there, or it refuses the password, or is too old.
    """
    redis = open_pool(redis_settings(configured_url() if url is None else url))
    try:
        await _check(redis)
    except BaseException:
        await redis.aclose()
        raise
    return redis


def open_pool(settings: RedisSettings) -> ArqRedis:
    """A pool that speaks MessagePack; nothing is connected yet, and a command that fails is not repeated."""
    redis = ArqRedis(
        job_serializer=serialize,
        job_deserializer=deserialize,
        host=settings.host,
        port=settings.port,
        unix_socket_path=settings.unix_socket_path,
        db=settings.database,
        username=settings.username,
        password=settings.password,
        ssl=settings.ssl,
        ssl_ca_certs=settings.ssl_ca_certs,
        ssl_cert_reqs=settings.ssl_cert_reqs,
        ssl_check_hostname=settings.ssl_check_hostname,
        socket_connect_timeout=CONNECT_S,
        socket_timeout=ANSWER_S,
    )
    return tell_closed(redis)


def configured_url() -> str:
    """The URL in the settings, else that of the data directory's private server."""
    settings = load_settings()
    if settings.redis_url is not None:
        return settings.redis_url.get_secret_value()
    return embedded_url(settings.data_dir)


async def _check(redis: ArqRedis) -> None:
    place = place_of(redis)
    try:
        await redis.ping()
        version = (await redis.info("server")).get("redis_version", "")
    except NoPermissionError:
        return  # the user may not ask for the version; the commands that matter will tell
    except (RedisError, OSError) as exc:
        raise RedisUnreachable(f"Redis at {place} {_complaint(exc)}") from exc
    if _numbers(version) < MIN_VERSION:
        raise RedisUnreachable(f"Redis at {place} is version {version}: 6.2 or newer is needed")


def _complaint(error: Exception) -> str:
    """Redis 6.2 refuses a log-in while redis-py introduces itself, which wraps the reason."""
    if isinstance(error, AuthenticationError) or isinstance(error.__cause__, AuthenticationError):
        return "refuses the log-in: correct REDIS_URL"
    return "does not answer: start it, or correct REDIS_URL; without REDIS_URL `tgforward up` starts a private one"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _settings_of(parsed: ParseResult) -> RedisSettings:
    if parsed.scheme not in _SCHEMES:
        raise ValueError("it must begin with redis://, rediss:// or unix://")
    options = {name: values[-1] for name, values in parse_qs(parsed.query).items()}
    path = unquote(parsed.path)
    is_unix = parsed.scheme == "unix"
    if is_unix and not path.startswith("/"):
        raise ValueError("it must name a socket, such as unix:///run/redis.sock")
    return QuietRedisSettings(
        host=parsed.hostname or "localhost",
        port=_port(parsed),
        unix_socket_path=path if is_unix else None,
        database=_database(options.get("db") or ("" if is_unix else path.strip("/"))),
        username=unquote(parsed.username) if parsed.username else None,
        password=unquote(parsed.password) if parsed.password else None,
        ssl=parsed.scheme == "rediss",
        ssl_ca_certs=options.get("ssl_ca_certs"),
        ssl_cert_reqs=options.get("ssl_cert_reqs", "required"),
        ssl_check_hostname=options.get("ssl_check_hostname", "").lower() in ("1", "true", "yes"),
        conn_timeout=CONNECT_S,
        conn_retries=0,
    )


def _port(parsed: ParseResult) -> int:
    try:
        return parsed.port or 6379
    except ValueError:
        raise ValueError("the port is no number up to 65535") from None


def _database(text: str) -> int:
    if text and not text.isdigit():
        raise ValueError("the database is no number")
    return int(text or 0)


def _place(settings: RedisSettings) -> str:
    return settings.unix_socket_path or f"{settings.host}:{settings.port}"
