"""The names of queues, keys and jobs in Redis; those that begin with `arq:` are arq's own."""

from arq.constants import default_queue_name, in_progress_key_prefix, job_key_prefix, retry_key_prefix

from tgforward.types import AccountId, ConfigId

FUNCTION = "forward_config"
STRAYS_FUNCTION = "finish_strays"
DEFAULT_QUEUE = default_queue_name
SCHEDULER_QUEUE = f"{DEFAULT_QUEUE}:scheduler"
LANE_PREFIX = f"{DEFAULT_QUEUE}:lane:"
JOB_PREFIX = "forward:"

SLOTS = "tgforward:slots"
"""Sorted set: config id -> the latest slot that was taken, in Unix milliseconds."""

HOMES = "tgforward:homes"
"""Hash: job id -> the queue it waits in, so that a config that changes its account does not wait twice."""

QUEUES = "tgforward:queues"
"""Set of the queues that jobs were ever put into."""


def lane_queue(account_id: AccountId) -> str:
    """The queue of an account's lane."""
    return f"{LANE_PREFIX}{account_id}"


def job_id(config_id: ConfigId) -> str:
    """The id of a config's job; there is never more than one."""
    return f"{JOB_PREFIX}{config_id}"


def strays_job_id(config_id: ConfigId, account_id: AccountId) -> str:
    """The id of the job by which an account finishes what it began for a config that has left it."""
    return f"strays:{config_id}:{account_id}"


def payload_key(job: str) -> str:
    """Where arq keeps what a waiting or running job is to do."""
    return job_key_prefix + job


def in_progress_key(job: str) -> str:
    """The key that exists while a worker runs the job."""
    return in_progress_key_prefix + job


def retry_key(job: str) -> str:
    """Where arq counts the attempts of a job."""
    return retry_key_prefix + job
