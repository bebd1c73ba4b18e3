import unittest

from app.bootstrap import CATALOGUE, ranked


class RankingTest(unittest.TestCase):
    def test_more_shared_interests_come_first(self):
        self.assertEqual(ranked(["travel", "food"])[0], "city guide")

    def test_without_interests_everything_is_offered(self):
        self.assertEqual(ranked([]), sorted(CATALOGUE))

    def test_nothing_without_a_shared_interest_is_offered(self):
        self.assertNotIn("concert pass", ranked(["food"]))


if __name__ == "__main__":
    unittest.main()
