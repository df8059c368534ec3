"""`araldo backup` beside a running server, and what `araldo doctor` says of it."""

from __future__ import annotations

from pathlib import Path

from tests.support.backups import members_of
from tests.support.processes import environment, free_port, run_araldo, start_araldo, wait_until_up
from tests.support.running_system import ask


def test_a_backup_beside_a_running_server(tmp_path: Path) -> None:
    port, log, file = free_port(), tmp_path / "up.log", tmp_path / "araldo.tar"
    env = environment(tmp_path / "data", port)
    with start_araldo("up", env=env, log=log) as process:
        wait_until_up(f"http://127.0.0.1:{port}", process, log)
        done = run_araldo("backup", str(file), env=env)
        assert (done.returncode, process.poll()) == (0, None), done.stderr
        said = done.stdout.splitlines()
        assert said[0].startswith(f"{file}: ")
        assert said[0].endswith(" MB; posts: 0, pictures: 0. It was read back and is complete.")
        assert said[1].startswith("It does not contain the key that decrypts tokens.")
        assert set(members_of(file)) == {"database.sqlite.gz", "manifest.json"}
        assert ask("GET", f"http://127.0.0.1:{port}/api/v1/health").status == 200
        again = run_araldo("backup", str(file), env=env)
        assert (again.returncode, again.stdout) == (1, "")
        assert again.stderr == f"{file} exists already. Choose another name.\n"
        assert f" MB, {file}" in run_araldo("doctor", env=env).stdout
    with_keys = run_araldo("backup", str(tmp_path / "keys.tar"), "--with-keys", env=env)
    assert "It contains the key that decrypts tokens" in with_keys.stdout
    assert (tmp_path / "data" / "secret.key").read_text().strip() not in with_keys.stdout + with_keys.stderr
    nowhere = run_araldo("backup", str(tmp_path / "missing" / "file.tar"), env=env)
    assert nowhere.returncode == 1
    assert "No such file or directory" in nowhere.stderr
    assert len([line for line in nowhere.stderr.splitlines() if line]) == 1


def test_there_is_nothing_to_back_up_in_an_empty_folder(tmp_path: Path) -> None:
    done = run_araldo("backup", str(tmp_path / "x.tar"), env=environment(tmp_path / "data", free_port()))
    assert (done.returncode, done.stderr) == (1, "There is no database to back up yet.\n")


def test_a_restore_refuses_a_used_folder_and_a_running_server(tmp_path: Path) -> None:
    port, log, file = free_port(), tmp_path / "up.log", tmp_path / "araldo.tar"
    env = environment(tmp_path / "data", port)
    assert run_araldo("users", "list", env=env).returncode == 0
    assert run_araldo("backup", str(file), env=env).returncode == 0
    used = run_araldo("restore", str(file), env=env)
    assert (used.returncode, used.stdout) == (1, "")
    assert used.stderr.splitlines()[-1].startswith("There is a database with data already, so nothing was changed.")
    with start_araldo("up", env=env, log=log) as process:
        wait_until_up(f"http://127.0.0.1:{port}", process, log)
        busy = run_araldo("restore", str(file), "--replace", env=env)
        assert (busy.returncode, process.poll()) == (1, None)
        assert busy.stderr.startswith("Another `araldo up` is already using the data folder")
    replaced = run_araldo("restore", str(file), "--replace", env=env)
    assert replaced.returncode == 0, replaced.stderr
    assert replaced.stdout.startswith("Restored, as of ")
    file.write_bytes(file.read_bytes()[:5_000])
    damaged = run_araldo("restore", str(file), "--replace", env=env)
    assert damaged.returncode == 1
    assert damaged.stderr.splitlines()[-1] == f"{file} is not a usable backup: it is incomplete."
    missing = run_araldo("restore", str(tmp_path / "none.tar"), env=env)
    assert missing.stderr == f"{tmp_path / 'none.tar'} could not be restored: No such file or directory. " + (
        "The database is as it was.\n"
    )
