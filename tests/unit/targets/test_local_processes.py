"""What a workload's process gets, and who need not serve HTTP."""

from dataclasses import replace
from pathlib import Path

from tierline.facts.observation import Instance, Phase
from tierline.targets.local.messages import Listener, Ports, Whose
from tierline.targets.local.ownership import elsewhere, foreign
from tierline.targets.local.processes import optional_http, workloads
from tierline.targets.local.render import Rendered
from tierline.targets.local.stage import Staged, StagedWorkload
from tierline.targets.local.wiring import Wired, port_names

STAGED = Staged(
    "M02-P",
    "r1",
    "services/a/m02",
    (
        StagedWorkload("worker", ("w",), {"PYTHONPATH": "/staged"}),
        StagedWorkload("api", ("a", "b"), {}),
    ),
    declared={"http": 8080, "admin": 8081},
    serves_http=True,
)
NUMBERS = {"http": 1, "grpc": 2, "admin": 3, "worker_http": 4}
WIRED = Wired(Ports(NUMBERS), Rendered("", {"AUTH_URL": "x:1"}, {}, {}, ()))


def started(variables=None):
    staged = replace(STAGED, variables=variables or {})
    found = workloads(staged, WIRED, Path("/s"), "/bin")
    return {workload.name: workload for workload in found}


def test_every_port_has_a_name():
    names = port_names(STAGED.declared, ["worker", "api"])
    assert names == ("admin", "grpc", "http", "worker_http")
    assert port_names((), ["job"]) == ("grpc", "http")


def test_the_api_has_the_services_ports_and_each_other_workload_one():
    api, worker = started()["api"], started()["worker"]
    assert api.ports == {"http": 1, "grpc": 2, "admin": 3}
    assert worker.ports == {"http": 4}
    assert (api.env["HTTP_PORT"], worker.env["HTTP_PORT"]) == ("1", "4")
    for workload in (api, worker):
        assert workload.env["WORKER_HTTP_PORT"] == "4"
        assert workload.env["GRPC_PORT"] == "2"
        assert workload.env["ADMIN_PORT"] == "3"
        assert workload.env["AUTH_URL"] == "x:1"
        assert workload.cwd == "/s/mesh/services/a/m02"
    assert api.argv == ("a", "b")


def test_later_variables_win():
    variables = {
        "AUTH_URL": "no",
        "HTTP_PORT": "9",
        "PYTHONPATH": "no",
        "X": "yes",
        "bad name": "n",
    }
    worker = started(variables)["worker"].env
    assert worker["AUTH_URL"] == "x:1"
    assert worker["HTTP_PORT"] == "4"
    assert worker["PYTHONPATH"] == "/staged"
    assert worker["X"] == "yes"
    assert "bad name" not in worker


def test_only_what_is_declared_must_serve_http():
    assert optional_http(STAGED) == {"worker"}
    assert optional_http(replace(STAGED, declared={"worker_http": 1})) == frozenset()
    assert optional_http(replace(STAGED, declared={}, serves_http=False)) == {"api", "worker"}


def instance(listening):
    addresses = {"http": "127.0.0.1:20001", "grpc": "127.0.0.1:20002"}
    return Instance("i1", "api", "r", Phase.RUNNING, addresses=addresses, listening=listening)


def test_listening_elsewhere_counts_only_ports_that_were_not_told():
    assert elsewhere(instance((9999, 20002)), 20001) == "listens on 127.0.0.1:9999, told 20001"
    assert elsewhere(instance((20002,)), 20001) == ""
    assert elsewhere(instance((9999, 20001)), 20001) == ""
    assert elsewhere(instance(None), 20001) == ""
    assert elsewhere(instance(()), 20001) == ""


def test_whose_answer_it_is():
    mine = instance((20001,))
    assert foreign(Listener(Whose.INSTANCE, "M02-P", "i1"), 20001, mine) == ""
    assert foreign(Listener(Whose.NOBODY), 20001, mine) == ""
    assert foreign(Listener(Whose.UNKNOWN), 20001, mine) == ""
    said = foreign(Listener(Whose.OUTSIDE, pid=77), 20001, mine)
    assert said == "port 20001 is answered by pid 77, which is not of this instance"
    said = foreign(Listener(Whose.INSTANCE, "M09-X", "i2"), 20001, mine)
    assert said == "port 20001 is answered by another instance, of M09-X"
