"""`araldo posts import` and `araldo posts export`, also beside a running server."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.support.processes import environment, free_port, run_araldo
from tests.support.running_system import running_sandbox

ROWS = "text;platforms;date;time\nPane;facebook;03/04/2099;10:00\nOlio;facebook;;\n;facebook;;\n"


def test_rows_are_imported_once_and_exported(tmp_path: Path) -> None:
    with running_sandbox() as meta:
        env = environment(tmp_path / "data", free_port(), meta)
        token = ("connect", "meta", "--method", "token")
        assert run_araldo(*token, env=env, stdin=meta.mint()).returncode == 0
        file, out = tmp_path / "posts.csv", tmp_path / "out.csv"
        file.write_text(ROWS, encoding="utf-8")
        words = ("posts", "import", str(file), "--image-provider", "none")
        dry = run_araldo(*words, "--dry-run", env=env)
        assert (dry.returncode, "Can be imported: 1. Imported already: 0. With problems: 2." in dry.stdout) == (
            1,
            True,
        ), dry.stderr
        assert 'Row 2, date: "03/04/2099" could be 2099-04-03 or 2099-03-04.' in dry.stderr
        assert "Row 4, text: " in dry.stderr
        assert run_araldo("posts", "export", str(out), env=env).returncode == 0
        assert out.read_text(encoding="utf-8-sig").count("\n") == 1
        made = run_araldo(*words, "--day-order", "day_first", env=env)
        assert (
            made.returncode,
            "Created: 2. There already: 0. Left out: 1." in made.stdout,
        ) == (
            1,
            True,
        ), made.stderr
        again = run_araldo(*words, "--day-order", "day_first", env=env)
        assert "Created: 0. There already: 2." in again.stdout
        anew = run_araldo(*words, "--day-order", "day_first", "--again", env=env)
        assert "Created: 2." in anew.stdout
        assert "The posts are in" in run_araldo("posts", "export", str(out), "--words", "pane", env=env).stdout
        with out.open(encoding="utf-8-sig", newline="") as written:
            rows = list(csv.DictReader(written))
        assert [(row["text"], row["date"]) for row in rows] == [("Pane", "2099-04-03 10:00:00")] * 2
        whole = tmp_path / "out.json"
        assert run_araldo("posts", "export", str(whole), "--status", "draft", env=env).returncode == 0
        assert len(json.loads(whole.read_text(encoding="utf-8"))["data"]) == 4


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    env = environment(tmp_path / "data", free_port())
    missing = run_araldo("posts", "import", str(tmp_path / "none.csv"), env=env)
    assert missing.returncode == 2
    wrong = tmp_path / "wrong.csv"
    wrong.write_bytes(b"PK\x03\x04x")
    refused = run_araldo("posts", "import", str(wrong), env=env)
    assert (refused.returncode, "The file is damaged" in refused.stderr) == (1, True)
    unknown = run_araldo("posts", "export", str(tmp_path / "x.csv"), "--status", "gone", env=env)
    assert (unknown.returncode, '"gone" is not a status of posts' in unknown.stderr) == (1, True)
    assert not (tmp_path / "x.csv").exists()
