"""An empty mesh has each of its files once."""

from __future__ import annotations

from collections import Counter

import pytest

from tierline.mesh.profiles import BUILT_IN
from tierline.scaffold.blank_mesh import blank_mesh


@pytest.mark.parametrize("profile", BUILT_IN)
def test_no_file_is_written_twice(profile: str) -> None:
    counted = Counter(path for path, _ in blank_mesh("shop", BUILT_IN[profile]))
    assert [path for path, times in counted.items() if times > 1] == []
