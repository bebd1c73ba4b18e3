"""The service starts on the port that it is told, says that it works, and ends when asked to."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from urllib.request import urlopen

HOME = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer(url, seconds=10):
    until = time.monotonic() + seconds
    while True:
        try:
            with urlopen(url, timeout=1) as response:
                return json.load(response)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


class Start(unittest.TestCase):
    def test_it_starts_and_ends(self):
        port = free_port()
        with tempfile.TemporaryDirectory() as data:
            told = {
                "HTTP_PORT": str(port),
                "GRPC_PORT": str(free_port()),
                "DATA_DIR": data,
@{told_lines}
            }
            command = [sys.executable, os.path.join(HOME, "cmd", "api", "main.py")]
            with subprocess.Popen(
                command, cwd=HOME, env={**os.environ, **told}, stdout=subprocess.DEVNULL
            ) as process:
                try:
                    health = answer(f"http://127.0.0.1:{port}/healthz")
                finally:
                    process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(timeout=5), 0)
            with open(os.path.join(data, "starts.log"), encoding="utf-8") as starts:
                self.assertEqual(len(starts.readlines()), 1)
        self.assertEqual(health["service"], "@{service_id}")


if __name__ == "__main__":
    unittest.main()
