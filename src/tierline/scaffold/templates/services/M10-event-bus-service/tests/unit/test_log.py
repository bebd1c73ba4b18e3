import tempfile
import threading
import unittest

from app.bootstrap import Log
from meshkit import Records


def event(event_id, event_type="a.happened"):
    return {"event_id": event_id, "event_type": event_type, "producer": "M99", "payload": {}}


class LogTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.log = Log(Records(self.folder.name, "events"))

    def test_positions_count_from_one(self):
        self.assertEqual([self.log.append(event(name)) for name in "abc"], [1, 2, 3])

    def test_an_event_that_comes_again_keeps_its_place(self):
        self.assertEqual([self.log.append(event(name)) for name in "aba"], [1, 2, 1])

    def test_a_reader_gets_what_is_behind_its_position_and_of_its_types(self):
        for name, kind in (("a", "x"), ("b", "y"), ("c", "x")):
            self.log.append(event(name, kind))
        found = self.log.read(after=1, types=["x"], seconds=0)
        self.assertEqual([one["position"] for one in found], [3])

    def test_a_waiting_reader_is_woken(self):
        found = []
        reader = threading.Thread(target=lambda: found.extend(self.log.read(0, [], seconds=10)))
        reader.start()
        self.log.append(event("a"))
        reader.join(timeout=5)
        self.assertEqual(len(found), 1)

    def test_the_log_survives_its_process(self):
        self.log.append(event("a"))
        again = Log(Records(self.folder.name, "events"))
        self.assertEqual([again.append(event("a")), again.append(event("b"))], [1, 2])


if __name__ == "__main__":
    unittest.main()
