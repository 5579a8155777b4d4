"""`python -m benchmarks.chaos`: the crash test as a command."""

import argparse
import asyncio
import json
import secrets
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.chaos.options import DATABASES, SABOTAGES, Options
from benchmarks.chaos.performance import perform
from benchmarks.chaos.report import holds, make_report
from tgforward.errors import TgforwardError

FAILED, UNUSABLE, INTERRUPTED = 1, 2, 130


def main(words: Sequence[str] | None = None) -> int:
    """The exit code: 0 if every figure is within its bound."""
    arguments = _parser().parse_args(words)
    options = _options(arguments)
    _say(f"seed {options.seed}: replay with --seed {options.seed} and the same numbers")
    report, code = None, FAILED
    try:
        report = asyncio.run(_perform(options))
    except* TgforwardError as errors:
        _say(f"error: {_first(errors)}")
        code = UNUSABLE
    except* TimeoutError:
        _say(f"error: something hung: the test did not end within {options.limit_s:.0f} s; read the logs (--keep)")
        code = UNUSABLE
    except* (KeyboardInterrupt, asyncio.CancelledError):
        _say("interrupted; everything is ended and removed")
        code = INTERRUPTED
    if report is None:
        return code
    sys.stdout.write(json.dumps(report) + "\n" if arguments.json else _table(report))
    return 0 if holds(report) else FAILED


async def _perform(options: Options) -> dict[str, Any]:
    task = asyncio.current_task()
    assert task is not None
    requests = iter([task.cancel])  # a second signal must not interrupt the tidying up
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, lambda: next(requests, bool)())
    return make_report(await perform(options, _say))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.chaos", description="Lets everything fail and counts what was lost."
    )
    parser.add_argument("--db", choices=DATABASES, default="sqlite", help="mysql: a private MariaDB")
    parser.add_argument("--messages", type=_count, default=5000, help="posted to the sources in all")
    parser.add_argument("--kills", type=_count, default=50, help="kill -9 of workers and schedulers")
    parser.add_argument("--accounts", type=_count, default=6)
    parser.add_argument("--workers", type=_count, default=3)
    parser.add_argument("--schedulers", type=_count, default=2)
    parser.add_argument("--seed", type=int, help="what is posted and what fails when; default: any")
    parser.add_argument("--sabotage", choices=SABOTAGES, help="break the workers first: the test must notice")
    parser.add_argument(
        "--no-stock-arq", dest="with_stock_arq", action="store_false", help="leave the comparison out; saves 15 s"
    )
    parser.add_argument("--keep", type=Path, metavar="DIRECTORY", help="copy logs and database there")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too few: at least 1")
    return number


def _options(arguments: argparse.Namespace) -> Options:
    values = {name: value for name, value in vars(arguments).items() if name != "json"}
    seed = secrets.randbelow(2**31) if arguments.seed is None else arguments.seed
    return Options(**{**values, "seed": seed})


def _table(report: Mapping[str, Any]) -> str:
    lines = [
        f"{bound['name']:24}{bound['figure']!s:>10}  {bound['bound']:10}{_word(bound)}" for bound in report["bounds"]
    ]
    plain = ("forwarded", "recoveries", "recovery_p50_s", "stock_arq_recovery_s", "duration_s")
    lines += [f"{name:24}{report[name]!s:>10}" for name in plain]
    return "\n".join([*lines, *report["examples"], ""])


def _word(bound: Mapping[str, Any]) -> str:
    return "holds" if bound["holds"] else "BROKEN"


def _first(error: BaseException) -> BaseException:
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def _say(text: str) -> None:
    sys.stderr.write(f"chaos: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
