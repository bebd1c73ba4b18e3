package unit

import (
	"testing"

	"example.com/go-mesh/services/platform-ops/M05-registry-service/internal/app/bootstrap"
)

func TestLaterChangesWin(t *testing.T) {
	changes := []bootstrap.Setting{{Name: "open", Value: "no"}, {Name: "open", Value: "yes"}}
	if bootstrap.Current(nil)["open"] != "yes" || bootstrap.Current(changes[:1])["open"] != "no" {
		t.Fatal("the last change does not count")
	}
}
