"""An S3 server for the tests: SeaweedFS, a real store, from a wheel of PyPI."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from araldo.local_faults import is_transient
from araldo.storage.blob_settings import BlobSettings
from araldo.storage.s3_blobs import S3Blobs
from tests.support.processes import free_port
from tests.support.waiting import until

BUCKET = "pictures"
_SECRET = "s3-secret-of-the-tests"
# `admin` alone may create the bucket, which it does by storing something.
_IDENTITIES = [
    {
        "name": name,
        "credentials": [{"accessKey": name, "secretKey": _SECRET}],
        "actions": actions,
    }
    for name, actions in (("araldo", ["Read", "Write", "List"]), ("admin", ["Admin"]))
]
_PORTS = ("master.port", "volume.port", "filer.port", "s3.port")


def open_s3(settings: BlobSettings) -> S3Blobs:
    assert settings.url is not None
    return S3Blobs(settings.url, settings)


class S3Server:
    """A store on loopback that can be stopped and started again with what is in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = {name + kind: free_port() for name in _PORTS for kind in ("", ".grpc")}
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "s3.json").write_text(json.dumps({"identities": _IDENTITIES}))

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._ports['s3.port']}"

    def settings(self, prefix: str, **changed: str | float) -> BlobSettings:
        """Return the settings of a store below `prefix`."""
        known = {
            "url": f"s3://{BUCKET}/{prefix}",
            "endpoint": self.endpoint,
            "access_key_id": "araldo",
            "secret_access_key": _SECRET,
            "timeout_s": 10,
        }
        return BlobSettings.model_validate(known | changed)

    def open(self, prefix: str, **changed: str | float) -> S3Blobs:
        return open_s3(self.settings(prefix, **changed))

    def start(self) -> None:
        """Start and wait until it stores and returns something."""
        command = [
            str(Path(sys.executable).with_name("weed")),
            "server",
            "-dir=.",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=20",
            "-s3",
            "-s3.config=s3.json",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-filer.localSocket={self._folder / 'filer.sock'}",
            f"-s3.localSocket={self._folder / 's3.sock'}",
            *(f"-{name}={port}" for name, port in self._ports.items()),
        ]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log)
        until(self._answers)

    def stop(self) -> None:
        """Stop; no request is answered any more."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "log").read_text()[-2_000:]
        try:
            asyncio.run(self.open("ready", access_key_id="admin").check())
        except Exception as failure:
            if not is_transient(failure):
                raise
            return False
        return True


@contextmanager
def start_s3() -> Iterator[S3Server]:
    folder = Path(tempfile.mkdtemp(prefix="araldo-s3-"))
    server = S3Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
