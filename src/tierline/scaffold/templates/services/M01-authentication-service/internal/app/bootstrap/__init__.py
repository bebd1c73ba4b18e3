"""Users and their sessions. How long a session lasts is a setting that M11 owns."""

import hashlib
import hmac
import secrets
import time

from meshkit import Records, refusal

OWNERS = {"M11-Settings-Registry-Service": "settings_http_url"}
ROUNDS = 20_000


class Sessions:
    """Tokens that were given out and until when each is valid (seconds, monotonic)."""

    def __init__(self, clock=time.monotonic):
        self._clock, self._sessions = clock, {}

    def open(self, user, seconds):
        token = secrets.token_urlsafe(24)
        self._sessions[token] = (user, self._clock() + seconds)
        return token

    def user(self, token):
        """The user of a valid token, else ""."""
        user, until = self._sessions.get(token, ("", 0.0))
        return user if self._clock() < until else ""


def digest(password, salt):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), bytes.fromhex(salt), ROUNDS).hex()


def build(service):
    sessions, records = Sessions(), Records(service.data, "users")
    settings = service.owner("M11-Settings-Registry-Service")

    def users():
        return {record["user"]: record for record in records.all()}

    def register(request):
        user, password = request.field("user"), request.field("password")
        if user in users():
            return refusal(409, f"{user} is registered already")
        salt = secrets.token_hex(16)
        records.append({"user": user, "salt": salt, "digest": digest(password, salt)})
        return 201, {"user": user}

    def sign_in(request):
        user, password = request.field("user"), request.field("password")
        known = users().get(user, {"salt": "00", "digest": ""})
        if not hmac.compare_digest(digest(password, known["salt"]), known["digest"]):
            return refusal(401, "unknown user or wrong password")
        status, setting = settings.get("/settings/session.seconds", request.trace)
        seconds = setting["value"] if status == 200 else service.config.number("session.seconds")
        token = sessions.open(user, seconds)
        service.events.publish("user.signed_in", {"user": user, "at": time.time()}, request.span)
        return 201, {"token": token, "user": user, "seconds": seconds}

    def verify(request):
        user = sessions.user(request.field("token"))
        return 200, {"user": user, "active": bool(user)}

    return {
        ("GET", "/users"): lambda request: (200, {"users": sorted(users())}),
        ("POST", "/users"): register,
        ("POST", "/sessions"): sign_in,
        ("POST", "/auth.v1.AuthService/VerifyToken"): verify,
    }
