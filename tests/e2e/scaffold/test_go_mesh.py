"""The Go mesh under `tests/meshes`: valid, built by the real toolchain, and running."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from started_by_hand import Field, Running, field_of, receiver
from tierline.evidence.load import load_mesh
from tierline.mesh.model import Service
from tierline.scaffold.breaks import break_service
from tierline.scaffold.repository import make_repository

pytestmark = [pytest.mark.required("git", "go"), pytest.mark.slow]

GO_MESH = Path(__file__).resolve().parents[2] / "meshes/go-mesh"
OFFLINE = {"CGO_ENABLED": "0", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOFLAGS": ""}


def built(home: Path, into: Path, **told: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["go", "build", "-o", f"{into}/", "./cmd/..."],
        cwd=home,
        env={**os.environ, **OFFLINE, **told},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def services() -> dict[str, Service]:
    return dict(load_mesh(GO_MESH / "mesh").services)


@pytest.fixture(scope="module")
def programs(
    tmp_path_factory: pytest.TempPathFactory, services: dict[str, Service]
) -> dict[str, Path]:
    """Short id -> the folder with its static programs."""
    made: dict[str, Path] = {}
    for service in services.values():
        made[service.short_id] = tmp_path_factory.mktemp(service.short_id)
        done = built(GO_MESH / "mesh" / service.path, made[service.short_id])
        assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    with receiver() as otlp, field_of(tmp_path, otlp.address) as made:
        yield made


def test_the_mesh_is_read_without_a_defect() -> None:
    mesh = load_mesh(GO_MESH / "mesh")
    assert mesh.defects == ()
    assert len(mesh.services) == 6
    assert {service.tier for service in mesh.services.values()} == {0, 1, 2}
    assert all(
        [workload.name for workload in service.workloads] == ["api", "worker"]
        for service in mesh.services.values()
    )


def test_programs_are_static(programs: dict[str, Path]) -> None:
    for folder in programs.values():
        assert sorted(path.name for path in folder.iterdir()) == ["api", "worker"]
        program = (folder / "api").read_bytes()
        assert program.startswith(b"\x7fELF")
        assert b"ld-linux" not in program


def test_every_module_builds_without_the_workspace(
    services: dict[str, Service], tmp_path: Path
) -> None:
    billing = services["M03-Billing-Service"]
    done = built(GO_MESH / "mesh" / billing.path, tmp_path, GOWORK="off", GOFLAGS="-mod=mod")
    assert done.returncode == 0, done.stderr


def test_services_work_together(
    programs: dict[str, Path], services: dict[str, Service], tmp_path: Path
) -> None:
    def start(short: str, workload: str = "api", **told: str) -> Running:
        service = next(one for one in services.values() if one.short_id == short)
        argv = [str(programs[short] / workload)]
        return field.start(argv, GO_MESH / "mesh" / service.path, workload, told)

    with receiver() as otlp, field_of(tmp_path, otlp.address) as field:
        registry, relay = start("M05"), start("M06")
        bus = {"EVENT_BUS_URL": f"127.0.0.1:{relay.port}"}
        identity = start("M01", REGISTRY_HTTP_URL=f"127.0.0.1:{registry.port}", **bus)
        account = start("M02", IDENTITY_HTTP_URL=f"http://127.0.0.1:{identity.port}", **bus)
        told = {"ACCOUNT_GRPC_URL": f"127.0.0.1:{account.port}", **bus}
        worker = start("M03", "worker", **told)
        assert {one.wait() for one in field.running} == {200}
        owners = {"M01-Identity-Service": True}
        assert account.call("GET", "/readyz") == (200, {"status": "ok", "owners": owners})
        _, ada = identity.call("POST", "/identities", {"name": "ada"})
        opened = {"account": "a1", "token": ada["token"]}
        assert account.call("POST", "/accounts", opened)[0] == 201
        assert account.call("POST", "/accounts", {**opened, "token": "x"})[0] == 403
        for kind in ("logs", "metrics", "traces"):
            resource = otlp.wait("M02-Account-Service", kind)
            assert resource["service.version"] == "rev 1"
            otlp.wait("M03-Billing-Service", kind)
        wait_for_event(relay, "invoice.issued")
        marks = (worker.data / "starts.log").read_text().split()
        assert marks[1:4] == ["M03-Billing-Service", "worker", f"pid={worker.process.pid}"]
        assert set(field.stop()) == {0}


def wait_for_event(relay: Running, event: str) -> None:
    until = time.monotonic() + 10
    while event not in relay.call("GET", "/topics")[1]["topics"]:
        assert time.monotonic() < until, f"{event} never came"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("boot", "cannot start: the data folder has schema 7"),
        ("config", 'runtime.request_timeout_ms is "soon", not a whole number'),
        ("exit", "M05-Registry-Service: to be implemented"),
    ],
)
def test_a_break_that_ends_the_service(tmp_path: Path, field: Field, mode: str, said: str) -> None:
    home = broken(tmp_path, mode)
    assert built(home, tmp_path).returncode == 0
    running = field.start([str(tmp_path / "api")], home, "api", {})
    assert running.process.wait(timeout=10) == (0 if mode == "exit" else 1)
    assert said in running.output.read_text()


def test_a_break_of_the_build_is_found_by_the_build(tmp_path: Path) -> None:
    done = built(broken(tmp_path, "build"), tmp_path)
    assert done.returncode == 1
    assert "undefined: servcie" in done.stderr


def test_a_flapping_service_answers_differently_every_time(tmp_path: Path, field: Field) -> None:
    home = broken(tmp_path, "flap")
    assert built(home, tmp_path).returncode == 0
    flapping = field.start([str(tmp_path / "api")], home, "api", {})
    flapping.wait()
    answers = [flapping.call("GET", "/healthz")[0] for _ in range(4)]
    assert sorted(answers) == [200, 200, 503, 503]


def broken(tmp_path: Path, mode: str) -> Path:
    copy = tmp_path / "copy"
    shutil.copytree(GO_MESH, copy)
    make_repository(copy, "A mesh")
    break_service(copy, "M05", mode)
    return copy / "mesh/services/platform-ops/M05-registry-service"
