import tempfile
import unittest

from app.bootstrap import build
from meshkit import Request


class Owner:
    def __init__(self, answer):
        self._answer = answer

    def post(self, path, body, trace):
        return 200, self._answer


class Service:
    """A service whose account holds 1000 and whose risk score is given."""

    def __init__(self, data, score):
        self.data, self.config, self.events = data, self, self
        self._owners = {
            "M08-Payments-Ledger-Service": Owner({"balance": 1000}),
            "M13-Risk-Scoring-Service": Owner({"score": score}),
        }

    def owner(self, service_id):
        return self._owners[service_id]

    def number(self, key):
        return 60

    def publish(self, event_type, payload, span):
        return "an id"


class PayoutTest(unittest.TestCase):
    def pay(self, amounts, score=0):
        with tempfile.TemporaryDirectory() as data:
            send = build(Service(data, score))["POST", "/payouts"]
            body = '{"user": "ada", "account": "shop", "amount_minor": %d}'
            sent = (Request("POST", "", raw=(body % amount).encode()) for amount in amounts)
            return [send(request)[0] for request in sent]

    def test_no_more_than_the_account_holds_leaves_it(self):
        self.assertEqual(self.pay([600, 600, 400, 1]), [201, 409, 201, 409])

    def test_a_risky_payout_is_refused(self):
        self.assertEqual(self.pay([1], score=61), [409])


if __name__ == "__main__":
    unittest.main()
