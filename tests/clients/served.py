"""A server for a test: the program that USHER names, on a database of its own, with a token for each caller."""

import hashlib
import os
import pathlib
import secrets
import socket
import subprocess
import tempfile
import time
import unittest

import grpc

UNIT = "00000000-0000-4000-8000-000000000001"
TEAM_LEADER = "00000000-0000-4000-8000-000000000023"
ROLES = {
    "feed:court": "feed",
    "service:worklist": "service",
    "staff:leader": "team-leader",
    "staff:manager": "manager",
}


def program():
    """The program to run; the test is skipped where it cannot serve."""
    usher = os.environ.get("USHER")
    if not usher:
        raise unittest.SkipTest("USHER does not name the program: scripts/test does")
    asked = subprocess.run([usher, "serve", "--help"], capture_output=True, text=True, check=False)
    if asked.returncode != 0 or "--config" not in asked.stdout:
        raise unittest.SkipTest(f"{usher} has no `serve --config`: nothing to run the clients against")
    return usher


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Served:
    """Use as a context: the server runs inside it."""

    def __init__(self):
        self.usher = program()
        self.folder = tempfile.TemporaryDirectory(prefix="usher-clients-")
        self.database = f"sqlite:{self.folder.name}/usher.sqlite"
        self.outbox = pathlib.Path(self.folder.name) / "outbox"
        self.key_file = pathlib.Path(self.folder.name) / "usher.key"
        self.address = f"127.0.0.1:{free_port()}"
        self.tokens = {name: f"usher_{secrets.token_hex(32)}" for name in ROLES}

    def configuration(self):
        lines = [
            "[server]",
            f'listen = "{self.address}"',
            "[database]",
            f'address = "{self.database}"',
            f'master_key_file = "{self.key_file}"',
            "[unit]",
            f'id = "{UNIT}"',
            'name = "Northgate Victim and Witness Care Unit"',
            'urn_forces = ["52"]',
            'mode = "live"',
            "[mail]",
            f'folder = "{self.outbox}"',
            "[outbox]",
            'from = "care@unit.example"',
        ]
        for name, role in ROLES.items():
            digest = hashlib.sha256(self.tokens[name].encode()).hexdigest()
            lines += ["[[tokens]]", f'name = "{name}"', f'hash = "{digest}"', f'role = "{role}"']
            if role == "team-leader":
                lines.append(f'staff = "{TEAM_LEADER}"')
        return "\n".join(lines) + "\n"

    def metadata(self, name):
        return [("authorization", f"Bearer {self.tokens[name]}")]

    def __enter__(self):
        config = pathlib.Path(self.folder.name) / "usher.toml"
        config.write_text(self.configuration(), encoding="utf-8")
        self.key_file.write_text(secrets.token_hex(32), encoding="utf-8")
        log = open(pathlib.Path(self.folder.name) / "log", "w+", encoding="utf-8")
        migrate = [self.usher, "migrate", "--database", self.database, "--key-file", self.key_file]
        subprocess.run(migrate, check=True, stdout=log, stderr=log)
        self.process = subprocess.Popen([self.usher, "serve", "--config", config], stdout=log, stderr=log)
        self.log = log
        deadline = time.monotonic() + 20
        while True:
            with grpc.insecure_channel(self.address) as channel:
                try:
                    grpc.channel_ready_future(channel).result(timeout=0.5)
                    return self
                except grpc.FutureTimeoutError:
                    pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.log.seek(0)
                said = self.log.read()
                self.__exit__()
                raise RuntimeError(f"usher does not serve: {said}")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.folder.cleanup()
