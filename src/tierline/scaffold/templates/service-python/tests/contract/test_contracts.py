"""What the service serves and publishes is what its contracts say."""

import json
import os
import re
import unittest

from app.bootstrap import OWNERS, build
from meshkit.config import Config, read_yaml
from meshkit.service import Service

HOME = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
CONTRACTS = os.path.abspath(os.path.join(HOME, "..", "..", "..", "contracts"))
PROTO = "@{proto}"
PRODUCES = @{produces_json}
OWN = {("GET", "/healthz"), ("GET", "/readyz")}


class Unstarted(Service):
    """A service that has its configuration and opens nothing."""

    def __init__(self):
        told = @{told}
        loaded = Config.load(os.path.join(HOME, "configs", "default.yaml"))
        self.config = Config(loaded.values, environment=told)
        self.addresses, self.timeout = dict.fromkeys(OWNERS, "127.0.0.1:9"), 1.0
        self.data, self._clients = os.path.join(HOME, "data"), {}


def read(*parts):
    with open(os.path.join(CONTRACTS, *parts), encoding="utf-8") as file:
        return file.read()


class Contracts(unittest.TestCase):
    def test_every_route_stands_in_the_openapi_document(self):
        paths = read_yaml(read("openapi", "@{folder}.yaml"))["paths"]
        promised = {(verb.upper(), path) for path, verbs in paths.items() for verb in verbs}
        served = {route for route in build(Unstarted()) if "v1." not in route[1]}
        self.assertEqual(served | OWN, promised)

    def test_every_procedure_stands_in_the_proto_file(self):
        served = {path.rpartition("/")[2] for _, path in build(Unstarted()) if "v1." in path}
        proto = read("proto", PROTO, "v1", f"{PROTO}.proto") if PROTO else ""
        self.assertEqual(served, set(re.findall(r"rpc (\w+)", proto)))

    def test_every_event_names_this_service_as_its_producer(self):
        for event in PRODUCES:
            contract = json.loads(read("events", f"{event}.json"))
            self.assertEqual(contract["producer"], "@{service_id}")


if __name__ == "__main__":
    unittest.main()
