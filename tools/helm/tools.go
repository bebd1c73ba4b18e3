//go:build tools

// Package helm pins Helm, which the benchmark of rollouts compares with; tools/beds/rivals.py builds it.
package helm

import _ "helm.sh/helm/v4/cmd/helm"
