import tempfile
import unittest

from app.bootstrap import build
from meshkit import Request


class Gateway:
    def get(self, path, trace):
        return 200, {"partners": ["acme"]}


class Service:
    def __init__(self, data):
        self.data = data

    def owner(self, service_id):
        return Gateway()


class PartnersTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.routes = build(Service(folder.name))

    def call(self, method, partner, body=b""):
        handler = self.routes[method, "/partners/{partner}"]
        return handler(Request(method, "", {"partner": partner}, raw=body))

    def test_whether_a_partner_is_connected_is_the_gateways_word(self):
        for partner, connected in (("acme", True), ("umbra", False)):
            self.call("PUT", partner, b'{"name": "A partner", "country": "DE"}')
            self.assertEqual(self.call("GET", partner)[1]["connected"], connected)

    def test_an_unknown_partner_is_not_found(self):
        self.assertEqual(self.call("GET", "nobody")[0], 404)


if __name__ == "__main__":
    unittest.main()
