import tempfile
import unittest

from app.bootstrap import build
from meshkit import Request


class Service:
    def __init__(self, data):
        self.data, self.events, self.published = data, self, []

    def publish(self, event_type, payload, span):
        self.published.append((event_type, payload["version"]))


class SettingsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.service = Service(folder.name)
        self.routes = build(self.service)

    def call(self, method, name, body=b""):
        return self.routes[method, "/settings/{name}"](
            Request(method, "", {"name": name}, raw=body)
        )

    def test_a_change_has_the_next_version_and_is_published(self):
        for value in (b'{"value": 60}', b'{"value": 120}'):
            self.call("PUT", "session.seconds", value)
        setting = self.call("GET", "session.seconds")[1]
        self.assertEqual((setting["value"], setting["version"]), (120, 2))
        published = [("settings.changed", 1), ("settings.changed", 2)]
        self.assertEqual(self.service.published, published)

    def test_a_setting_without_a_value_is_refused(self):
        self.assertEqual(self.call("PUT", "session.seconds", b"{}")[0], 400)

    def test_an_unknown_setting_is_not_found(self):
        self.assertEqual(self.call("GET", "colour")[0], 404)


if __name__ == "__main__":
    unittest.main()
