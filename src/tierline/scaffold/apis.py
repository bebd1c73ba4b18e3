"""What each demo service promises over HTTP and in events: the table behind its contracts.

A type is a JSON type, `[type]` for a list of it, or the name of a schema of the same service; a
`?` behind it means that null is allowed. All members are required.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tierline.frozen import frozen

Members = Mapping[str, str]


@frozen
class Operation:
    """`route` is `GET /things/{id}`; `takes` and `gives` name schemas; `query` optional parameters.

    `refusals` are the statuses with an error body. `signed_in` asks for a bearer token.
    """

    route: str
    name: str
    gives: str
    takes: str = ""
    status: int = 200
    refusals: tuple[int, ...] = ()
    query: tuple[str, ...] = ()
    signed_in: bool = False


@frozen
class Api:
    """The operations of one service and the schemas that they use."""

    operations: tuple[Operation, ...]
    schemas: Mapping[str, Members]


EVENTS: Final[Mapping[str, Members]] = {
    "alert.raised": {"alert_id": "string", "reason": "string"},
    "consent.changed": {"user": "string", "purpose": "string", "granted": "boolean"},
    "payment.captured": {
        "payment_id": "string",
        "user": "string",
        "amount_minor": "integer",
        "currency": "string",
    },
    "payout.sent": {"user": "string", "account": "string", "amount_minor": "integer"},
    "risk.scored": {"user": "string", "account": "string", "score": "integer"},
    "settings.changed": {"name": "string", "version": "integer"},
    "user.profile_updated": {"user": "string", "display_name": "string", "country": "string"},
    "user.signed_in": {"user": "string", "at": "number"},
    "webhook.received": {"partner": "string", "bytes": "integer"},
}
"""event -> members of its payload"""

APIS: Final[Mapping[str, Api]] = {
    "M01": Api(
        (
            Operation("GET /users", "listUsers", "Users"),
            Operation("POST /users", "register", "User", "Credentials", 201, (400, 409)),
            Operation("POST /sessions", "signIn", "Session", "Credentials", 201, (400, 401, 502)),
        ),
        {
            "Users": {"users": "[string]"},
            "User": {"user": "string"},
            "Credentials": {"user": "string", "password": "string"},
            "Session": {"token": "string", "user": "string", "seconds": "integer"},
        },
    ),
    "M02": Api(
        (
            Operation("GET /profiles", "listProfiles", "Users"),
            Operation("GET /profiles/{user}", "showProfile", "KnownProfile", refusals=(404,)),
            Operation(
                "PUT /profiles/{user}",
                "changeProfile",
                "Profile",
                "ProfileChange",
                refusals=(400, 403, 502),
                signed_in=True,
            ),
        ),
        {
            "Users": {"users": "[string]"},
            "ProfileChange": {
                "display_name": "string",
                "country": "string",
                "interests": "[string]",
            },
            "Profile": {
                "user": "string",
                "display_name": "string",
                "country": "string",
                "interests": "[string]",
            },
            "KnownProfile": {
                "user": "string",
                "display_name": "string",
                "country": "string",
                "interests": "[string]",
                "archived": "string",
            },
        },
    ),
    "M03": Api(
        (
            Operation("GET /notifications", "listNotifications", "Notifications"),
            Operation("GET /notifications/{user}", "listNotificationsOf", "Notifications"),
        ),
        {
            "Notifications": {"notifications": "[Notification]"},
            "Notification": {"user": "string", "text": "string", "event": "string"},
        },
    ),
    "M04": Api(
        (
            Operation("GET /endpoints", "listEndpoints", "Partners"),
            Operation(
                "POST /endpoints",
                "addEndpoint",
                "Endpoint",
                "NewEndpoint",
                201,
                (400, 401, 502),
                signed_in=True,
            ),
            Operation("POST /hooks/{partner}", "receiveHook", "Received", "Hook", 202, (401, 404)),
        ),
        {
            "Partners": {"partners": "[string]"},
            "NewEndpoint": {"partner": "string", "secret": "string"},
            "Endpoint": {"partner": "string", "path": "string"},
            "Hook": {},
            "Received": {"event_id": "string"},
        },
    ),
    "M05": Api(
        (
            Operation("GET /partners", "listPartners", "Partners"),
            Operation(
                "GET /partners/{partner}", "showPartner", "ConnectedPartner", refusals=(404, 502)
            ),
            Operation(
                "PUT /partners/{partner}", "enterPartner", "Partner", "Entry", refusals=(400,)
            ),
        ),
        {
            "Partners": {"partners": "[string]"},
            "Entry": {"name": "string", "country": "string"},
            "Partner": {"partner": "string", "name": "string", "country": "string"},
            "ConnectedPartner": {
                "partner": "string",
                "name": "string",
                "country": "string",
                "connected": "boolean",
            },
        },
    ),
    "M06": Api(
        (
            Operation("GET /records", "listRecords", "Records", query=("event_type",)),
            Operation(
                "GET /records/{position}/source", "showSource", "Event", refusals=(400, 404, 502)
            ),
            Operation("GET /verification", "verifyRecords", "Verification"),
        ),
        {
            "Records": {"records": "[Record]"},
            "Record": {
                "position": "integer",
                "event_type": "string",
                "producer": "string",
                "payload": "object",
                "previous": "string",
                "hash": "string",
            },
            "Event": {
                "event_id": "string",
                "event_type": "string",
                "producer": "string",
                "payload": "object",
                "position": "integer",
            },
            "Verification": {
                "records": "integer",
                "intact": "boolean",
                "first_break": "integer?",
            },
        },
    ),
    "M07": Api(
        (
            Operation("GET /purposes", "listPurposes", "Purposes"),
            Operation("GET /consents/{user}", "showConsents", "Consents"),
            Operation("GET /consents/{user}/evidence", "showEvidence", "Evidence", refusals=(502,)),
            Operation(
                "PUT /consents/{user}/{purpose}",
                "decideConsent",
                "Answer",
                "Decision",
                refusals=(400, 404, 502),
            ),
        ),
        {
            "Purposes": {"purposes": "[string]"},
            "Consents": {"user": "string", "consents": "object"},
            "Evidence": {"records": "[object]"},
            "Decision": {"granted": "boolean"},
            "Answer": {"user": "string", "purpose": "string", "granted": "boolean"},
        },
    ),
    "M08": Api(
        (
            Operation("GET /accounts", "listAccounts", "Balances"),
            Operation("GET /accounts/{account}", "showAccount", "Account"),
            Operation(
                "POST /payments",
                "capturePayment",
                "Captured",
                "Payment",
                201,
                (400, 401, 502),
                signed_in=True,
            ),
        ),
        {
            "Balances": {"balances": "object"},
            "Account": {"account": "string", "balance": "integer"},
            "Payment": {
                "payment_id": "string",
                "account": "string",
                "amount_minor": "integer",
                "currency": "string",
            },
            "Captured": {"payment_id": "string", "captured": "boolean"},
        },
    ),
    "M09": Api(
        (
            Operation("GET /payouts", "listPayouts", "Payouts"),
            Operation("POST /payouts", "sendPayout", "Sent", "Payout", 201, (400, 409, 502)),
        ),
        {
            "Payouts": {"payouts": "[Payout]"},
            "Payout": {"user": "string", "account": "string", "amount_minor": "integer"},
            "Sent": {"account": "string", "amount_minor": "integer", "left": "integer"},
        },
    ),
    "M10": Api(
        (
            Operation("GET /events", "readEvents", "Page", query=("types", "after", "wait_ms")),
            Operation("GET /events/{position}", "showEvent", "Event", refusals=(400, 404)),
            Operation("GET /topics", "listTopics", "Topics"),
            Operation("POST /events", "publishEvent", "Position", "NewEvent", 202, (400,)),
        ),
        {
            "Page": {"events": "[Event]"},
            "Topics": {"topics": "object"},
            "NewEvent": {
                "event_id": "string",
                "event_type": "string",
                "producer": "string",
                "payload": "object",
            },
            "Event": {
                "event_id": "string",
                "event_type": "string",
                "producer": "string",
                "payload": "object",
                "position": "integer",
                "at": "number?",
            },
            "Position": {"position": "integer"},
        },
    ),
    "M11": Api(
        (
            Operation("GET /settings", "listSettings", "Names"),
            Operation("GET /settings/{name}", "showSetting", "Setting", refusals=(404,)),
            Operation("PUT /settings/{name}", "changeSetting", "Setting", "Change", 200, (400,)),
        ),
        {
            "Names": {"settings": "[string]"},
            "Setting": {"name": "string", "value": "any", "version": "integer"},
            "Change": {"value": "any"},
        },
    ),
    "M12": Api(
        (
            Operation("GET /alerts", "listAlerts", "Alerts"),
            Operation(
                "POST /alerts/{alert_id}/acknowledgement",
                "acknowledgeAlert",
                "Acknowledgement",
                refusals=(401, 404, 502),
                signed_in=True,
            ),
        ),
        {
            "Alerts": {"alerts": "[Alert]"},
            "Alert": {"alert_id": "string", "reason": "string", "by": "string"},
            "Acknowledgement": {"alert_id": "string", "by": "string"},
        },
    ),
    "M13": Api(
        (
            Operation("GET /model", "showModel", "Model"),
            Operation("POST /scores", "scorePayout", "Score", "Payout", 200, (400, 502)),
        ),
        {
            "Model": {"weights": "object"},
            "Payout": {"user": "string", "account": "string", "amount_minor": "integer"},
            "Score": {
                "user": "string",
                "account": "string",
                "score": "integer",
                "reasons": "[string]",
            },
        },
    ),
    "M14": Api(
        (
            Operation("GET /catalogue", "listCatalogue", "Items"),
            Operation(
                "GET /recommendations/{user}", "recommend", "Recommended", refusals=(404, 502)
            ),
        ),
        {
            "Items": {"items": "[string]"},
            "Recommended": {"user": "string", "personal": "boolean", "items": "[string]"},
        },
    ),
}
