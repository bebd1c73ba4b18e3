"""Commands asked wrongly: exit 2, what is wrong, what is near, nothing on stdout, nothing changed."""

from __future__ import annotations

import re

import pytest

from e2e.cli.shop import Shop, written
from tierline.cli.main import TABLE

ASKED_WRONGLY = [
    (("chek",), "did you mean check"),
    (("check", "--nope"), "--nope"),
    (("check", "--gate", "structre"), "structure"),
    (("check", "--format", "xml"), "xml"),
    (("check", "M99"), "M99"),
    (("check", "outdated"), "ready outdated"),
    (("check", "--code", "structure/missing"), "structure/missing-file"),
    (("check", "--severity", "bad"), "bad"),
    (("check", "--env", "Pr\x1b[31mod"), "usage/environment"),
    (("check", "--policy", "absent.toml"), "usage/policy"),
    (("check", "--policy", "."), "Is a directory"),
    (("check", "--root-path", "absent"), "settings/root"),
    (("check", "--root-path", "README.md"), "is not a folder"),
    (("plan", "M99"), "M09-Payout-Service"),
    (("plan", "Profile"), "M02-Profile-Service"),
    (("plan", "domain:datai"), "data-ai"),
    (("plan", "tier:7"), "0, 1, 2"),
    (("plan", "foo:bar"), "domain, tier, batch, changed"),
    (("plan", "batch:zzz"), "t<tier>-l<level>"),
    (("plan", "changed:nope"), "git/bad-reference"),
    (("plan", "changed:--output=x"), "does not begin with -"),
    (("plan", "changed:HEAD"), "selection/empty"),
    (("plan", "file:absent"), "selection/file"),
    (("plan", "file:/dev/zero"), "selection/file"),
    (("plan", "M05\x1b[31m"), "selection/syntax"),
    (("plan", "M05 ,"), "selection/syntax"),
    (("plan", ""), "leave the word out"),
    (("rollout", " ", "--yes"), "leave the word out"),
    (("rollout",), "--yes"),
    (("rollout", "--yes", "--target", "moon"), "usage/target"),
    (("rollout", "--yes", "--script", "README.md"), "--target simulated"),
    (("rollout", "--yes", "--supersedes", "R-1"), "rollout/unknown"),
    (("rollout", "M01", "README.md", "--yes"), "selection/"),
    (("report", "R-1"), "rollout/unknown"),
    (("report",), "rollout/none"),
    (("resume",), "rollout/none"),
    (("hold",), "rollout/none"),
    (("abort",), "rollout/none"),
    (("verify",), "verify/nothing-runs"),
    (("logs", "domain:data-ai"), "M14-Recommendation-Service"),
    (("logs", "M99"), "M09-Payout-Service"),
    (("schema", "report"), "report-1"),
    (("explain", "missing-file"), "structure/missing-file"),
    (("explain", "\x1b[31m"), "usage/code"),
    (("completion", "csh"), "csh"),
    (("init", "--demo", "."), "demo/not-empty"),
    (("demo", "--break", "M05"), "SERVICE=MODE"),
    (("demo", "new", "--break", "M99=boot"), "M09-Payout-Service"),
    (("demo", "new", "--break", "M05=heath"), "health"),
    (("demo", "new", "--break", "M11=dependency"), "break/no-owner"),
]


@pytest.mark.parametrize(("arguments", "said"), ASKED_WRONGLY, ids=lambda a: str(a)[:40])
def test_a_command_asked_wrongly_says_what_is_near(
    shop: Shop, arguments: tuple[str, ...], said: str
) -> None:
    before = written(shop.folder)
    told = shop.tell(*arguments)
    assert (told.code, told.out) == (2, ""), told.err
    assert said in told.err
    assert written(shop.folder) == before


SCRIPTS = [
    (b"services = [\n", "not TOML"),
    (b"\xff\xfe", "UTF-8"),
    (b"[other]\n", "[services.ID]"),
    (b"[services.M99]\nhealthy_after = 1.0\n", "M09-Payout-Service"),
    (b"[services.M05]\nhealthy_aftr = 1.0\n", "healthy_after"),
    (b"[services.M05]\nhealthy_after = 'x'\n", "services.M05.healthy_after"),
    (b"services.M05 = 3\n", "M05"),
    (b"x = 1\n" * 400_000, "MiB"),
]


@pytest.mark.parametrize(("text", "said"), SCRIPTS, ids=lambda a: str(a)[:30])
def test_a_broken_script_is_refused_with_what_is_wrong(shop: Shop, text: bytes, said: str) -> None:
    script = shop.folder / "faults.toml"
    script.write_bytes(text)
    told = shop.tell("rollout", "--yes", "--target", "simulated", "--script", str(script))
    assert (told.code, told.out) == (2, ""), told.err
    assert "faults.toml" in told.err
    assert said in told.err


POLICIES = [
    (b"version = [\n", "policy.toml:1"),
    (b"version = 2\n", "policy.toml:1"),
    (b"version = 1\nversion = 1\n", "policy.toml:2"),
    (b"version = 1\n[limits]\nmax_paralel = 3\n", "limits.max_paralel"),
    (b"version = 1\n[limits]\nmax_parallel = 'x'\n", "limits.max_parallel"),
    (b"version = 1\n[[waivers]]\ncode = 'a'\n", "waivers[0]"),
    (b"\xff\xfe", "UTF-8"),
    (b"# x\n" * 400_000, "1 MiB"),
]


@pytest.mark.parametrize(("text", "said"), POLICIES, ids=lambda a: str(a)[:30])
def test_a_broken_policy_is_refused_with_its_place(shop: Shop, text: bytes, said: str) -> None:
    policy = shop.folder / "policy.toml"
    policy.write_bytes(text)
    told = shop.under(TIERLINE_POLICY=str(policy)).tell("check", "--format", "json")
    assert (told.code, told.out) == (2, ""), told.err
    assert said in told.err


def test_without_a_command_the_help_is_shown(shop: Shop) -> None:
    told = shop.tell()
    assert told.code == 2
    assert "First steps" in told.err
    assert all(f"  {name} " in told.err for name in TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_the_help_of_every_command_has_examples(shop: Shop, name: str) -> None:
    told = shop.under(COLUMNS="80").tell(name, "--help")
    assert told.code == 0
    examples = told.out.partition("Examples:")[2].strip().splitlines()
    assert examples
    assert re.match(rf"\s*(?:cd \S+ && )?tierline {name}\b", examples[0])
    assert max(map(len, told.out.splitlines())) <= 80
