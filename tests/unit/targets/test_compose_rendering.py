"""What Compose is given to run, and what it is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tierline.errors import UsageError
from tierline.targets.compose.compose_cli import Ran, refusal
from tierline.targets.compose.images import build_trouble
from tierline.targets.compose.model import Staged, StagedPart
from tierline.targets.compose.rendering import (
    Effect,
    document_of,
    for_effect,
    networks_of,
    owners_of,
    port_of,
)
from tierline.targets.compose.rights import asked
from tierline.targets.compose.site import project_of, socket_of

PROJECT: dict[str, Any] = {
    "name": "shop",
    "services": {
        "orders": {
            "build": {"context": "/mesh"},
            "depends_on": {"db": {}},
            "environment": {
                "AUTH_HTTP_URL": "http://auth:9000",
                "HTTP_PORT": "8081",
                "PRICE": "5$$",
            },
            "networks": {"mesh": None},
            "volumes": [{"type": "volume", "source": "data", "target": "/data"}],
        },
        "db": {"image": "postgres:15", "networks": {"mesh": None, "private": None}},
    },
    "networks": {"mesh": {"name": "shop_mesh"}, "private": {"name": "shop_private"}},
    "volumes": {"data": {"name": "shop_data"}, "other": {"name": "shop_other"}},
}
PART = StagedPart("orders", "api", "sha256:one", 8081, ("shop_mesh",))


def staged() -> Staged:
    return Staged("M01-Orders", "rev", (PART,), document_of(PROJECT, ["orders"]))


def test_only_the_service_and_what_it_uses_is_run() -> None:
    document = document_of(PROJECT, ["orders"])
    assert list(document["services"]) == ["orders"]
    assert not {"build", "depends_on"} & document["services"]["orders"].keys()
    assert document["networks"] == {"mesh": {"name": "shop_mesh", "external": True}}
    assert document["volumes"] == {"data": {"name": "shop_data"}}
    assert networks_of(PROJECT, PROJECT["services"]["db"]) == ("shop_mesh", "shop_private")


def test_an_effect_pins_the_image_and_says_whose_it_is() -> None:
    effect = Effect("r1/M01-Orders/apply/2", 7, {"orders": "http://10.0.0.1:4318"})
    service = for_effect(staged(), effect)["services"]["orders"]
    assert (service["image"], service["pull_policy"]) == ("sha256:one", "never")
    assert service["labels"] == {
        "dev.tierline.service": "M01-Orders",
        "dev.tierline.workload": "api",
        "dev.tierline.revision": "rev",
        "dev.tierline.image": "sha256:one",
        "dev.tierline.key": "r1/M01-Orders/apply/2",
        "dev.tierline.fence": "7",
        "dev.tierline.sender": "r1_M01-Orders_apply_2.api",
    }
    assert service["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://10.0.0.1:4318"
    told = service["environment"]["OTEL_RESOURCE_ATTRIBUTES"]
    assert told == (
        "service.name=M01-Orders,service.version=rev,service.instance.id=r1_M01-Orders_apply_2.api"
    )
    assert service["environment"]["PRICE"] == "5$$"


def test_an_image_of_unknown_source_has_no_revision() -> None:
    part = StagedPart("orders", "api", "sha256:one", 0, (), known=False)
    unknown = Staged("M01-Orders", "rev", (part,), document_of(PROJECT, ["orders"]))
    service = for_effect(unknown, Effect("k", 1, {}))["services"]["orders"]
    assert service["labels"]["dev.tierline.revision"] == ""
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" not in service["environment"]


def test_what_was_staged_is_read_back() -> None:
    kept = Staged("M01-Orders", "rev", (PART,), {"name": "shop"}, {"M02": "auth:1"}, ("/a",), "api")
    assert Staged.of_json(kept.to_json()) == kept


def test_ports_and_owners() -> None:
    service = PROJECT["services"]["orders"]
    assert port_of(service, 8080, first=True) == 8081
    assert port_of({}, 8080, first=True) == 8080
    assert port_of({}, 8080, first=False) == 0
    assert port_of({"environment": {"WORKER_HTTP_PORT": "7"}}, 8080, first=False) == 7
    known = owners_of(service, {"M02-Auth": ("auth",), "M03-Far": ("far",)}, {"M03-Far": 80})
    assert known == {"M02-Auth": "auth:9000", "M03-Far": "far:80"}


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ({"privileged": True}, "compose/rights"),
        ({"network_mode": "host"}, "compose/rights"),
        ({"pid": "host"}, "compose/rights"),
        ({"ipc": "container:other"}, "compose/rights"),
        ({"cap_add": ["SYS_ADMIN"]}, "compose/rights"),
        ({"security_opt": ["seccomp:unconfined"]}, "compose/rights"),
        ({"devices": [{"source": "/dev/kvm"}]}, "compose/rights"),
        ({"volumes": [{"type": "bind", "source": "/var/run/docker.sock"}]}, "compose/rights"),
        ({"volumes": [{"type": "bind", "source": "/"}]}, "compose/rights"),
        ({"volumes": [{"type": "bind", "source": "/srv/data"}]}, "compose/host-path"),
        ({"build": {"context": "/srv"}}, "compose/leaves-mesh"),
        ({"build": {"context": "https://example.com/a.git"}}, "compose/leaves-mesh"),
        ({"build": {"context": ".", "additional_contexts": {"a": "/srv"}}}, "compose/leaves-mesh"),
        ({"build": {"network": "host"}}, "compose/rights"),
    ],
)
def test_what_reaches_for_the_host_is_named(
    service: dict[str, Any], code: str, tmp_path: Path
) -> None:
    if service.get("build", {}).get("context") == ".":
        service = {"build": {**service["build"], "context": str(tmp_path)}}
    assert code in {found for found, _ in asked(service, tmp_path)}


def test_a_link_out_of_the_mesh_leaves_it(tmp_path: Path) -> None:
    mesh = tmp_path / "mesh"
    mesh.mkdir()
    (mesh / "data").symlink_to(tmp_path)
    mount = {"type": "bind", "source": str(mesh / "data")}
    assert [code for code, _ in asked({"volumes": [mount]}, mesh)] == ["compose/host-path"]


def test_an_ordinary_service_asks_for_nothing(tmp_path: Path) -> None:
    service = {
        "build": {"context": str(tmp_path), "dockerfile": "Dockerfile"},
        "security_opt": ["no-new-privileges:true"],
        "volumes": [
            {"type": "volume", "source": "data"},
            {"type": "bind", "source": str(tmp_path / "a")},
        ],
    }
    assert list(asked(service, tmp_path)) == []


@pytest.mark.parametrize(
    ("errors", "code", "temporary"),
    [
        ("Bind for 0.0.0.0:80 failed: port is already allocated", "port/taken", True),
        ("Error response from daemon: No such image: sha256:one", "image/missing", False),
        ("Error response from daemon: invalid mount", "compose/refused", False),
    ],
)
def test_why_compose_could_not_start_it(errors: str, code: str, temporary: bool) -> None:
    ran = Ran(1, "", f" Container shop-orders-1  Starting\n{errors}\n")
    assert refusal(ran) == (code, temporary)
    assert ran.trouble == errors.removeprefix("Error response from daemon: ")


def test_a_failed_build_is_told_by_the_line_that_failed() -> None:
    errors = (
        "#9 [build 5/5] RUN go build\n"
        "#9 1.234 # example.com/shop/cmd/api\n"
        "#9 1.235 cmd/api/main.go:9:2: undefined: servcie\n"
        "#9 ERROR: exit code: 1\n"
        "------\nfailed to solve: exit code: 1\n"
    )
    assert build_trouble(Ran(1, "", errors)) == "cmd/api/main.go:9:2: undefined: servcie"


def test_only_engines_of_this_host_are_conducted() -> None:
    assert socket_of("", {}) == Path("/var/run/docker.sock")
    assert socket_of("", {"DOCKER_HOST": "unix:///run/a.sock"}) == Path("/run/a.sock")
    assert socket_of("unix:///run/b.sock", {"DOCKER_HOST": "tcp://x"}) == Path("/run/b.sock")
    with pytest.raises(UsageError, match="DOCKER_HOST is tcp://host:2375"):
        socket_of("", {"DOCKER_HOST": "tcp://host:2375"})
    assert project_of("", "shop-local-1") == "shop-local-1"
    with pytest.raises(UsageError, match="cannot name a Compose project"):
        project_of("Shop!", "shop")
