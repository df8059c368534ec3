"""Start of commands: `araldo --help` and `araldo up` compared with `python -c pass`."""

from __future__ import annotations

import http.client
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROUNDS = 7
HOST = "127.0.0.1"
_POLL_S = 0.005
_GIVE_UP_S = 60.0

# Seconds, seconds of CPU, and the peak of resident memory in MB.
Start = tuple[float, float, float]

# Prints the process's peak when it ends. What the kernel reports to its parent counts the parent's memory too.
_PEAK = """
import atexit, runpy, sys
def peak():
    print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
atexit.register(peak)
"""
_NOTHING = "pass"
_HELP = "sys.argv = ['araldo', *sys.argv[1:]]; runpy.run_module('araldo', run_name='__main__', alter_sys=True)"


def run(arguments: Sequence[str]) -> tuple[float, float]:
    """Run Python until it ends; return the seconds it took, and those of CPU."""
    began, used = time.perf_counter(), cpu_of_ended()
    done = subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, timeout=_GIVE_UP_S, check=False)
    seconds = time.perf_counter() - began
    assert done.returncode == 0, arguments
    return seconds, cpu_of_ended() - used


def cpu_of_ended() -> float:
    """Return the seconds of CPU that all processes used that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_mb(code: str, *words: str) -> float:
    """Run code in Python until it ends and return its peak of resident memory in MB."""
    command = [sys.executable, "-c", _PEAK + code, *words]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=_GIVE_UP_S, check=True)
    return int(done.stderr.split()[-1]) / 1024


def start_nothing() -> Start:
    return *run(["-c", "pass"]), peak_mb(_NOTHING)


def start_help(*words: str) -> Start:
    return *run(["-m", "araldo", *words, "--help"]), peak_mb(_HELP, *words, "--help")


def start_up(folder: Path) -> Start:
    """Start `araldo up` on a data folder and return what it took until `/health` had answered."""
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("ARALDO_")}
    env |= {"ARALDO_DATA_DIR": str(folder), "ARALDO_PORT": str(port)}
    began = time.perf_counter()
    with (folder.parent / "up.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "araldo", "up"], env=env, stdout=log, stderr=log)
    try:
        wait_for_health(port, process, give_up=began + _GIVE_UP_S)
        seconds = time.perf_counter() - began
        cpu, peak = cpu_and_peak_of(process.pid)
    finally:
        process.terminate()
        process.wait(_GIVE_UP_S)
    return seconds, cpu, peak


def cpu_and_peak_of(pid: int) -> tuple[float, float]:
    """Return the seconds of CPU that a process has used so far, and its peak of resident memory in MB (proc(5))."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    peak_kb = Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), int(peak_kb) / 1024


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def wait_for_health(port: int, process: subprocess.Popen[bytes], *, give_up: float) -> None:
    """Return when `/health` has answered 200. Raises OSError when it does not."""
    while True:
        connection = http.client.HTTPConnection(HOST, port, timeout=_GIVE_UP_S)
        try:
            connection.request("GET", "/api/v1/health")
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            return
        except OSError:
            if process.poll() is not None or time.perf_counter() > give_up:
                raise
            time.sleep(_POLL_S)  # between two looks at whether it answers
        finally:
            connection.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds: dict[str, Callable[[], Start]] = {
            "`python -c pass`": start_nothing,
            "`araldo --help`": start_help,
            "`araldo keys create --help`": lambda: start_help("keys", "create"),
            "`araldo up`, first start": lambda: start_up(Path(tempfile.mkdtemp(dir=folder)) / "data"),
            "`araldo up`": lambda: start_up(folder / "data"),
        }
        # Compile all modules, and make the data folder of the last kind.
        start_up(folder / "data")
        # In turns, so that other load slows all equally.
        starts: dict[str, list[Start]] = {kind: [] for kind in kinds}
        for _ in range(ROUNDS):
            for kind, start in kinds.items():
                starts[kind].append(start())
    least, _, _ = map(statistics.median, zip(*starts["`python -c pass`"], strict=True))
    print("\n| start | seconds | times | seconds of CPU | peak MB |\n|---|---|---|---|---|")
    for kind, measured in starts.items():
        seconds, cpu, peak = map(statistics.median, zip(*measured, strict=True))
        print(f"| {kind} | {seconds:.2f} | {seconds / least:.0f} | {cpu:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
