"""What of a mesh's buf settings is followed, and what would run its code and is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tierline.contracts.buf_files import Recipe, for_buf, recipe_of, rules_of
from tierline.contracts.proto import Unsaid

SHOWN = "mesh/contracts/buf.gen.yaml"
GO = {"local": "protoc-gen-go", "out": "gen/go", "opt": ["paths=source_relative"]}


def recipe(*plugins: dict[str, Any], **more: Any) -> Recipe | Unsaid | None:
    return recipe_of(json.dumps({"version": "v2", "plugins": plugins, **more}).encode(), SHOWN)


def refused(*plugins: dict[str, Any], **more: Any) -> str:
    found = recipe(*plugins, **more)
    assert isinstance(found, Unsaid), found
    return found.reason


def test_plugins_that_a_person_installed_are_run() -> None:
    grpc = {"local": ["protoc-gen-go-grpc"], "out": "./gen/go/"}
    found = recipe(GO, grpc, {"remote": "buf.build/protocolbuffers/js:v3", "out": "gen/js"})
    assert isinstance(found, Recipe)
    assert found.outs == ("gen/go", "gen/js")
    assert found.programs == ("protoc-gen-go", "protoc-gen-go-grpc")
    assert found.remotes == ("buf.build/protocolbuffers/js:v3",)
    assert json.loads(found.template)["plugins"][0] == GO


def test_a_template_of_the_first_version_is_understood() -> None:
    text = (
        b"version: v1\nplugins:\n  - plugin: go\n    out: gen/go\n  - name: js\n    out: gen/js\n"
    )
    found = recipe_of(text + b"    path: protoc-gen-es\n", SHOWN)
    assert isinstance(found, Recipe)
    assert found.programs == ("protoc-gen-go", "protoc-gen-es")


@pytest.mark.parametrize("text", [None, b"", b"version: v2\n", b"version: v2\nplugins: []\n"])
def test_without_plugins_nothing_is_generated(text: bytes | None) -> None:
    assert recipe_of(text, SHOWN) is None


@pytest.mark.parametrize(
    "plugin",
    [
        {"local": "bash", "out": "gen"},
        {"local": "./protoc-gen-go", "out": "gen"},
        {"local": "protoc-gen-go/../../sh", "out": "gen"},
        {"local": ["go", "run", "./plugin"], "out": "gen"},
        {"local": ["protoc-gen-go", "-x"], "out": "gen"},
        {"plugin": "go", "path": "tools/run.sh", "out": "gen"},
        {"local": "protoc-gen-go\n", "out": "gen"},
    ],
)
def test_no_command_of_the_mesh_is_run(plugin: dict[str, Any]) -> None:
    assert "is a command of the mesh's own, which is not run" in refused(GO, plugin)


@pytest.mark.parametrize("out", ["/tmp/x", "../x", "gen/../../x", "", "x.jar", None, "a\\b"])
def test_stubs_stay_in_their_folder(out: Any) -> None:
    assert "which is no folder of contracts/" in refused({**GO, "out": out})


def test_other_ways_out_are_refused() -> None:
    assert "protoc_path" in refused({"protoc_builtin": "js", "protoc_path": "./x", "out": "gen"})
    assert "is not of buf.build" in refused({"remote": "evil.example/a/b", "out": "gen"})
    assert "is not of buf.build" in refused({"remote": "buf.build.evil.example/a/b", "out": "gen"})
    assert "an input is no folder" in refused(GO, inputs=[{"git_repo": "https://example.org/x"}])
    assert "an input is no folder" in refused(GO, inputs=[{"directory": "../../etc"}])
    assert "needs one of" in refused({"out": "gen"})
    assert "needs one of" in refused({**GO, "remote": "buf.build/a/b"})


@pytest.mark.parametrize(
    "plugin",
    [
        {"plugin": "buf.build/x", "path": ["sh", "-c", "id"]},
        {"name": "buf.build/x", "path": "/mesh/run.sh"},
        {"plugin": "buf.build/a/b", "path": "/mesh/run.sh"},
        {"plugin": "buf.build/../../mesh/run.sh"},
        {"remote": "buf.build/a/../../run.sh"},
        {"remote": "buf.build/a/b\n"},
    ],
)
def test_what_only_looks_like_a_plugin_of_the_registry_is_not_run(plugin: dict[str, Any]) -> None:
    assert "is not" in refused({**plugin, "out": "gen"}, version="v1")


@pytest.mark.parametrize(
    "key", ["Local", "LOCAL", "plugIn", "protoc_Path", "p\u0131ugin", "\u212aey"]
)
def test_keys_that_buf_reads_as_others_are_refused(key: str) -> None:
    assert "is no setting of buf" in refused({**GO, key: ["sh", "-c", "id"]})


def test_no_second_spelling_hides_a_list_of_plugins() -> None:
    for key in ("Plugins", "plugin\u017f", "PLUGINS"):
        assert "is no setting of buf" in refused(GO, **{key: [{"local": "sh", "out": "gen"}]})
        assert "is no setting of buf" in given(f"version: v2\n{key}: [{{plugin: sh}}]\n")


def test_words_of_managed_mode_may_be_written_as_buf_wants_them() -> None:
    managed = {"enabled": True, "override": {"JAVA_PACKAGE": {"a.proto": "x"}}}
    assert isinstance(recipe(GO, managed=managed), Recipe)


def test_what_is_no_settings_has_its_place() -> None:
    found = recipe_of(b"version: v2\nplugins: [\n", SHOWN)
    assert isinstance(found, Unsaid)
    assert found.reason.startswith(f"{SHOWN}:3")
    twice = recipe_of(b"plugins: []\nplugins: [{local: sh}]\n", SHOWN)
    assert isinstance(twice, Unsaid)


def given(text: str, name: str = "buf.yaml") -> str:
    found = for_buf({name: text.encode(), "proto/a.proto": b"x"}, "mesh/contracts")
    return found.reason if isinstance(found, Unsaid) else found[name].decode()


def test_settings_are_written_anew_so_that_nobody_reads_them_otherwise() -> None:
    text = given("version: v2\nmodules: [{path: proto}]\nlint: {use: [STANDARD]} # all\n")
    assert json.loads(text) == {
        "version": "v2",
        "modules": [{"path": "proto"}],
        "lint": {"use": ["STANDARD"]},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("plugins: [{plugin: bash}]", "the rules of bash are a program of the mesh's own"),
        ("plugins: [{plugin: [buf-plugin-x, -y]}]", "a program of the mesh's own"),
        ("plugins: [{plugin: buf.build/../../mesh/run.sh}]", "a program of the mesh's own"),
        ("plugins: [{plugin: buf.build/x}]", "a program of the mesh's own"),
        ("deps: [buf.build/../x]", "is not of buf.build"),
        ("policies: [{policy: ./x.yaml}]", "policies of buf may name programs"),
        ("deps: [evil.example/a/b]", "the module evil.example/a/b is not of buf.build"),
        ("- a list", "not a mapping"),
    ],
)
def test_what_buf_would_run_or_fetch_for_a_mesh_is_refused(text: str, said: str) -> None:
    assert said in given(text)


def test_a_lock_file_stays_as_it_is() -> None:
    text = "version: v2\ndeps:\n  - name: buf.build/a/b\n    commit: 12e4\n"
    assert given(text, "buf.lock") == text
    assert "is not of buf.build" in given("deps: [{remote: evil.example}]", "buf.lock")


def test_rules_are_told_apart_by_what_they_say() -> None:
    one = rules_of({"buf.yaml": b"breaking: {use: [FILE]}\nlint: {use: [X]}"})
    assert one == rules_of({"buf.yaml": b"# same\nbreaking:\n  use:\n    - FILE\n"})
    assert one != rules_of({"buf.yaml": b"breaking: {use: [WIRE]}"})
    of_module = b"modules: [{path: proto, breaking: {ignore: [proto/a]}}]"
    assert rules_of({"buf.yaml": of_module}) != rules_of({"buf.yaml": b"modules: [{path: proto}]"})
    plain = b"modules: [{path: proto}]"
    for hiding in (
        b"modules: [{path: proto, excludes: [proto/a]}]",
        plain + b"\nbuild: {excludes: [a]}",
    ):
        assert rules_of({"buf.yaml": hiding}) != rules_of({"buf.yaml": plain})
