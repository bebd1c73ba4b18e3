"""The labels and annotations by which tierline knows its own objects again; knows no values of them."""

from __future__ import annotations

from typing import Final

MANAGER: Final = "tierline"
"""the field manager of every apply"""
PREFIX: Final = "tierline.dev/"

MESH: Final = f"{PREFIX}mesh"
ENVIRONMENT: Final = f"{PREFIX}environment"
SERVICE: Final = f"{PREFIX}service"
WORKLOAD: Final = f"{PREFIX}workload"
"""labels; the first three of every object and pod, the last of pods"""

KEY: Final = f"{PREFIX}key"
FENCE: Final = f"{PREFIX}fence"
REVISION: Final = f"{PREFIX}revision"
CONTENT: Final = f"{PREFIX}content"
"""annotations: the effect, its fence, what it brought, the digest of what was applied"""

BESIDE: Final = f"{PREFIX}beside"
"""annotation of controllers: what else the effect brings, as `Kind/name`; it is there with the same key
once the effect was taken on"""

READY: Final = f"{PREFIX}ready"
"""annotation of objects of a mesh's own kinds: the rule that says when they are ready"""

CONTAINER: Final = f"{PREFIX}container"
IMAGE: Final = f"{PREFIX}image"
CONFIGURATION: Final = f"{PREFIX}configuration"
"""annotations of pods: which container is the workload, its image as planned, and the digest of the
ConfigMaps that they read"""

DOUBT: Final = f"{PREFIX}doubt"
"""annotation of pods in our view alone: why the revision of what others brought is not the planned one"""

STOPPED: Final = f"{PREFIX}stopped"
"""label of the ConfigMap that remembers by which effect a service was stopped"""
