// Package integration starts the api as it is released, and asks it whether it works.
package integration

import (
	"testing"

	"example.com/go-mesh/platform/starting"
)

func TestItStartsAndEnds(t *testing.T) { starting.StartsAndEnds(t) }
