import unittest

from app.bootstrap import WEIGHTS, score


class ScoreTest(unittest.TestCase):
    def test_a_known_customer_with_a_small_payout_is_no_risk(self):
        self.assertEqual(score({"archived": "yes"}, balance=1000, amount=10), (0, []))

    def test_every_reason_adds_its_weight(self):
        points, reasons = score(None, balance=0, amount=100_000)
        self.assertEqual(reasons, ["large", "no_profile", "whole_balance"])
        self.assertEqual(points, sum(WEIGHTS[reason] for reason in reasons))

    def test_no_score_is_above_100(self):
        self.assertLessEqual(sum(WEIGHTS.values()), 100)


if __name__ == "__main__":
    unittest.main()
