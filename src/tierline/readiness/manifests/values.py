"""Values that an API server refuses although their type is right; its schemas do not tell them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Rule = frozenset[str] | tuple[int, int]
"""the words that a field may have, or the least and the largest number"""

_MOST = 2_147_483_647
_PORT = (1, 65_535)
_COUNT = (0, _MOST)
_SOME = (1, _MOST)
_PROTOCOLS = frozenset({"TCP", "UDP", "SCTP"})
_PROFILES = frozenset({"RuntimeDefault", "Localhost", "Unconfined"})
_OPERATORS = frozenset({"In", "NotIn", "Exists", "DoesNotExist"})
_ROLLING = frozenset({"RollingUpdate", "OnDelete"})

RULES: Final[Mapping[str, Mapping[str, Rule]]] = MappingProxyType(
    {
        "Container": {
            "imagePullPolicy": frozenset({"Always", "Never", "IfNotPresent"}),
            "terminationMessagePolicy": frozenset({"File", "FallbackToLogsOnError"}),
        },
        "ContainerPort": {"containerPort": _PORT, "hostPort": _PORT, "protocol": _PROTOCOLS},
        "CronJobSpec": {"concurrencyPolicy": frozenset({"Allow", "Forbid", "Replace"})},
        "DaemonSetUpdateStrategy": {"type": _ROLLING},
        "DeploymentSpec": {"replicas": _COUNT, "minReadySeconds": _COUNT},
        "DeploymentStrategy": {"type": frozenset({"RollingUpdate", "Recreate"})},
        "GRPCAction": {"port": _PORT},
        "HorizontalPodAutoscalerSpec": {"minReplicas": _COUNT, "maxReplicas": _SOME},
        "HTTPGetAction": {"scheme": frozenset({"HTTP", "HTTPS"})},
        "HTTPIngressPath": {
            "pathType": frozenset({"Exact", "Prefix", "ImplementationSpecific"}),
        },
        "JobSpec": {"completionMode": frozenset({"NonIndexed", "Indexed"})},
        "LabelSelectorRequirement": {"operator": _OPERATORS},
        "MetricSpec": {
            "type": frozenset({"Resource", "Pods", "Object", "External", "ContainerResource"}),
        },
        "MetricTarget": {
            "type": frozenset({"Utilization", "Value", "AverageValue"}),
            "averageUtilization": _SOME,
        },
        "NetworkPolicyPort": {"protocol": _PROTOCOLS},
        "PodDisruptionBudgetSpec": {
            "unhealthyPodEvictionPolicy": frozenset({"IfHealthyBudget", "AlwaysAllow"}),
        },
        "PodSpec": {
            "restartPolicy": frozenset({"Always", "OnFailure", "Never"}),
            "dnsPolicy": frozenset({"ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"}),
            "preemptionPolicy": frozenset({"PreemptLowerPriority", "Never"}),
        },
        "Probe": {
            "periodSeconds": _SOME,
            "timeoutSeconds": _SOME,
            "successThreshold": _SOME,
            "failureThreshold": _SOME,
            "initialDelaySeconds": _COUNT,
        },
        "SeccompProfile": {"type": _PROFILES},
        "ServicePort": {"port": _PORT, "nodePort": _PORT, "protocol": _PROTOCOLS},
        "ServiceSpec": {
            "type": frozenset({"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"}),
            "sessionAffinity": frozenset({"None", "ClientIP"}),
            "externalTrafficPolicy": frozenset({"Cluster", "Local"}),
            "internalTrafficPolicy": frozenset({"Cluster", "Local"}),
        },
        "StatefulSetSpec": {
            "replicas": _COUNT,
            "podManagementPolicy": frozenset({"OrderedReady", "Parallel"}),
        },
        "StatefulSetUpdateStrategy": {"type": _ROLLING},
        "Toleration": {
            "operator": frozenset({"Exists", "Equal", "Lt", "Gt"}),
            "effect": frozenset({"NoSchedule", "PreferNoSchedule", "NoExecute"}),
        },
        "TopologySpreadConstraint": {
            "maxSkew": _SOME,
            "whenUnsatisfiable": frozenset({"DoNotSchedule", "ScheduleAnyway"}),
        },
    }
)
"""type -> field -> what it may be; of the fields that manifests of services have"""
