"""Pays out what an account holds: M08 knows how much that is, M13 how risky it would be."""

import threading

from meshkit import Records, refusal

OWNERS = {
    "M08-Payments-Ledger-Service": "ledger_grpc_url",
    "M13-Risk-Scoring-Service": "risk_http_url",
}


def paid_out(records, account):
    """What left the account so far, in minor units."""
    return sum(record["amount_minor"] for record in records if record["account"] == account)


def build(service):
    records, one_at_a_time = Records(service.data, "payouts"), threading.Lock()
    ledger, risk = (service.owner(owner) for owner in sorted(OWNERS))
    limit = service.config.number("payout.highest_score")

    def send(request):
        account, user = request.field("account"), request.field("user")
        amount = request.field("amount_minor", int)
        asked = {"user": user, "account": account, "amount_minor": amount}
        with one_at_a_time:
            _, score = risk.post("/scores", asked, request.trace)
            if score["score"] > limit:
                return refusal(409, f"the risk score {score['score']} is above {limit}")
            procedure = "/ledger.v1.LedgerService/GetBalance"
            _, held = ledger.post(procedure, {"account": account}, request.trace)
            left = held["balance"] - paid_out(records.all(), account)
            if not 0 < amount <= left:
                return refusal(409, f"{account} holds {left}, {amount} was asked for")
            records.append(asked)
        service.events.publish("payout.sent", asked, request.span)
        return 201, {"account": account, "amount_minor": amount, "left": left - amount}

    return {
        ("GET", "/payouts"): lambda request: (200, {"payouts": records.all()[-100:]}),
        ("POST", "/payouts"): send,
    }
