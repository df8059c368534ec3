"""`araldo keys rotate-secret` beside a running server: posts go out before, during, after, and without the old key."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.processes import environment, free_port, run_araldo, start_araldo, wait_until_up
from tests.support.running_system import ask, running_sandbox
from tests.support.waiting import until


def test_posts_go_out_while_the_key_is_replaced(tmp_path: Path) -> None:
    port, log, path = free_port(), tmp_path / "up.log", tmp_path / "data" / "secret.key"
    url = f"http://127.0.0.1:{port}"
    with running_sandbox() as meta:
        env = environment(tmp_path / "data", port, meta, ARALDO_PUBLISH__SWEEP_S="0.2")
        key = run_araldo("keys", "create", env=env).stdout.strip()
        assert run_araldo("connect", "meta", "--method", "token", env=env, stdin=meta.mint()).returncode == 0

        def publish(text: str) -> str:
            body = {
                "content": text,
                "platforms": ["facebook"],
                "image_provider": "offline",
                "publish_immediately": True,
            }
            reply = ask(
                "POST",
                f"{url}/api/v1/social/create-multi-platform-post?wait=0",
                body,
                {"Authorization": f"Bearer {key}"},
            )
            assert reply.status in {200, 202}, reply.body
            return str(reply.body["job_id"])

        def published() -> list[str]:
            return sorted(post["message"] for post in meta.state()["posts"] if post["is_published"])

        with start_araldo("up", env=env, log=log) as process:
            wait_until_up(url, process, log)
            publish("before")
            until(lambda: published() == ["before"])
            old = path.read_text()
            texts = [f"during {number}" for number in range(6)]
            for text in texts[:3]:
                publish(text)
            rotated = run_araldo("keys", "rotate-secret", env=env)
            for text in texts[3:]:
                publish(text)
            assert rotated.returncode == 0, rotated.stderr
            # The credentials of two accounts.
            assert rotated.stdout.startswith("Stored values now encrypted with the newest key: 3.\n")
            until(lambda: published() == sorted(["before", *texts]))
            early = run_araldo("keys", "rotate-secret", "--drop-old", env=env)
            assert (early.returncode, path.read_text().endswith(old)) == (1, True)
            os.utime(path, (0, path.stat().st_mtime - 61))
            dropped = run_araldo("keys", "rotate-secret", "--drop-old", env=env)
            assert dropped.returncode == 0, dropped.stderr
            assert path.read_text().split() != old.split()
            assert len(path.read_text().split()) == 1
            publish("after")
            until(lambda: published() == sorted(["after", "before", *texts]))
            assert run_araldo("doctor", "--accounts", env=env).stdout.count(": ok") == 2
        for output in (rotated, early, dropped):
            assert not {*old.split(), *path.read_text().split()} & {*(output.stdout + output.stderr).split()}
