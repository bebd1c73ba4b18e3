"""Which owner a key means, and that an address keeps its shape."""

import pytest

from tierline.mesh.owner_keys import match_owner, tokens
from tierline.targets.asking.addresses import (
    Address,
    moved_to,
    parse_address,
    port_name,
)

AUTH, PROFILE, PAYMENTS, LEDGER = (
    "M01-Authentication-Service",
    "M02-Profile-Service",
    "M08-Payments-Ledger-Service",
    "M09-Ledger-Audit-Service",
)


@pytest.mark.parametrize(
    ("key", "owners", "expected"),
    [
        ("auth_grpc_url", [AUTH, PROFILE], AUTH),
        ("authentication_url", [AUTH, PROFILE], AUTH),
        ("profiles_http_url", [AUTH, PROFILE], PROFILE),
        ("m02_url", [AUTH, PROFILE], PROFILE),
        ("ledger_url", [PAYMENTS, LEDGER], None),
        ("payments_ledger_url", [PAYMENTS, LEDGER], PAYMENTS),
        ("payment_grpc_url", [PAYMENTS, LEDGER], PAYMENTS),
        ("auth_profile_url", [AUTH, PROFILE], None),
        ("redis_url", [AUTH, PROFILE], None),
        ("postgres_url", ["M07-Post-Service"], None),
        ("service_api_url", [AUTH], None),
        ("au_url", [AUTH], None),
        ("ai_url", ["M03-AI-Service", "M04-Airport-Service"], "M03-AI-Service"),
        ("m0_url", [AUTH], None),
        ("auth_url", [], None),
        ("", [AUTH], None),
    ],
)
def test_a_key_means_an_owner_only_by_a_unique_token(key, owners, expected):
    assert match_owner(key, owners) == expected


def test_generic_words_are_no_tokens():
    assert tokens("M01-Authentication-Service") == ("m01", "authentication")
    assert tokens("grpcUrl_api") == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("127.0.0.1:9090", Address("", "127.0.0.1", 9090)),
        ("http://auth:8080/v1", Address("http", "auth", 8080)),
        ("http://auth/v1", Address("http", "auth", 80)),
        ("postgres://u:secret@db/app", Address("postgres", "db", 5432)),
        ("http://[::1]:80", Address("http", "::1", 80)),
        ("unix:///tmp/x", None),
        ("host:99999", None),
        ("just words", None),
        ("", None),
    ],
)
def test_addresses_are_read(value, expected):
    assert parse_address(value) == expected


@pytest.mark.parametrize(
    ("value", "bare", "expected"),
    [
        ("http://auth:8080/v1?x=1", False, "http://127.0.0.1:20001/v1?x=1"),
        ("http://auth", True, "http://127.0.0.1:20001"),
        ("auth:9090", False, "127.0.0.1:20001"),
        ("${AUTH_URL}", False, "http://127.0.0.1:20001"),
        ("${AUTH_GRPC_URL}", True, "127.0.0.1:20001"),
    ],
)
def test_a_moved_address_keeps_its_shape(value, bare, expected):
    assert moved_to(value, "127.0.0.1", 20001, bare=bare) == expected


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("auth_grpc_url", "http://auth:8080", "grpc"),
        ("auth_http_url", "auth:9090", "http"),
        ("auth_url", "auth:9090", "grpc"),
        ("auth_url", "auth:8080", "http"),
        ("auth_url", "auth:1234", "http"),
        ("auth_url", "grpc://auth:1234", "grpc"),
        ("auth_url", "http://auth:9090", "http"),
        ("auth_url", "${X}", "http"),
    ],
)
def test_which_port_of_the_owner_is_meant(key, value, expected):
    assert port_name(key, value, {"http": 8080, "grpc": 9090}) == expected
