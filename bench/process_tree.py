"""CPU time and memory of processes and all their descendants, from Linux's /proc."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat behind the command's name: the parent; the times, own and of children that were waited for.
_PARENT, _TIMES = 1, slice(11, 15)


def cpu_seconds(*pids: int) -> float:
    """Return the CPU time that the trees have used, with that of descendants that have ended."""
    return sum(sum(map(int, fields[_TIMES])) for fields in _trees(pids).values()) / _TICKS


def pss_mb(*pids: int) -> float:
    """Return the trees' memory as PSS in MB: what several processes share is counted once."""
    return sum(_pss_kb(member) for member in _trees(pids)) / 1024


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        # It has just ended.
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _trees(pids: Sequence[int]) -> dict[int, list[str]]:
    """Return the fields of /proc/PID/stat of the processes and their descendants."""
    everything = dict(_stats())
    members = set(pids)
    grew = True
    while grew:
        children = {other for other, fields in everything.items() if int(fields[_PARENT]) in members}
        grew = not children <= members
        members |= children
    return {member: everything[member] for member in members if member in everything}


def _stats() -> Iterator[tuple[int, list[str]]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                yield int(folder.name), (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue


@dataclass
class Peak:
    """The most memory that was seen, in MB."""

    mb: float = 0.0


@contextmanager
def measuring_peak(*pids: int, every_s: float = 1.0) -> Iterator[Peak]:
    """Measure the trees' memory at intervals until the block ends."""
    peak, ended = Peak(), threading.Event()

    def measure() -> None:
        while not ended.wait(every_s):
            peak.mb = max(peak.mb, pss_mb(*pids))

    thread = threading.Thread(target=measure)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()
        peak.mb = max(peak.mb, pss_mb(*pids))


def cpu_percent(pid: int, seconds: float) -> float:
    """Return how much of one core the tree uses over so many seconds from now, in percent."""
    before = cpu_seconds(pid)
    time.sleep(seconds)  # the span that is measured
    return (cpu_seconds(pid) - before) / seconds * 100
