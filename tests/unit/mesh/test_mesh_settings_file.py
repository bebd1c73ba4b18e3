"""tierline.toml: profiles, defaults, the published schema."""

from __future__ import annotations

import jsonschema
import pytest

from tierline.mesh.profiles import BUILT_IN, GO_MESH, PYTHON_MESH
from tierline.mesh.settings import Settings
from tierline.mesh.settings_file import parse_settings, settings_schema


def parsed(text: str):
    return parse_settings(text.encode(), "mesh/tierline.toml")


def test_nothing_said_is_the_default():
    assert parsed("") == (Settings(), GO_MESH, ())
    assert parsed('profile = "python-mesh"')[1] == PYTHON_MESH
    assert set(BUILT_IN) == {"go-mesh", "python-mesh"}


OWN = """
domains = { edge = 0, shop = 1 }
service_files = ["README.md"]
language = "node"
workloads = { web = "server.js" }
required_workloads = ["web"]
"""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"[profile]\n{OWN}", "own"),
        (f'profile = "mine"\n[profiles.mine]\nextends = "python-mesh"\n{OWN}', "mine"),
    ],
)
def test_a_profile_of_its_own(text: str, name: str):
    settings, profile, defects = parsed(text)
    assert defects == ()
    assert settings.profile == profile.name == name
    assert profile.domains == {"edge": 0, "shop": 1}
    assert profile.tier_of("shop") == 1
    assert profile.tier_of("elsewhere") == 1
    assert profile.service_files == ("README.md",)
    assert (profile.language, profile.workloads) == ("node", {"web": "server.js"})
    base = GO_MESH if name == "own" else PYTHON_MESH
    assert profile.mesh_files == base.mesh_files
    assert profile.bootstrap_folder == base.bootstrap_folder


@pytest.mark.parametrize(
    "text",
    [
        "version = 2",
        "name = 'with blanks'",
        "[profile]\nservice_files = ['/etc/passwd']",
        "[profile]\nservice_files = ['a/../../b']",
        "[profile]\ndomains = { shop = -1 }",
        "[services.M03.run]\napi = []",
        '[services.M03.run]\napi = ["a\\u0000"]',
        "[services.'M03; rm'.run]\napi = ['a']",
        "[services.M03.addresses]\nurl = 'http://127.0.0.1'",
        "[local.variables]\n'A B' = 'x'",
        "[local.variables]\nA = 1",
        "[alias_lineage]\nexceptions = ['M27-Old']",
        "[canonical]\nfolder = '/etc'",
    ],
)
def test_what_it_may_not_say(text: str):
    settings, profile, defects = parsed(text)
    assert [d.code for d in defects] == ["settings/value"]
    assert defects[0].place.line > 0
    assert (settings, profile) == (Settings(), GO_MESH)


def test_a_profile_that_extends_nothing_known():
    _, profile, defects = parsed('profile = "a"\n[profiles.a]\nextends = "b"\n')
    assert [(d.code, d.place.line) for d in defects] == [("settings/unknown-profile", 2)]
    assert profile.mesh_files == GO_MESH.mesh_files


def test_the_published_schema_is_one_and_agrees():
    schema = settings_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid({"name": "m", "services": {"M01": {"run": {"api": ["x"]}}}})
    assert not validator.is_valid({"nmae": "m"})
    assert not validator.is_valid({"services": {"M01": {"run": {"api": "x"}}}})


def test_hostile_toml_ends():
    for text in (
        "a" + ".a" * 200_000 + " = 1",
        "a = " + "[" * 100_000,
        "[" * 5000,
        "a = '" + "x" * 10,
    ):
        _, _, defects = parsed(text)
        assert defects
        assert all(d.message.isprintable() for d in defects)
