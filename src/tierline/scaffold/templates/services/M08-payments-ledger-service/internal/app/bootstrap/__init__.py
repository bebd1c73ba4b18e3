"""Payments as double entries: what one account gains another loses, so all sums are zero.

M01 says who pays; the tax office M32, which is not of this mesh, may know a newer tax rate.
"""

from meshkit import Records, Unreachable, refusal, signed_in
from meshkit.http_client import Client

OWNERS = {"M01-Authentication-Service": "auth_grpc_url"}
TAX, INFLOW = "tax", "inflow"


def entries(payment_id, account, amount, tax_percent):
    """The entries of one payment; amounts in minor units."""
    tax = amount * tax_percent // (100 + tax_percent)
    parts = ((INFLOW, -amount), (account, amount - tax), (TAX, tax))
    return [{"payment_id": payment_id, "account": name, "amount": part} for name, part in parts]


def balances(records):
    """Account -> sum of its entries."""
    sums = {}
    for entry in (entry for record in records for entry in record["entries"]):
        sums[entry["account"]] = sums.get(entry["account"], 0) + entry["amount"]
    return sums


def tax_percent(office, default):
    """The rate of the tax office, or ours while it is away."""
    try:
        status, rate = office.get("/rates/standard")
    except Unreachable:
        return default
    return rate["percent"] if status == 200 and rate else default


def build(service):
    records = Records(service.data, "payments")
    authentication = service.owner("M01-Authentication-Service")
    office = Client(service.config.address("tax_office_url"), service.timeout)
    default = service.config.number("tax.percent")

    def capture(request):
        user = signed_in(request, authentication)
        if not user:
            return refusal(401, "sign in first")
        payment_id, account = request.field("payment_id"), request.field("account")
        amount, currency = request.field("amount_minor", int), request.field("currency")
        if amount <= 0:
            return refusal(400, "amount_minor must be positive")
        if any(record["payment_id"] == payment_id for record in records.all()):
            return 200, {"payment_id": payment_id, "captured": False}
        booked = entries(payment_id, account, amount, tax_percent(office, default))
        records.append({"payment_id": payment_id, "entries": booked})
        paid = {"payment_id": payment_id, "user": user, "amount_minor": amount}
        service.events.publish("payment.captured", {**paid, "currency": currency}, request.span)
        return 201, {"payment_id": payment_id, "captured": True}

    def show(request):
        account = request.values["account"]
        return 200, {"account": account, "balance": balances(records.all()).get(account, 0)}

    def get_balance(request):
        account = request.field("account")
        return 200, {"account": account, "balance": balances(records.all()).get(account, 0)}

    return {
        ("GET", "/accounts"): lambda request: (200, {"balances": balances(records.all())}),
        ("GET", "/accounts/{account}"): show,
        ("POST", "/payments"): capture,
        ("POST", "/ledger.v1.LedgerService/GetBalance"): get_balance,
    }
