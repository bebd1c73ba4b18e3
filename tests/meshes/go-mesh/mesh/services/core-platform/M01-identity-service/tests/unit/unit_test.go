package unit

import (
	"testing"

	"example.com/go-mesh/services/core-platform/M01-identity-service/internal/app/bootstrap"
)

func TestItReadsTheRegistry(t *testing.T) {
	if bootstrap.Owners["M05-Registry-Service"] == "" {
		t.Fatal("the registry has no address key")
	}
}
