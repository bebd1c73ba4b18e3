"""Who calls: asks the service behind `auth.v1.AuthService` about a bearer token."""

from __future__ import annotations


def signed_in(request, authentication):
    """The user whose token the request shows, or "" when it shows no valid one.

    `authentication` is a client of the authentication service; Unreachable when it is away.
    """
    if not request.token:
        return ""
    procedure = "/auth.v1.AuthService/VerifyToken"
    _, answer = authentication.post(procedure, {"token": request.token}, request.trace)
    return answer["user"] if answer and answer.get("active") else ""
