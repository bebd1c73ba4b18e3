import unittest

from app.bootstrap import message


class MessageTest(unittest.TestCase):
    def test_a_payment_is_told_in_major_units(self):
        paid = {"amount_minor": 1190, "currency": "EUR"}
        event = {"event_type": "payment.captured", "payload": paid}
        self.assertEqual(message(event, "Ada"), "Ada, we received 11.90 EUR.")

    def test_a_changed_profile_is_told(self):
        event = {"event_type": "user.profile_updated", "payload": {}}
        self.assertEqual(message(event, "Ada"), "Ada, your profile was changed.")


if __name__ == "__main__":
    unittest.main()
