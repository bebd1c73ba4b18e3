"""A configuration for this machine: what changes, what stays, what is refused."""

from dataclasses import replace

import pytest
import yaml

from tierline.errors import PermanentError
from tierline.targets.asking.addresses import Address
from tierline.targets.local.render import Neighbour, Surroundings, Unresolved, port_names, render
from tierline.targets.template import replaced, scalars

TEXT = """\
# Größe 😀 stays
service:
  id: M02-Profile-Service
  http_port: 8080  # replaced
  grpc_port: "9090"
dependencies:
  postgres_url: ${PG_URL}
  kafka_brokers: [localhost:9092, '${BROKER:-b:9093}']
  auth_grpc_url: 127.0.0.1:9090
  auth_http_url: 'http://auth:8080/v1'
  bus_url: ${BUS_URL}
  other: plain words
observability:
  otlp_endpoint: http://collector:4318
"""
AUTH, BUS = "M01-Authentication-Service", "M10-Event-Bus-Service"


BASE = Surroundings(
    shown_path="mesh/services/core-platform/m02/configs/default.yaml",
    ports={"http": 20002, "grpc": 20003},
    owners=(AUTH,),
    pointed={"bus_url": BUS},
    neighbours={
        AUTH: Neighbour({"http": 20000, "grpc": 20001}, {"http": 8080, "grpc": 9090}),
        BUS: Neighbour({"http": 20010, "grpc": 20011}),
    },
    variables={"PG_URL": "postgres://me@127.0.0.1:1/db"},
    otlp="127.0.0.1:4999",
)


def around(**changes):
    return replace(BASE, **changes)


def test_ports_addresses_variables_and_the_receiver_are_set():
    rendered = render(TEXT, around())
    assert yaml.safe_load(rendered.text) == {
        "service": {"id": "M02-Profile-Service", "http_port": 20002, "grpc_port": "20003"},
        "dependencies": {
            "postgres_url": "postgres://me@127.0.0.1:1/db",
            "kafka_brokers": ["localhost:9092", "b:9093"],
            "auth_grpc_url": "127.0.0.1:20001",
            "auth_http_url": "http://127.0.0.1:20000/v1",
            "bus_url": "http://127.0.0.1:20010",
            "other": "plain words",
        },
        "observability": {"otlp_endpoint": "http://127.0.0.1:4999"},
    }
    assert rendered.text.startswith("# Größe 😀 stays\nservice:\n")
    assert "http_port: 20002  # replaced" in rendered.text


def test_what_follows_from_it():
    rendered = render(TEXT, around())
    assert rendered.environment == {
        "POSTGRES_URL": "postgres://me@127.0.0.1:1/db",
        "KAFKA_BROKERS": "localhost:9092,b:9093",
        "AUTH_GRPC_URL": "127.0.0.1:20001",
        "AUTH_HTTP_URL": "http://127.0.0.1:20000/v1",
        "BUS_URL": "http://127.0.0.1:20010",
        "OTHER": "plain words",
    }
    assert rendered.addresses == {
        AUTH: Address("", "127.0.0.1", 20000),
        BUS: Address("", "127.0.0.1", 20010),
    }
    assert rendered.infrastructure == {
        "postgres_url": (Address("postgres", "127.0.0.1", 1),),
        "kafka_brokers": (Address("", "localhost", 9092), Address("", "b", 9093)),
    }


def test_an_unresolved_variable_names_itself_and_its_place():
    with pytest.raises(Unresolved) as caught:
        render(TEXT, around(variables={}))
    assert caught.value.code == "config/unresolved"
    place = "mesh/services/core-platform/m02/configs/default.yaml:7:17"
    assert caught.value.message == f"{place}: ${{PG_URL}} has no value"
    assert "PG_URL" in caught.value.fix


def test_a_variable_of_the_mesh_wins_over_infrastructure_but_not_over_an_owner():
    variables = {"PG_URL": "x", "POSTGRES_URL": "mine", "AUTH_GRPC_URL": "elsewhere:1"}
    environment = render(TEXT, around(variables=variables)).environment
    assert "POSTGRES_URL" not in environment
    assert environment["AUTH_GRPC_URL"] == "127.0.0.1:20001"


def test_an_address_that_fits_nobody_is_left_and_named():
    text = "dependencies:\n  mystery_host: somewhere:1\n"
    rendered = render(text, around())
    assert rendered.text == text
    assert rendered.unmatched == ("mystery_host",)


def test_a_value_that_could_change_the_structure_is_quoted():
    text = "a: {b: '${X}'}\n"
    rendered = render(text, around(variables={"X": "1, c: 2}\nd: [3"}))
    assert yaml.safe_load(rendered.text) == {"a": {"b": "1, c: 2}\nd: [3"}}


def test_aliases_are_never_expanded_and_keys_never_values():
    text = "x: &x ${V}\ny: *x\n? [k]\n: ${V}\n*x : z\n"
    assert [scalar.value for scalar in scalars(text, "f")] == ["${V}", "k", "${V}", "z"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [1", "f:2:1 cannot be read"),
        ("[" * 100 + "]" * 100, "nested deeper than 64"),
        ("a: " + "b" * 1_000_001, "larger than 1,000,000"),
        ("a: \x07", "f"),
    ],
)
def test_what_is_not_yaml_is_refused_with_its_place(text, problem):
    with pytest.raises(PermanentError) as caught:
        scalars(text, "f")
    assert caught.value.code == "config/unreadable"
    assert problem in caught.value.message


def test_replacing_nothing_changes_nothing():
    assert replaced(TEXT, {}) == TEXT


def test_declared_ports():
    text = "service: {http_port: 80, worker_http_port: '${W}', name: x}\nother: {x_port: 1}\n"
    assert port_names(text, "f") == {"http": 80, "worker_http": 0}


def test_a_byte_order_mark_does_not_shift_anything():
    rendered = render("\ufeffservice:\n  http_port: 8080\n", around())
    assert rendered.text == "service:\n  http_port: 20002\n"
