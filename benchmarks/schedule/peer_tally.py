"""What every peer's process counts of itself; nothing but the standard library is imported here."""

import json
import sys
import time
from pathlib import Path


class Tally:
    """Runs that were begun in a window of time, which opens after one interval; due times are the peer's own."""

    def __init__(self, entries: int, interval_s: int, seconds: int) -> None:
        self.expected = entries * seconds // interval_s
        self._seconds = seconds
        self.late_ms: list[float] = []
        self._cpu_s = 0.0
        self.begin_after(interval_s)

    def begin_after(self, seconds: float) -> None:
        """Open the window so long from now, instead of what was said before."""
        self.begin = time.time() + seconds
        self.end = self.begin + self._seconds

    def add(self, due: float) -> None:
        """One run begins now; `due` is Unix time."""
        now = time.time()
        if self.begin <= now < self.end:
            self._cpu_s = self._cpu_s or time.process_time()
            self.late_ms.append((now - due) * 1000)

    def write(self) -> None:
        """Print everything as the last line."""
        late = sorted(self.late_ms) or [0.0]
        cpu_s = time.process_time() - self._cpu_s
        found = {f"p{share}_ms": round(late[len(late) * share // 100], 1) for share in (50, 99)}
        found |= {"max_ms": round(late[-1], 1), "begun": len(self.late_ms), "expected": self.expected}
        found |= {
            "cores": round(cpu_s / (self.end - self.begin), 3),
            "mb": _memory_mb(),
        }
        sys.stdout.write(json.dumps(found) + "\n")


def _memory_mb() -> float:
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return round(int(line.split()[1]) / 1024, 1)
