"""The names of queues, keys and jobs in Redis; those that begin with `arq:` are arq's own."""

from arq.constants import default_queue_name, in_progress_key_prefix, job_key_prefix, retry_key_prefix

from tgforward.types import AccountId, ConfigId

FUNCTION = "forward_config"
STRAYS_FUNCTION = "finish_strays"
DEFAULT_QUEUE = default_queue_name
SCHEDULER_QUEUE = f"{DEFAULT_QUEUE}:scheduler"
LANE_PREFIX = f"{DEFAULT_QUEUE}:lane:"
JOB_PREFIX = "forward:"

WAKE_PREFIX = "tgforward:wake:"
STRETCH_PREFIX = "tgforward:stretch:"

TAKEN = "tgforward:taken"
"""Hash: config id -> the latest slot that was taken, in Unix milliseconds."""

HOMES = "tgforward:homes"
"""Hash: job id -> the queue it was last put into, so that a config that changes its account does not wait twice."""

QUEUES = "tgforward:queues"
"""Set of the queues that jobs were ever put into."""

LOGINS = "tgforward:logins"
"""Sorted set: whose log-in is under way -> its end, in Unix milliseconds; each has a key of its own beside it."""


def stretch_key(account_id: AccountId) -> str:
    """Where an account's owner tells by how much its intervals are stretched, in milliseconds."""
    return f"{STRETCH_PREFIX}{account_id}"


def lane_queue(account_id: AccountId) -> str:
    """The queue of an account's lane."""
    return f"{LANE_PREFIX}{account_id}"


def wake_channel(queue: str) -> str:
    """Where it is announced that a job has become the first of a queue."""
    return f"{WAKE_PREFIX}{queue}"


def job_id(config_id: ConfigId) -> str:
    """The id of a config's job; there is never more than one."""
    return f"{JOB_PREFIX}{config_id}"


def strays_job_id(config_id: ConfigId, account_id: AccountId) -> str:
    """The id of the job by which an account finishes what it began for a config that has left it."""
    return f"strays:{config_id}:{account_id}"


def health_key(queue: str, host: str) -> str:
    """What a process that serves the queue on a host renews every few seconds."""
    return f"{queue}:health-check:{host}"


def payload_key(job: str) -> str:
    """Where arq keeps what a waiting or running job is to do."""
    return job_key_prefix + job


def in_progress_key(job: str) -> str:
    """The key that exists while a worker runs the job."""
    return in_progress_key_prefix + job


def retry_key(job: str) -> str:
    """Where arq counts the attempts of a job."""
    return retry_key_prefix + job
