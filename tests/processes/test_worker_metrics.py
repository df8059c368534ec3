"""`araldo worker` has no web server, and `/metrics` on a port of its own."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from tests.api.test_metrics import scrape, value
from tests.support.processes import environment, free_port, start_araldo
from tests.support.running_system import connect_accounts, running_sandbox, settings_for
from tests.support.waiting import until


def test_a_worker_serves_its_metrics_until_it_stops(tmp_path: Path, fresh_postgres: str) -> None:
    port, log = free_port(), tmp_path / "worker.log"
    with running_sandbox() as meta:
        settings = settings_for(tmp_path, meta.url, database={"url": fresh_postgres})
        asyncio.run(connect_accounts(settings, meta.mint()))
        env = environment(
            settings.data_dir, free_port(), meta, ARALDO_DATABASE__URL=fresh_postgres, ARALDO_METRICS__PORT=str(port)
        )
        with start_araldo("worker", env=env, log=log) as process:

            def has_swept() -> bool:
                assert process.poll() is None, log.read_text()
                try:
                    return value(scrape(f"http://127.0.0.1:{port}"), "araldo_worker_last_sweep_timestamp_seconds") > 0
                except OSError:
                    return False

            until(has_swept)
            found = scrape(f"http://127.0.0.1:{port}")
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0, log.read_text()
    assert value(found, "araldo_accounts", health="ok") == 2
    assert value(found, "araldo_database_threads", kind="write") == 4
