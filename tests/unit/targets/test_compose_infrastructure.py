"""Which infrastructure a service needs, by what Compose makes of the files."""

from __future__ import annotations

from typing import Any

from tierline.targets.compose.infrastructure import needed_by

PROJECT: dict[str, Any] = {
    "name": "shop",
    "services": {
        "orders": {
            "depends_on": {"cache": {}, "auth": {}},
            "environment": {
                "AUTH_HTTP_URL": "http://auth:9000",
                "DATABASE_URL": "postgresql://orders:x@db/orders",
                "MAIL_URL": "smtp://mail.example:25",
                "EMPTY": None,
            },
        },
        "orders-worker": {"environment": {"CACHE_URL": "redis://cache:6380"}},
        "auth": {},
        "db": {},
        "cache": {},
        "unused": {},
    },
}
OURS = ("orders", "orders-worker", "auth")


def test_what_addresses_and_waits_name_is_needed_with_its_port() -> None:
    assert needed_by(PROJECT, ("orders", "orders-worker"), OURS) == {"cache": 6380, "db": 5432}


def test_what_only_waits_name_has_no_port() -> None:
    assert needed_by(PROJECT, ("orders",), OURS) == {"cache": 0, "db": 5432}


def test_a_service_that_names_none_needs_none() -> None:
    assert needed_by(PROJECT, ("auth",), OURS) == {}
