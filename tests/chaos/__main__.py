"""`make chaos`: the long campaign, on SQLite and on PostgreSQL; prints its figures and fails on anything wrong."""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psycopg

from tests.chaos.campaign import Campaign
from tests.chaos.injection import DISK, DURATIONS_S
from tests.chaos.launcher import running_launcher
from tests.chaos.local_faults import enter_private_mounts, small_disk
from tests.chaos.report import Report, format_report
from tests.chaos.service import campaign_services, find_campaign
from tests.chaos.system import open_system
from tests.support import postgres

_DISK_MB = 192


def main() -> int:
    asked = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    asked.add_argument("--service", choices=campaign_services(), default="meta")
    asked.add_argument("--kills", type=int, default=300)
    asked.add_argument("--deliveries", type=int, default=2_000)
    asked.add_argument("--seed", type=int, default=20_261_125)
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--workers", type=int, default=0, help="on PostgreSQL, so many workers beside a web server")
    asked.add_argument("--faults", type=int, default=5, help="how often each fault of this machine is held")
    asked.add_argument("--insist", action="store_true", help="fail when one of them cannot be had here")
    asked.add_argument("--log", type=Path, help="where the log of all that was killed is kept; default: nowhere")
    what = asked.parse_args()
    # So that everything is cleaned up after SIGTERM as it is after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="araldo-chaos-") as folder, ExitStack() as stack:
        kinds = list(DURATIONS_S)
        try:
            enter_private_mounts()
            stack.enter_context(small_disk(Path(folder) / "data", _DISK_MB))
        except OSError as refused:
            kinds.remove(DISK)
            print(f"not to be had here: {DISK} ({refused})", file=sys.stderr)
            if what.insist:
                return 1
        what.kinds = kinds
        if what.database == "sqlite":
            report = _run(Path(folder), None, what)
        else:
            with postgres.running() as url:
                with psycopg.connect(f"{url}/postgres", autocommit=True) as admin:
                    admin.execute("CREATE DATABASE chaos")
                report = _run(Path(folder), f"{url}/chaos", what)
    print(format_report(report, what.service, what.database, what.seed))
    return 0 if report.comparison.is_clean and all(report.held[kind] for kind in kinds if what.faults) else 1


def _run(folder: Path, url: str | None, what: argparse.Namespace) -> Report:
    campaign = find_campaign(what.service)
    with (
        running_launcher() as launcher,
        campaign.own_server() as server,
        open_system(folder, launcher, campaign, url, workers=what.workers, server=server) as system,
    ):
        rng = random.Random(what.seed)
        try:
            return Campaign(
                system, rng, what.kills, what.deliveries, what.kinds * what.faults, report_progress=_progress
            ).run()
        finally:
            if what.log is not None:
                shutil.copyfile(folder / "servers.log", what.log)


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
