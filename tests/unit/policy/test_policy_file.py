"""The policy file: everything it can say, and every error in it at once, with its line."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tierline.errors import UsageError
from tierline.facts.decision import Severity
from tierline.mesh.defect import Place
from tierline.mesh.settings import Settings
from tierline.policy.builtin import builtin
from tierline.policy.file import PolicyFile, parse_policy, policy_schema
from tierline.policy.model import (
    DEMANDS,
    Access,
    Approver,
    Demand,
    EnvironmentKind,
    OnFailure,
    OnTierFailure,
    Policy,
    Shipping,
    TierMode,
    Trust,
    TrustedKey,
    Voucher,
    Waiver,
)
from tierline.policy.resolve import resolve

WHOLE = """\
version = 1
on_failure = "rollback"

[environments.shop-eu]
kind = "staging"
target = "kubernetes"
context = "eu-1"
namespace = "shop"
tiers = "prefer"
on_tier_failure = "continue"
requirements = { logs = "expected" }
limits = { max_parallel = 3 }
severity = { "index/stale" = "warn" }

[environments.bare]

[environments.local]
target = "simulated"

[severity]
"index/stale" = "fail"
"config/port-twice" = "warn"

[requirements]
logs = "off"
externals = "expected"

[limits]
verify_seconds = 90
max_parallel = 5

[trust]
keys = ["ada ed25519:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
approvers = ["ada <Ada@example.org> ada@home.example", "bob"]
registries = ["registry.example.org"]

[[waivers]]
code = "structure/missing-file"
service = "M05"
reason = "moving house"
author = "ada"
expires = 2026-01-31

[[waivers]]
code = "index/stale"
reason = "in work"
author = "bob"
expires = 2026-02-01T12:00:00+02:00
"""


def parsed(text: str) -> PolicyFile:
    file, defects = parse_policy(text, "policy.toml")
    assert defects == ()
    assert file is not None
    return file


def resolved(environment: str, text: str = WHOLE) -> Policy:
    policy, defects = resolve(environment, parsed(text), Settings())
    assert defects == ()
    return policy


def test_an_environments_own_rules_go_before_those_of_the_file() -> None:
    policy = resolved("shop-eu")
    assert (policy.kind, policy.target) == (EnvironmentKind.STAGING, "kubernetes")
    assert (policy.context, policy.namespace) == ("eu-1", "shop")
    assert (policy.tiers, policy.on_tier_failure) == (TierMode.PREFER, OnTierFailure.CONTINUE)
    assert policy.on_failure is OnFailure.ROLLBACK
    assert policy.demand("logs") is Demand.EXPECTED
    assert policy.demand("metrics") is Demand.REQUIRED
    assert policy.assume_externals
    assert (policy.limits.max_parallel, policy.limits.verify_seconds) == (3, 90)
    assert policy.limits.failure_budget == 1
    assert policy.severities["index/stale"] is Severity.WARN
    assert policy.severities["config/port-twice"] is Severity.WARN
    key = "ed25519:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    ada = Approver("ada", ("ada@example.org", "ada@home.example"))
    assert policy.trust == Trust(
        (TrustedKey("ada", key),), (ada, Approver("bob")), ("registry.example.org",)
    )
    assert (policy.trust.holder(key), policy.trust.holder("ed25519:other")) == ("ada", None)
    assert (policy.trust.approver("ada"), policy.trust.approver("eve")) == (ada, None)


def test_a_file_may_forbid_breaking_the_glass_everywhere_or_somewhere() -> None:
    text = "version = 1\n{}\n[environments.eu]\n{}\n[environments.us]\n"
    told = {
        (whole, own): (resolved("eu", text.format(whole, own)).break_glass)
        for whole in ("", "break_glass = false", "break_glass = true")
        for own in ("", "break_glass = false", "break_glass = true")
    }
    assert {says for says, allowed in told.items() if not allowed} == {
        ("", "break_glass = false"),
        ("break_glass = false", ""),
        ("break_glass = false", "break_glass = false"),
        ("break_glass = true", "break_glass = false"),
    }
    assert resolved("us", text.format("break_glass = false", "")).break_glass is False


def test_waivers_end_at_an_instant_or_with_a_day() -> None:
    first, second = resolved("shop-eu").waivers
    midnight = datetime(2026, 2, 1, tzinfo=UTC).timestamp()
    place = Place("policy.toml", 37, 3)
    assert first == Waiver(
        "structure/missing-file", "M05", "moving house", "ada", midnight, (), place
    )
    assert second.service_id is None
    assert second.expires == datetime(2026, 2, 1, 10, tzinfo=UTC).timestamp()


def test_what_a_file_does_not_declare_is_production() -> None:
    bare = "version = 1\n"
    assert resolved("eu", bare) == builtin("eu", EnvironmentKind.PRODUCTION, "")
    assert resolved("bare").kind is EnvironmentKind.PRODUCTION
    policy, _ = resolve("staging", None, Settings())
    assert policy.kind is EnvironmentKind.PRODUCTION


def test_local_always_is_local() -> None:
    assert resolve("local", None, Settings())[0] == builtin("local", EnvironmentKind.LOCAL, "local")
    assert resolved("local").kind is EnvironmentKind.LOCAL
    assert resolved("local").target == "simulated"


@pytest.mark.parametrize("name", ["", "A", "a b", "../x", "-a", "a-", "x" * 64, "a\n"])
def test_a_name_that_no_environment_has_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError, match="a name has 1 to 63"):
        resolve(name, None, Settings())


def test_every_error_is_reported_at_once_with_its_line() -> None:
    text = """\
version = 2
surprise = true

[environments.eu]
kind = "preprod"
target = "mainframe"

[environments.eu.limits]
max_parallel = 0
verify_seconds = "long"

[severity]
"not a code" = "fail"
"index/stale" = "bad"

[requirements]
log = "required"

[[waivers]]
code = "index/stale"
author = "ada"
expires = "soon"
"""
    file, defects = parse_policy(text, "p.toml")
    assert file is None
    assert [(one.place.line, one.message.partition(":")[0]) for one in defects] == [
        (1, "version"),
        (2, "surprise"),
        (5, "environments.eu.kind"),
        (6, "environments.eu.target"),
        (9, "environments.eu.limits.max_parallel"),
        (10, "environments.eu.limits.verify_seconds"),
        (13, "severity.not a code"),
        (14, "severity.index/stale"),
        (17, "requirements.log"),
        (19, "waivers[0].reason"),
        (22, "waivers[0].expires"),
    ]
    assert {one.code for one in defects} == {"settings/policy-file"}


KEY = "ed25519:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
TRUST = "version = 1\n[trust]\nkeys = ['{keys}']\n"
NAIVE = """\
version = 1
[[waivers]]
code = "a/b"
reason = "r"
author = "a"
expires = 2026-01-01T00:00:00
"""


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("version = 1\n[environments.local]\nkind = 'production'\n", 3, "always of kind local"),
        (
            NAIVE,
            6,
            "offset",
        ),
        ("version = 1\n[limits]\ngood_share = 0.2\nbad_share = 0.1\n", 2, "smaller than bad_share"),
        (TRUST.format(keys="ed25519:abc"), 3, "HOLDER ed25519:KEY"),
        (TRUST.format(keys="ada ed25519:YWJj"), 3, "HOLDER ed25519:KEY"),
        (TRUST.format(keys=f"../ada {KEY}"), 3, "HOLDER ed25519:KEY"),
        (TRUST.format(keys=f"ada {KEY[:-2]}9="), 3, "HOLDER ed25519:KEY"),
        (TRUST.format(keys=f"ada {KEY}', 'bob {KEY}"), 3, "trust.keys[1]: is about the same as"),
        ("version = 1\n[trust]\napprovers = ['ada', 'ada a@b.c']\n", 3, "approvers[1]: is about"),
        ("version = 1\n[trust]\napprovers = ['ada bob']\n", 3, "e-mail addresses"),
        ("version = 1\n[trust]\napprovers = [' ']\n", 3, "e-mail addresses"),
        ("version = 1\nbreak_glass = 'no'\n", 2, "valid boolean"),
        ("version = \n", 1, "not TOML"),
        ("version = 1\nversion = 1\n", 2, "not TOML"),
        ("", 0, "Field required"),
    ],
)
def test_contradictions_and_syntax(text: str, line: int, words: str) -> None:
    file, defects = parse_policy(text, "p.toml")
    assert file is None
    assert defects[0].place.line == line
    assert words in defects[0].message


@given(st.text(max_size=200))
def test_no_text_is_a_traceback(text: str) -> None:
    file, defects = parse_policy(text, "p.toml")
    assert (file is None) is (defects != ())


def test_a_string_of_half_characters_is_refused() -> None:
    assert parse_policy("version = 1 # \ud800\n", "p.toml")[1][0].code == "settings/not-utf8"


def test_a_file_may_ask_for_whatever_there_is_to_ask_for() -> None:
    told = "".join(f'{name} = "off"\n' for name in DEMANDS)
    policy = resolved("eu", f"version = 1\n[requirements]\n{told}")
    assert {policy.demand(name) for name in DEMANDS} == {Demand.OFF}


def test_the_schema_agrees_with_the_parser() -> None:
    schema: dict[str, Any] = policy_schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    document = tomllib.loads(WHOLE)
    for waiver in document["waivers"]:
        waiver["expires"] = str(waiver["expires"])
    assert [error.message for error in validator.iter_errors(document)] == []
    assert not validator.is_valid({**document, "surprise": 1})
    assert not validator.is_valid({**document, "limits": {"max_parallel": 0}})


def test_the_example_of_the_documentation_is_sound() -> None:
    page = Path(__file__).parents[3].joinpath("docs", "reference", "policy.md")
    chapter = page.read_text(encoding="utf-8").partition("## Policy file")[2].partition("\n## ")[0]
    lines = [line for line in chapter.splitlines() if line.startswith("    ") or not line]
    text = "\n".join(line.removeprefix("    ") for line in lines)
    assert "staging" in parsed(text).environments


def test_an_environment_says_how_its_cluster_is_reached() -> None:
    text = """\
version = 1
[environments.kwok]
kind = "local"
target = "kubernetes"
context = "kwok"
namespace = "shop"
kubeconfig = "kube"
exec_plugins = true
take_over = true
evidence = "status-only"
"""
    assert resolved("kwok", text).access == Access("kube", True, True, True)
    assert resolved("kwok", "version = 1\n").access == Access()


def test_an_environment_says_what_becomes_of_manifests() -> None:
    text = """\
version = 1
[environments.eu]
overlay = "europe"
values = {LOG_LEVEL = "warn"}
image = "ghcr.io/acme/{name}:{tag}"
"""
    assert resolved("eu", text).shipping == Shipping(
        "europe", {"LOG_LEVEL": "warn"}, "ghcr.io/acme/{name}:{tag}"
    )
    assert resolved("us", text).shipping == Shipping()


@pytest.mark.parametrize("target", ["", "local", "compose", "simulated"])
def test_the_word_of_a_target_that_has_none_is_refused(target: str) -> None:
    text = f"version = 1\n[environments.eu]\nkind = 'local'\ntarget = '{target}'\nevidence = 'status-only'\n"
    file, defects = parse_policy(text, "p.toml")
    assert file is None
    assert [one.message for one in defects] == [
        f'environments.eu: evidence = "status-only" is for target "kubernetes"; here it is "{target or "local"}"'
    ]


@pytest.mark.parametrize("kind", ["staging", "production"])
def test_asking_nobody_is_refused_where_it_matters(kind: str) -> None:
    text = f"version = 1\n[environments.eu]\nkind = '{kind}'\nevidence = 'status-only'\n"
    file, defects = parse_policy(text, "p.toml")
    assert file is None
    assert [one.message for one in defects] == [
        f'environments.eu: evidence = "status-only" is refused where kind is {kind}: nobody would ask the services'
    ]


def test_an_environment_says_who_vouches_for_externals() -> None:
    text = """\
version = 1
[environments.eu.externals]
M31 = {probe = "https://archive.example/healthz?k=1"}
M32-Tax = {author = "Ada", reason = "has its own watch", expires = 2027-01-15}
"""
    assert resolved("eu", text).vouchers == {
        "M31": Voucher("https://archive.example/healthz?k=1"),
        "M32-Tax": Voucher("", "Ada", "has its own watch", 1_800_057_600.0),
    }
    assert resolved("us", text).vouchers == {}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('{probe = "ftp://a:1"}', "should match pattern"),
        ('{probe = "http://user:word@host/"}', "should match pattern"),
        ('{probe = "tcp://host"}', "should match pattern"),
        ('{author = "Ada"}', "give a probe, or reason, author and expires, all three"),
        ('{probe = "tcp://h:1", author = "Ada"}', "not both"),
        ("{}", "all three"),
    ],
)
def test_who_vouches_for_nothing_is_refused(said: str, words: str) -> None:
    file, defects = parse_policy(
        f"version = 1\n[environments.eu.externals]\nM31 = {said}\n", "p.toml"
    )
    assert file is None
    assert [words in one.message for one in defects] == [True], defects
