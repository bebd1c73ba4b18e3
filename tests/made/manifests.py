"""Manifests of a service without any finding, for tests that change them."""

from __future__ import annotations

_HEAD = "apiVersion: {api}\nkind: {kind}\nmetadata:\n  name: {name}\n"

_DEPLOYMENT = """\
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
    spec:
      containers:
        - name: api
          image: registry.example.org/{name}:1.0.0
          envFrom:
            - configMapRef:
                name: {name}
          ports:
            - name: http
              containerPort: {http}
            - name: grpc
              containerPort: {grpc}
          readinessProbe:
            httpGet:
              path: /readyz
              port: http
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
          resources:
            requests:
              cpu: 50m
              memory: 64Mi
            limits:
              memory: 128Mi
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
              drop:
                - ALL
            readOnlyRootFilesystem: true
            runAsNonRoot: true
            seccompProfile:
              type: RuntimeDefault
"""
_SERVICE = """\
spec:
  selector:
    app.kubernetes.io/name: {name}
  ports:
    - name: http
      port: {http}
      targetPort: http
    - name: grpc
      port: {grpc}
      targetPort: grpc
"""
_CONFIG_MAP = """\
data:
  HTTP_HOST: 0.0.0.0
  OTLP: http://collector:4317
  POSTGRES_URL: postgres://database:5432/mesh
"""
_AUTOSCALER = """\
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {name}
  minReplicas: 2
  maxReplicas: 6
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 70
"""
_BUDGET = """\
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
"""
_KINDS = {
    "deployment": ("apps/v1", "Deployment", _DEPLOYMENT),
    "service": ("v1", "Service", _SERVICE),
    "configmap": ("v1", "ConfigMap", _CONFIG_MAP),
    "hpa": ("autoscaling/v2", "HorizontalPodAutoscaler", _AUTOSCALER),
    "pdb": ("policy/v1", "PodDisruptionBudget", _BUDGET),
}


def manifests(name: str, http: int = 8080, grpc: int = 9090) -> dict[str, str]:
    """Path relative to the service's folder -> text; `name` is what the objects are called."""
    return {
        f"deploy/k8s/{file}.yaml": (_HEAD + body).format(
            api=api, kind=kind, name=name, http=http, grpc=grpc
        )
        for file, (api, kind, body) in _KINDS.items()
    }
