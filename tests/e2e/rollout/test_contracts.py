"""Contracts that steer real releases: held where one breaks, let through where none does."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from e2e.rollout.field import Field, states
from e2e.spoken import until
from tierline.scaffold.demo import write_demo

POLICY = """version = 1
[environments.lab]
kind = "local"
target = "local"
[environments.lab.requirements]
contracts = "required"
[environments.lab.severity]
"openapi-breaking/type" = "warn"
"openapi-breaking/required" = "warn"
"""
LIMITS = "[environments.lab.limits]\n"
EVENTS = """[environments.lab.sources.events]
kind = "http-log"
service = "M10-Event-Bus-Service"
"""
M01, M02 = "M01-Authentication-Service", "M02-Profile-Service"
M04, M06 = "M04-Webhook-Gateway-Service", "M06-Audit-Log-Service"
M11 = "M11-Settings-Registry-Service"
USES = {
    "openapi": "3.1.0",
    "info": {"title": "what M02 uses of M01", "version": "1.0.0"},
}


class Lab(Field):
    """The demo mesh where contracts are required; M01 owns what M02 reads."""

    @property
    def place(self) -> tuple[str, ...]:
        return ("--env", "lab", "--policy", str(self.base / "policy.toml"))

    def release(self, selection: str, *more: str) -> tuple[int, dict[str, Any]]:
        return self.rollout(selection, *more, *self.place)

    def can_roll(self, selection: str) -> dict[str, Any]:
        return json.loads(self.run("can-roll", selection, "--format", "json", *self.place).stdout)

    def decisions(self, selection: str) -> dict[str, str]:
        done = self.run("ready", selection, "--format", "json", *self.place)
        return {one["service_id"]: one["decision"] for one in json.loads(done.stdout)["services"]}

    def service(self, short: str) -> Path:
        return next(self.folder.glob(f"mesh/services/*/{short}-*"))

    def recode(self, short: str, old: str = "", new: str = "") -> None:
        """Another code of a service: with a piece replaced, or only a remark more."""
        file = self.service(short) / "internal/app/bootstrap/__init__.py"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new) if old else f"{text}# again\n")

    def promise(self, **properties: dict[str, Any]) -> None:
        """What M01 says that `GET /users` answers; all of it required."""
        file = self.folder / "mesh/contracts/openapi/M01-authentication-service.yaml"
        document = yaml.safe_load(file.read_text())
        document["components"]["schemas"]["Users"] = _object(properties)
        file.write_text(yaml.safe_dump(document, sort_keys=False))

    def use(self, short: str = "M02", **properties: dict[str, Any]) -> None:
        """What a service says that it uses of it: nothing, if nothing is named."""
        answer = {"description": "done"} | {
            "content": {"application/json": {"schema": _object(properties)}}
        }
        file = self.service(short) / "contracts/uses/openapi/M01-authentication-service.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        paths = {"/users": {"get": {"responses": {"200": answer}}}} if properties else {}
        file.write_text(yaml.safe_dump({**USES, "paths": paths}, sort_keys=False))

    def hear(self, short: str, event: str, **properties: dict[str, Any]) -> None:
        """What a service says that it uses of an event."""
        file = self.service(short) / f"contracts/uses/events/{event}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        document = {"event_type": event, "version": "1.0.0", "producer": M01}
        file.write_text(json.dumps({**document, "payload_schema": _object(properties)}))

    def process(self, service: str) -> psutil.Process:
        """The process of a service's api."""
        told = json.loads(self.run("status", "--format", "json", *self.place).stdout)
        (one,) = (
            each["instance"]
            for each in told["instances"]
            if (each["service_id"], each["workload"]) == (service, "api")
        )
        return psutil.Process(int(one.split("-")[1]))

    def down(self) -> None:
        self.run("down", "--yes", *self.place)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": sorted(properties), "properties": properties}


LIST = {"type": "array", "items": {"type": "string"}}
NUMBER = {"type": "integer"}


@pytest.fixture
def lab(base: Path) -> Iterator[Lab]:
    field = Lab(base / "demo", base)
    write_demo(field.folder)
    (base / "policy.toml").write_text(POLICY)
    field.use(users=LIST)
    assert field.release("+M02")[0] == 0
    yield field
    field.down()


def breaks_its_consumer(lab: Lab) -> None:
    """A provider that breaks its consumer is held exactly there."""
    lab.promise(users=NUMBER)
    lab.recode("M01")
    assert lab.can_roll("M01")["means"] == "not in one release"
    assert lab.decisions("+M02") == {M01: "NO-GO", M02: "HOLD", M11: "GO"}
    code, report = lab.release("M01")
    assert (code, report["state"]) == (3, "refused")
    assert {one["code"] for one in report["blockers"]} == {"boundaries/broken"}


def grows_and_the_consumer_follows(lab: Lab) -> None:
    """Compatible in the provider's direction: more than before; the consumer is not touched."""
    lab.promise(users=LIST, total=NUMBER)
    lab.recode("M01", '{"users": sorted(users())}', '{"users": sorted(users()), "total": 0}')
    assert lab.can_roll("M01")["means"] == "alone"
    # A consumer that wants what is new needs its provider: proposed, and rolled as one.
    lab.use(users=LIST, total=NUMBER)
    lab.recode("M02")
    asked = lab.can_roll("M02")
    assert (asked["decision"], asked["means"]) == ("NO-GO", "as a batch")
    assert asked["services"] == [M02, M01]
    code, report = lab.release("M02 M01")
    assert (code, states(report)) == (0, {M01: "verified", M02: "verified"})
    assert report["order"] == [M01, M02]


def wants_less(lab: Lab) -> None:
    """Compatible in the consumer's direction: it wants less than before, alone."""
    lab.use(users=LIST)
    lab.recode("M02")
    assert lab.can_roll("M02")["means"] == "alone"
    code, report = lab.release("M02")
    assert (code, states(report)) == (0, {M02: "verified"})


def removes_too_early(lab: Lab) -> None:
    """What nobody who runs uses any more may not go while M02 may still go back to using it."""
    lab.promise(users=LIST)
    lab.recode("M01", ', "total": 0', "")
    early = lab.can_roll("M01")
    assert (early["decision"], early["means"]) == ("NO-GO", "not yet")
    assert [one["service_id"] for one in early["ways_back"]] == [M02]
    code, report = lab.release("M01")
    assert (code, {one["code"] for one in report["blockers"]}) == (3, {"boundaries/horizon"})
    policy = lab.base / "policy.toml"
    policy.write_text(f"{POLICY}{LIMITS}horizon_revisions = 0\n")
    code, report = lab.release("M01")
    assert (code, states(report)) == (0, {M01: "verified"})


def loses_its_owner(lab: Lab) -> None:
    """A dependency that flaps is told and forgiven; one that stays cut holds what needs it."""
    (lab.base / "policy.toml").write_text(f"{POLICY}{LIMITS}sustained_seconds = 8\n")
    assert lab.release("+M02")[0] == 0
    watch = lab.start("watch", "--for", "600s", "--format", "json", *lab.place)
    until(watch, "watching")
    owner = lab.process(M01)
    owner.send_signal(signal.SIGSTOP)
    until(watch, "degraded", M02)
    owner.send_signal(signal.SIGCONT)
    until(watch, "recovered", M02)
    owner.send_signal(signal.SIGSTOP)
    until(watch, "failed", M01)
    watch.send_signal(signal.SIGINT)
    told = json.loads(watch.communicate(timeout=60)[0])
    owner.send_signal(signal.SIGCONT)
    assert (watch.returncode, told["decision"]) == (4, "HOLD")
    fates = {one["service_id"]: one["decision"] for one in told["services"]}
    assert fates == {M01: "NO-GO", M02: "HOLD", M11: "HOLD"}, "an interrupted watch lets nobody go"
    short = [one for one in told["degradations"] if not one["sustained"]]
    assert M02 in {one["service_id"] for one in short}


def publishes_otherwise(lab: Lab) -> None:
    """An event that breaks its contract holds the rollout, unless no consumer uses what broke.

    It is on the bus before the service listens.
    """
    (lab.base / "policy.toml").write_text(f"{POLICY}{EVENTS}")
    assert lab.release("+M06")[0] == 0
    begin = "    sessions, records = "
    event = (
        '"event_type": "user.signed_in", "producer": service.id, "payload": {"user": 7, "at": 1}'
    )
    told = f'{{"event_id": secrets.token_hex(), {event}}}'
    publish = f'    service.events._client.post("/events", {told})\n'
    lab.recode("M01", begin, f"{publish}{begin}")
    code, report = lab.release("M01")
    assert (code, states(report)) == (4, {M01: "failed"})
    (failed,) = report["services"]
    assert failed["code"] == "boundary/broken"
    assert "user.signed_in: at /user: a number where a text belongs" in failed["reason"]
    lab.hear("M06", "user.signed_in", at={"type": "number"})
    lab.recode("M06")
    code, report = lab.release("M06", "--supersedes", "latest")
    assert (code, states(report)) == (0, {M06: "verified"})
    code, report = lab.release("M01")
    assert (code, states(report)) == (0, {M01: "verified"})
    (verified,) = report["services"]
    assert verified["code"] == "boundary/unused"
    lab.recode("M01", publish, "")
    (lab.base / "policy.toml").write_text(POLICY)


def answers_otherwise(lab: Lab) -> None:
    """Code that does not answer as its file says is found out when it runs."""
    lab.recode("M01", '{"users": sorted(users())}', '{"users": "nobody"}')
    lab.recode("M02")
    code, report = lab.release("M01 M02")
    assert (code, states(report)) == (4, {M01: "failed", M02: "held"})
    told = {one["service_id"]: (one["code"], one["reason"]) for one in report["services"]}[M01]
    assert told[0] == "boundary/broken"
    assert "GET /users: at /users" in told[1]


def holds_who_uses_it(lab: Lab) -> None:
    """Where the policy says so, exactly who uses what broke is held, and nobody else."""
    rule = '[environments.lab]\non_boundary = "consumers"\n'
    (lab.base / "policy.toml").write_text(POLICY.replace("[environments.lab]\n", rule))
    lab.use("M04")
    code, report = lab.release("M01 M02 M04", "--supersedes", "latest")
    assert (code, states(report)) == (4, {M01: "verified", M02: "held", M04: "verified"})
    told = {one["service_id"]: one for one in report["services"]}
    assert told[M01]["code"] == "boundary/consumers"
    assert "GET /users: at /users" in told[M01]["reason"]
    (blocked,) = told[M02]["blocked_by"]
    assert (blocked["kind"], blocked["by"]) == ("contract", M01)


@pytest.mark.timeout(600)
def test_contracts_decide_over_a_row_of_releases(lab: Lab) -> None:
    for step in (
        breaks_its_consumer,
        grows_and_the_consumer_follows,
        wants_less,
        removes_too_early,
        loses_its_owner,
        publishes_otherwise,
        answers_otherwise,
        holds_who_uses_it,
    ):
        step(lab)


@pytest.mark.timeout(300)
def test_what_moves_as_one_starts_owner_first_and_nothing_comes_between(lab: Lab) -> None:
    """Neither order is safe: refused, unless people declare it; then the gap is one start long."""
    lab.promise(people=LIST)
    lab.recode("M01", '{"users": sorted(users())}', '{"people": sorted(users())}')
    lab.use(people=LIST)
    lab.recode("M02")
    code, report = lab.release("M01 M02 M04")
    assert (code, report["state"]) == (3, "refused")
    assert "boundaries/no-order" in {one["code"] for one in report["blockers"]}
    before = lab.starts()
    code, report = lab.release("M01 M02 M04", "--together", "M01 M02")
    assert (code, set(states(report).values())) == (0, {"verified"}), report
    order = report["order"]
    assert order.index(M02) == order.index(M01) + 1
    assert lab.starts() - before == {f"{name}.api": 1 for name in (M01, M02, M04)}
    assert lab.can_roll("M01 M02")["decision"] == "GO"
