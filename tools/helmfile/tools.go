//go:build tools

// Package helmfile pins Helmfile, which the benchmark of rollouts compares with; tools/beds/rivals.py builds it.
package helmfile

import _ "github.com/helmfile/helmfile"
