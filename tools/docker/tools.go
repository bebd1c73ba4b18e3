//go:build tools

// Package docker pins what the Docker bed is built from; compose.sh builds it.
package docker

import _ "github.com/docker/compose/v2/cmd"
