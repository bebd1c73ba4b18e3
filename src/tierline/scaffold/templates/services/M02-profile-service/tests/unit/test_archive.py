import unittest

from app.bootstrap import archived
from meshkit import Unreachable


class Archive:
    def __init__(self, status):
        self._status = status

    def get(self, path):
        if self._status is None:
            raise Unreachable(path)
        return self._status, {}


class ArchiveTest(unittest.TestCase):
    def test_an_archive_that_is_away_makes_it_unknown(self):
        self.assertEqual(archived(Archive(None), "ada"), "unknown")

    def test_its_answer_decides(self):
        self.assertEqual(archived(Archive(200), "ada"), "yes")
        self.assertEqual(archived(Archive(404), "ada"), "no")


if __name__ == "__main__":
    unittest.main()
