"""Finding codes of the gate that judges Kubernetes manifests."""

from __future__ import annotations

from tierline.readiness.code import (
    ALWAYS_FAIL,
    ALWAYS_WARN,
    FAIL,
    OK,
    UNKNOWN,
    UNKNOWN_BEYOND_LOCAL,
    WARN,
    WARN_LOCALLY,
    Code,
)

_ADVICE = (WARN, WARN, FAIL)
"""a cluster takes it, and it does not run well there"""
_ASKED = (WARN, UNKNOWN, UNKNOWN)

_REFUSED = "The API server refuses the object, and a release would stop half way."
_PICKED = (
    "Labels alone tie Kubernetes' objects together: what selects nothing, or too much, is accepted "
    "and does not work."
)
_REACHED = "The pods start, are ready, and every request ends in a refused connection."
_NEEDED = "Pods wait for what they refer to, and do not start before it is there."
_SCALED = "An autoscaler that does not fit its workload is accepted, and never scales it."
_EVICTED = "Nodes are drained for every upgrade; a budget that lets no pod go stops that for good."
_PROBED = (
    "Without probes a pod that hangs counts as ready, keeps getting requests, and is never started "
    "anew."
)
_PINNED = "What such a tag names tomorrow is not what was tested today, nor what a rollback needs."
_SAFE = (
    "Whoever breaks into the service owns what its pods may do. Clusters that enforce the Pod "
    "Security Standards refuse such pods."
)
_GRANTED = "A mesh may be hostile: what gives rights beyond a service is for its cluster to allow."
_VERSION = "What an API server takes depends on its version."

MANIFESTS = (
    Code(
        "manifests/duplicate-entry", "The same entry twice in a list", ALWAYS_FAIL, _REFUSED,
        "Keep one of the two.",
    ),
    Code(
        "manifests/no-such-kind", "A kind that the cluster does not have", ALWAYS_FAIL, _REFUSED,
        "Write the apiVersion and kind that the message names.",
    ),
    Code(
        "manifests/custom-kind", "A kind whose rules are not known here", _ASKED,
        "It was added to the cluster by somebody, so only that cluster knows its fields.",
        "Let the policy file name the kind ([trust] kinds), and tierline.toml say when it is ready.",
    ),
    Code(
        "manifests/unsettled-api", "An API that is alpha or beta", ALWAYS_WARN,
        "Clusters do not serve it unless told to, and a later version drops it.",
        "Write the settled apiVersion, where there is one.",
    ),
    Code(
        "manifests/kind-not-allowed", "A kind that a service may not have", WARN_LOCALLY, _GRANTED,
        "Take it out of the service's folder, or let the policy file allow it: [trust] kinds.",
    ),
    Code(
        "manifests/other-namespace", "An object for another namespace", WARN_LOCALLY, _GRANTED,
        "Leave the namespace out: the environment gives it.",
    ),
    Code(
        "manifests/object-twice", "The same object twice", WARN_LOCALLY,
        "The second one overwrites the first, whichever that is.", "Keep one of the two.",
    ),
    Code(
        "manifests/bad-name", "A name that Kubernetes does not allow", ALWAYS_FAIL, _REFUSED,
        "Write a name as the message says.",
    ),
    Code(
        "manifests/bad-label", "A label that Kubernetes does not allow", ALWAYS_FAIL, _REFUSED,
        "Write it as the message says.",
    ),
    Code(
        "manifests/no-workload", "Nothing runs the service", WARN_LOCALLY,
        "Manifests that run no pod deploy nothing that could be verified.",
        "Add a Deployment, or another kind that runs pods.",
    ),
    Code(
        "manifests/selector", "A workload does not select its own pods", WARN_LOCALLY, _REFUSED,
        "Give the pods' template the labels that the selector asks for.",
    ),
    Code(
        "manifests/shared-pods", "Two workloads select the same pods", WARN_LOCALLY,
        "Each counts the pods of the other as its own, and they fight over them.",
        "Give each a label of its own, such as app.kubernetes.io/component.",
    ),
    Code(
        "manifests/service-selector", "A Service selects no pods", WARN_LOCALLY, _PICKED,
        "Select the labels of the workload's pods.",
    ),
    Code(
        "manifests/target-port", "A Service leads to a port that is not there", WARN_LOCALLY,
        _REACHED, "Name a port of the container.",
    ),
    Code(
        "manifests/port-differs", "A port on which the service does not listen", WARN_LOCALLY,
        _REACHED, "Write the port that the service listens on, or set HTTP_PORT or GRPC_PORT.",
    ),
    Code(
        "manifests/unknown-volume", "A volume that the pod does not have", WARN_LOCALLY, _REFUSED,
        "Declare it among the pod's volumes.",
    ),
    Code(
        "manifests/no-config-map", "A ConfigMap that nobody declares", WARN_LOCALLY, _NEEDED,
        "Declare it in the service's manifests or in environments/k8s.",
    ),
    Code(
        "manifests/no-key", "A key that is not there", WARN_LOCALLY, _NEEDED,
        "Add the key, or correct its spelling.",
    ),
    Code(
        "manifests/secret-expected", "A Secret that must exist in the cluster", _ASKED, _NEEDED,
        "Create it in the cluster, and name it in the policy file: secrets of its environment.",
    ),
    Code(
        "manifests/secret-written-down", "A secret in the repository", WARN_LOCALLY,
        "Everybody who can read the repository, now or later, has it.",
        "Refer to a Secret that is made elsewhere, and change what was written down.",
    ),
    Code(
        "manifests/autoscaler-target", "An autoscaler without its workload", WARN_LOCALLY, _SCALED,
        "Name the kind and name of a workload of the service.",
    ),
    Code(
        "manifests/autoscaler-range", "An autoscaler without room", WARN_LOCALLY, _REFUSED,
        "Let maxReplicas be at least minReplicas.",
    ),
    Code(
        "manifests/autoscaler-request", "An autoscaler that cannot measure", WARN_LOCALLY, _SCALED,
        "Request what it goes by.",
    ),
    Code(
        "manifests/replicas-and-autoscaler", "Replicas beside an autoscaler", ALWAYS_WARN,
        "Every release sets the number back, whatever the load is at that moment.",
        "Leave replicas out: the autoscaler decides.",
    ),
    Code(
        "manifests/budget-selector", "A disruption budget for no pods", WARN_LOCALLY, _PICKED,
        "Select the labels of the workload's pods.",
    ),
    Code(
        "manifests/budget-blocks", "A disruption budget that lets no pod go", _ADVICE, _EVICTED,
        "Allow one pod less than there are at least, or write maxUnavailable: 1.",
    ),
    Code("manifests/no-probe", "A workload without probes", _ADVICE, _PROBED, "Add the probes."),
    Code(
        "manifests/probe-port", "A probe of a port that is not there", WARN_LOCALLY,
        "The probe fails, so the pod is never ready, or is started anew for ever.",
        "Name a port of the container.",
    ),
    Code(
        "manifests/probe-path", "A probe of a path that may not be served", ALWAYS_WARN,
        "A probe that gets 404 fails, so the pod is never ready, or is started anew for ever.",
        "Ask /healthz and /readyz, which services serve by convention.",
    ),
    Code(
        "manifests/probe-path-undeclared", "A probe of a path that the OpenAPI document lacks",
        WARN_LOCALLY,
        "A probe that gets 404 fails, so the pod is never ready, or is started anew for ever.",
        "Ask /healthz and /readyz, which services serve by convention; or declare the path.",
    ),
    Code(
        "manifests/liveness-asks-owners", "Liveness depends on other services", ALWAYS_WARN,
        "One owner that is away has all its dependents started anew, over and over.",
        "Let liveness ask /healthz, and readiness /readyz.",
    ),
    Code(
        "manifests/no-resources", "A container without requests or limit", _ADVICE,
        "Without requests it is put anywhere and evicted first; without a memory limit it takes "
        "its node along.",
        "Write requests of cpu and memory, and a limit of memory.",
    ),
    Code(
        "manifests/request-above-limit", "A request above its limit", WARN_LOCALLY, _REFUSED,
        "Write a limit of at least the request.",
    ),
    Code(
        "manifests/no-image", "A container without an image", WARN_LOCALLY, _REFUSED,
        "Name an image.",
    ),
    Code(
        "manifests/moving-image", "An image whose tag moves", _ADVICE, _PINNED,
        "Write a version or a digest.",
    ),
    Code(
        "manifests/foreign-registry", "An image from elsewhere", WARN_LOCALLY,
        "Whoever runs that registry decides what runs in the cluster.",
        "Take it from a registry of the policy: [trust] registries.",
    ),
    Code(
        "manifests/privileged", "A pod with rights over its node", WARN_LOCALLY, _SAFE,
        "Remove the field that the message names.",
    ),
    Code(
        "manifests/not-restricted", "A container without the usual restrictions", _ADVICE, _SAFE,
        "Add to its securityContext what the message names.",
    ),
    Code(
        "manifests/version-assumed", "The cluster's version is assumed", (OK, WARN, WARN),
        _VERSION, "Say in the policy file which version runs: kubernetes of its environment.",
    ),
    Code(
        "manifests/version-unknown", "A Kubernetes that is not known here", UNKNOWN_BEYOND_LOCAL,
        _VERSION, "Use a tierline that knows the version.",
    ),
    Code(
        "manifests/not-judged", "A service without manifests", (OK, UNKNOWN, UNKNOWN),
        "What could not be looked at is unknown, never in order.", "Write its manifests.",
    ),
)  # fmt: skip
