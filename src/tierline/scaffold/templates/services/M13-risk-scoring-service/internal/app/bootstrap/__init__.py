"""How risky a payout would be, from 0 to 100, by what M02 and M08 know."""

OWNERS = {
    "M02-Profile-Service": "profile_http_url",
    "M08-Payments-Ledger-Service": "ledger_grpc_url",
}
WEIGHTS = {"no_profile": 40, "never_archived": 10, "whole_balance": 30, "large": 20}
LARGE_MINOR = 100_000


def score(profile, balance, amount):
    """(score, reasons): the weights of all that holds. `profile` is None where there is none."""
    facts = {
        "no_profile": profile is None,
        "never_archived": profile is not None and profile.get("archived") == "no",
        "whole_balance": amount >= balance,
        "large": amount >= LARGE_MINOR,
    }
    reasons = sorted(name for name, holds in facts.items() if holds)
    return sum(WEIGHTS[name] for name in reasons), reasons


def build(service):
    profiles, ledger = (service.owner(owner) for owner in sorted(OWNERS))

    def rate(request):
        user, account = request.field("user"), request.field("account")
        amount = request.field("amount_minor", int)
        status, profile = profiles.get(f"/profiles/{user}", request.trace)
        procedure = "/ledger.v1.LedgerService/GetBalance"
        _, held = ledger.post(procedure, {"account": account}, request.trace)
        points, reasons = score(profile if status == 200 else None, held["balance"], amount)
        scored = {"user": user, "account": account, "score": points}
        service.events.publish("risk.scored", scored, request.span)
        return 200, {**scored, "reasons": reasons}

    return {
        ("GET", "/model"): lambda request: (200, {"weights": WEIGHTS}),
        ("POST", "/scores"): rate,
    }
