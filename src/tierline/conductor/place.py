"""Where a command is asked to work; reads nothing."""

from __future__ import annotations

from pathlib import Path

from tierline.frozen import frozen


@frozen
class Place:
    """What a command line (or a request) says of where it works. None means the default.

    `against`: the git reference that a release is compared with, "" for the default.
    `images`: the file that says which image stands for a name; `image_tag`: by which tag the registry is
    asked for others. `cache`: whether what was learnt of the mesh before may be used, and kept for later.
    """

    root_path: Path | None = None
    environment: str | None = None
    policy_file: Path | None = None
    target: str | None = None
    against: str = ""
    images: Path | None = None
    image_tag: str = ""
    cache: bool = True
