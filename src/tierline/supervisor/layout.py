"""Where everything of one supervisor lies on disk, and which names may become file names."""

from __future__ import annotations

import re
from pathlib import Path

from tierline.frozen import frozen
from tierline.targets.local.private import private_folder

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,149}")


def is_name(text: str) -> bool:
    """Whether this may name a service, a workload or a port."""
    return _NAME.fullmatch(text) is not None


def is_key(text: str) -> bool:
    """Whether this may be an effect's key."""
    return _KEY.fullmatch(text) is not None


def launch_id(key: str, workload: str) -> str:
    """The name of all files of one start of one workload, and its `service.instance.id`."""
    return f"{key.replace('/', '_')}.{workload}"


@frozen
class Layout:
    """`state` outlives a reboot, `runtime` need not."""

    state: Path
    runtime: Path

    def make(self) -> None:
        """Make all folders, each ours alone; PermanentError names the one that is not."""
        for folder in (
            self.state,
            self.runtime,
            self.locks,
            self.launches,
            self.services,
            self.data,
        ):
            private_folder(folder)

    @property
    def locks(self) -> Path:
        return self.runtime / "locks"

    @property
    def launches(self) -> Path:
        return self.state / "launches"

    @property
    def services(self) -> Path:
        return self.state / "services"

    @property
    def data(self) -> Path:
        return self.state / "data"

    @property
    def diary(self) -> Path:
        """What the supervisor itself has to say."""
        return self.state / "supervisor.log"

    def lock_of(self, service_id: str, workload: str) -> Path:
        """Held by the processes of a workload, and by nobody else for long."""
        return self.locks / f"{service_id}.{workload}.lock"

    def record_of(self, launch: str) -> Path:
        return self.launches / f"{launch}.json"

    def started_of(self, launch: str) -> Path:
        """Exists as soon as the program itself was about to run."""
        return self.launches / f"{launch}.started"

    def exit_of(self, launch: str) -> Path:
        return self.launches / f"{launch}.exit"

    def output_of(self, launch: str) -> Path:
        return self.launches / f"{launch}.log"

    def state_of(self, service_id: str) -> Path:
        return self.services / f"{service_id}.json"

    def data_of(self, service_id: str) -> Path:
        """The service's own data, kept over its restarts."""
        return self.data / service_id
