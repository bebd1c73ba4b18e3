import unittest

from app.bootstrap import alert_of


def reason(event_type, **payload):
    event = {"event_type": event_type, "payload": payload}
    return alert_of(event, highest_score=60, most_bytes=1000)


class AlertTest(unittest.TestCase):
    def test_only_what_is_above_a_limit_raises_an_alert(self):
        self.assertEqual(reason("risk.scored", user="ada", score=60), "")
        self.assertEqual(reason("risk.scored", user="ada", score=61), "ada has the risk score 61")
        self.assertEqual(reason("webhook.received", partner="acme", bytes=1000), "")
        self.assertTrue(reason("webhook.received", partner="acme", bytes=1001))


if __name__ == "__main__":
    unittest.main()
