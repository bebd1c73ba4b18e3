package unit

import (
	"testing"

	"example.com/go-mesh/platform/meshkit"
	"example.com/go-mesh/services/platform-ops/M06-event-relay-service/internal/app/bootstrap"
)

func TestAReaderGetsWhatIsBehindItAndOfItsTypes(t *testing.T) {
	events := []meshkit.Event{{Type: "x", Position: 1}, {Type: "y", Position: 2}, {Type: "x", Position: 3}}
	found := bootstrap.Behind(events, 1, []string{"x"})
	if len(found) != 1 || found[0].Position != 3 {
		t.Fatal(found)
	}
}
