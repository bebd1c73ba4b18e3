"""The labels and annotations by which tierline knows its own objects again; knows no values of them."""

from __future__ import annotations

from typing import Final

MANAGER: Final = "tierline"
"""the field manager of every apply"""
_PREFIX: Final = "tierline.dev/"

MESH: Final = f"{_PREFIX}mesh"
ENVIRONMENT: Final = f"{_PREFIX}environment"
SERVICE: Final = f"{_PREFIX}service"
WORKLOAD: Final = f"{_PREFIX}workload"
"""labels; the first three of every object and pod, the last of pods"""

KEY: Final = f"{_PREFIX}key"
FENCE: Final = f"{_PREFIX}fence"
REVISION: Final = f"{_PREFIX}revision"
CONTENT: Final = f"{_PREFIX}content"
"""annotations: the effect, its fence, what it brought, the digest of what was applied"""

CONTAINER: Final = f"{_PREFIX}container"
IMAGE: Final = f"{_PREFIX}image"
CONFIGURATION: Final = f"{_PREFIX}configuration"
"""annotations of pods: which container is the workload, its image as planned, and the digest of the
ConfigMaps that they read"""

STOPPED: Final = f"{_PREFIX}stopped"
"""label of the ConfigMap that remembers by which effect a service was stopped"""
