import unittest

from app.bootstrap import START, chained, first_break


def event(position):
    return {
        "position": position,
        "event_type": "payout.sent",
        "producer": "M09-Payout-Service",
        "payload": {"amount_minor": position},
    }


class ChainTest(unittest.TestCase):
    def setUp(self):
        self.records, previous = [], START
        for position in (1, 2, 3):
            self.records.append(chained(previous, event(position)))
            previous = self.records[-1]["hash"]

    def test_an_untouched_chain_has_no_break(self):
        self.assertIsNone(first_break(self.records))

    def test_a_changed_record_is_found(self):
        self.records[1]["payload"]["amount_minor"] = 200
        self.assertEqual(first_break(self.records), 2)

    def test_a_missing_record_is_found_at_the_next_one(self):
        del self.records[1]
        self.assertEqual(first_break(self.records), 3)


if __name__ == "__main__":
    unittest.main()
