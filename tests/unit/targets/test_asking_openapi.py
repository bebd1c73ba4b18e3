"""Which paths may be asked at any time."""

from tierline.targets.asking.openapi import find_openapi, safe_paths

TEXT = """\
openapi: 3.1.0
paths:
  /v1/users:
    get: {responses: {"200": {description: ok}}}
    post: {responses: {"200": {description: ok}}}
  /v1/users/{id}:
    get: {responses: {"200": {description: ok}}}
  /v1/search:
    get: {parameters: [{name: q, in: query}], responses: {"200": {description: ok}}}
  /v1/shared:
    parameters: [{$ref: "#/x"}]
    get: {responses: {"200": {description: ok}}}
  /v1/only-post:
    post: {responses: {"200": {description: ok}}}
  "/v1/bad path":
    get: {responses: {"200": {description: ok}}}
  "/v1/a\\r\\nX: y":
    get: {responses: {"200": {description: ok}}}
"""


def test_only_get_without_parameters_is_safe():
    assert safe_paths(TEXT, "f") == ("/v1/users",)


def test_a_broken_file_gives_none():
    assert safe_paths("paths: [", "f") == ()


def test_the_file_is_found_by_name(tmp_path):
    folder = tmp_path / "contracts/openapi"
    (folder / "profile-service").mkdir(parents=True)
    (folder / "m01-authentication-service.yaml").write_text("")
    (folder / "profile-service/openapi.yaml").write_text("")
    found = find_openapi(tmp_path, "M01-Authentication-Service", "M01-authentication-service")
    assert found == folder / "m01-authentication-service.yaml"
    found = find_openapi(tmp_path, "M02-Profile-Service", "M02-profile-service")
    assert found == folder / "profile-service/openapi.yaml"
    assert find_openapi(tmp_path, "M03-X", "M03-x") is None


def test_a_link_that_leaves_the_mesh_is_no_file(tmp_path):
    folder = tmp_path / "mesh/contracts/openapi"
    folder.mkdir(parents=True)
    (tmp_path / "outside.yaml").write_text(TEXT)
    (folder / "m03-x.yaml").symlink_to(tmp_path / "outside.yaml")
    assert find_openapi(tmp_path / "mesh", "M03-X", "M03-x") is None
