"""`araldo database copy`: refused while the server runs; afterwards the old database refuses to start."""

from __future__ import annotations

from pathlib import Path

from tests.support.processes import environment, free_port, run_araldo, start_araldo, wait_until_up


def test_a_system_moves_to_postgresql(tmp_path: Path, empty_postgres: str) -> None:
    port, log = free_port(), tmp_path / "up.log"
    env = environment(tmp_path / "data", port)
    url = empty_postgres.replace("araldo@", "araldo:pass-word@")
    with start_araldo("up", env=env, log=log) as process:
        wait_until_up(f"http://127.0.0.1:{port}", process, log)
        busy = run_araldo("database", "copy", "--to", url, env=env)
        assert (busy.returncode, process.poll()) == (1, None)
        assert busy.stderr.startswith("Another `araldo up` is already using the data folder")
    key = run_araldo("keys", "create", "--name", "kept", env=env)
    nowhere = run_araldo("database", "copy", "--to", f"{url}_missing", env=env)
    assert nowhere.returncode == 1
    assert 'database "' in nowhere.stderr
    assert "does not exist" in nowhere.stderr
    done = run_araldo("database", "copy", "--to", "-", env=env, stdin=f"{url}\n")
    assert done.returncode == 0, done.stderr
    place = empty_postgres.replace("araldo@", "")
    assert f" rows are now in {place}. " in done.stdout
    refused = run_araldo("up", env=env)
    assert (refused.returncode, refused.stderr) == (
        1,
        f"This database was moved to {place} and is no longer used here. Set ARALDO_DATABASE__URL to it.\n",
    )
    moved = env | {"ARALDO_DATABASE__URL": url}
    assert key.stdout[:10] in run_araldo("keys", "list", env=moved).stdout
    with start_araldo("up", env=moved, log=log) as process:
        wait_until_up(f"http://127.0.0.1:{port}", process, log)
    for output in (busy, nowhere, done, refused):
        assert "pass-word" not in output.stdout + output.stderr
    wrong = run_araldo("database", "copy", "--to", url, env=moved)
    assert wrong.stderr.startswith("ARALDO_DATABASE__URL names a PostgreSQL database already.")
    other = run_araldo("database", "copy", "--to", "mysql://x", env=env)
    assert other.stderr.startswith("This is not the address of a PostgreSQL database.")
