"""Real database servers: started from the system's binaries in a folder of their own, and stopped again."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

PASSWORD = "p@ss:w/rd%41"
_SECONDS = 60


def require(binary: str, *folders: str) -> str:
    """The path of a binary; without it the test is skipped, or fails where it may not skip."""
    found = shutil.which(binary, path=os.pathsep.join([*folders, os.environ.get("PATH", ""), "/usr/sbin"]))
    if found is None:
        text = f"{binary} is not installed"
        if os.environ.get("ONEWINDOW_REQUIRE_DATABASES"):
            pytest.fail(f"{text}, and ONEWINDOW_REQUIRE_DATABASES is set")
        pytest.skip(text)
    return found


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def folder_of(user: str) -> Iterator[tuple[Path, list[str]]]:
    """A folder of `user`, and what to put before a command to run it as that user: servers refuse root."""
    folder = Path(tempfile.mkdtemp(prefix="onewindow-db-"))
    prefix: list[str] = []
    if os.geteuid() == 0:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        prefix = ["runuser", "-u", user, "--"]
    try:
        yield folder, prefix
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(command: list[str], environment: dict[str, str] | None = None) -> None:
    """Run a command; what it said is in the error where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, cwd="/", env=environment)
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"


@dataclass(frozen=True)
class Server:
    """A server on 127.0.0.1 with a database and a user `hall`."""

    scheme: str
    port: int
    password: str = PASSWORD

    @property
    def url(self) -> str:
        """The address as a user writes it, the password with its signs escaped."""
        secret = quote(self.password, safe="")
        return f"{self.scheme}://hall:{secret}@127.0.0.1:{self.port}/hall"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """PostgreSQL; `hall` may do anything."""
    folders = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"))]
    pg_ctl = require("pg_ctl", *folders)
    port = free_port()
    with folder_of("postgres") as (folder, prefix):
        password, data = folder / "password", folder / "data"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        initdb = str(Path(pg_ctl).with_name("initdb"))
        options = ["-A", "scram-sha-256", "-U", "hall", "-E", "UTF8", "--locale=C", "--no-sync"]
        run([*prefix, initdb, "-D", str(data), f"--pwfile={password}", *options])
        settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = str(folder / "log")
        run([*prefix, pg_ctl, "-D", str(data), "-l", log, "-w", "-o", settings, "start"])
        try:
            createdb = str(Path(pg_ctl).with_name("createdb"))
            environment = {**os.environ, "PGPASSWORD": PASSWORD}
            run([createdb, "-h", "127.0.0.1", "-p", str(port), "-U", "hall", "hall"], environment)
            yield Server("postgresql", port)
        finally:
            run([*prefix, pg_ctl, "-D", str(data), "-m", "immediate", "stop"])


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    """MariaDB, which speaks as MySQL does."""
    import pymysql

    server, install = require("mariadbd"), require("mariadb-install-db")
    port = free_port()
    with folder_of("mysql") as (folder, prefix):
        data, sock = folder / "data", folder / "sock"
        quick = ["--skip-test-db", "--auth-root-authentication-method=normal"]
        run([*prefix, install, "--no-defaults", f"--datadir={data}", *quick])
        settings = [f"--datadir={data}", f"--socket={sock}", f"--port={port}", "--bind-address=127.0.0.1"]
        process = subprocess.Popen(
            [*prefix, server, "--no-defaults", *settings, f"--pid-file={folder / 'pid'}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            root = _connected(pymysql, str(sock))
            with root, root.cursor() as cursor:
                cursor.execute("CREATE DATABASE hall CHARACTER SET utf8mb4")
                cursor.execute("CREATE USER 'hall'@'127.0.0.1' IDENTIFIED BY %s", (PASSWORD,))
                cursor.execute("GRANT ALL ON hall.* TO 'hall'@'127.0.0.1'")
            yield Server("mysql", port)
        finally:
            with pymysql.connect(unix_socket=str(sock), user="root") as root, root.cursor() as cursor:
                cursor.execute("SHUTDOWN")
            process.wait(_SECONDS)


def _connected(pymysql, sock: str):  # type: ignore[no-untyped-def]
    for _ in range(_SECONDS * 5):
        try:
            return pymysql.connect(unix_socket=sock, user="root")
        except pymysql.err.OperationalError:
            time.sleep(0.2)
    raise AssertionError("MariaDB did not start")
