// Package contract compares what the service promises with the contracts of the mesh.
package contract

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	service = "M05-Registry-Service"
	mesh    = "../../../../../"
)

type event struct {
	Type     string         `json:"event_type"`
	Producer string         `json:"producer"`
	Payload  map[string]any `json:"payload_schema"`
}

// provided are the events that the index says this service produces.
func provided(t *testing.T) []string {
	t.Helper()
	index, err := os.ReadFile(mesh + "services/services-index.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, own, found := strings.Cut(string(index), "service_id: "+service+"\n")
	if !found {
		t.Fatalf("the index does not name %s", service)
	}
	own, _, _ = strings.Cut(own, "service_id:")
	var events []string
	for _, line := range strings.Split(own, "\n") {
		if _, name, found := strings.Cut(line, "- EVENT:"); found {
			events = append(events, name)
		}
	}
	return events
}

func TestEveryEventHasItsContract(t *testing.T) {
	for _, name := range provided(t) {
		text, err := os.ReadFile(filepath.Join(mesh, "contracts/events", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var contract event
		if err := json.Unmarshal(text, &contract); err != nil {
			t.Fatal(err)
		}
		if contract.Type != name || contract.Producer != service || contract.Payload["type"] != "object" {
			t.Errorf("%s: %+v", name, contract)
		}
	}
}
