"""Whatever happens to a file of a mesh: findings with places, documents that follow, no traceback."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from made.readiness_cases import SPECS, judge_files
from made.small_mesh import DOMAINS, canonical_files, mesh_files
from tierline.errors import UsageError
from tierline.readiness.codes import CODES
from tierline.readiness.decide import decide
from tierline.readiness.explain import explain
from tierline.report.check_document import check_json
from tierline.report.check_text import check_text
from tierline.report.ready_document import ready_json
from tierline.report.ready_text import ready_text

FILES = mesh_files() | {SPECS + path: text for path, text in canonical_files().items()}
SETTINGS = {
    "tierline.toml": '[policy.limits]\nmax_parallel = 2\n[policy.severity]\n"index/stale" = "fail"\n'
}
READ = sorted(path for path, text in FILES.items() if len(text) > 5)

damages = st.tuples(
    st.integers(0, 2000),
    st.integers(0, 40),
    st.text(max_size=20)
    | st.sampled_from(
        ["- ", ": ", "\n", "[", "{", "'", '"', "&a ", "*a", "|", "<<: ", "M02", "\t"]
    ),
)


def damaged(text: str, damage: tuple[int, int, str]) -> str:
    start, length, put = damage
    start %= len(text) + 1
    changed = text[:start] + put + text[start + length :]
    return changed.encode("utf-8", "replace").decode()


@given(st.sampled_from([*READ, *SETTINGS]), damages)
def test_damage_gives_findings_and_never_a_traceback(
    path: str, damage: tuple[int, int, str]
) -> None:
    files = FILES | SETTINGS
    case = judge_files(files | {path: damaged(files[path], damage)})
    for finding in case.check.findings:
        assert finding.code in CODES, finding.code
        assert finding.place is not None and finding.place.path
    document = json.loads(check_json(case.check))
    assert len(document["findings"]) == len(case.check.findings)
    check_text(case.check)
    chosen = tuple(name for name in DOMAINS if name in case.mesh.services)
    if chosen:
        readiness = decide(case.mesh, case.check, case.policy, chosen, {})
        ready_text(readiness)
        json.loads(ready_json(readiness))


@given(st.text(max_size=30))
def test_no_code_is_a_traceback(text: str) -> None:
    try:
        assert explain(text).endswith("\n")
    except UsageError as error:
        assert error.fix
