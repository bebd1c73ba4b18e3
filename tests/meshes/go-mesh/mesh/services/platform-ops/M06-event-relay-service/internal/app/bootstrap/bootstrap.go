// Package bootstrap builds M06-Event-Relay-Service: the log of events that others publish to.
package bootstrap

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"example.com/go-mesh/platform/meshkit"
)

const page = 200

// Owners are the services whose data this one reads: none.
var Owners = map[string]string{}

// Behind is up to a page of the events behind a position, of these types or of all.
func Behind(events []meshkit.Event, after int, types []string) []meshkit.Event {
	found := []meshkit.Event{}
	for _, event := range events[min(max(after, 0), len(events)):] {
		if len(types) == 0 || slices.Contains(types, event.Type) {
			found = append(found, event)
		}
	}
	return found[:min(page, len(found))]
}

// Build makes the routes of the api.
func Build(service *meshkit.Service) meshkit.Routes {
	events := meshkit.NewRecords[meshkit.Event](service.Data, "events")
	var lock sync.Mutex
	return meshkit.Routes{
		"POST /events": func(request *meshkit.Request) (int, any) {
			payload, _ := request.Body["payload"].(meshkit.Body)
			event := meshkit.Event{
				ID:       request.Text("event_id"),
				Type:     request.Text("event_type"),
				Producer: request.Text("producer"),
				Payload:  payload,
			}
			if event.ID == "" || event.Type == "" {
				return meshkit.Refusal(400, "event_id and event_type are needed")
			}
			lock.Lock()
			defer lock.Unlock()
			event.Position = len(events.All()) + 1
			if err := events.Append(event); err != nil {
				return meshkit.Refusal(500, "%v", err)
			}
			return 202, meshkit.Body{"position": event.Position}
		},
		"GET /events": func(request *meshkit.Request) (int, any) {
			query := request.URL.Query()
			after, _ := strconv.Atoi(query.Get("after"))
			var types []string
			if told := query.Get("types"); told != "" {
				types = strings.Split(told, ",")
			}
			return 200, meshkit.Body{"events": Behind(events.All(), after, types)}
		},
		"GET /topics": func(*meshkit.Request) (int, any) {
			counts := map[string]int{}
			for _, event := range events.All() {
				counts[event.Type]++
			}
			return 200, meshkit.Body{"topics": counts}
		},
	}
}

// Handler makes the worker, which counts events.
func Handler(service *meshkit.Service) meshkit.Worker {
	events := meshkit.NewRecords[meshkit.Event](service.Data, "events")
	return meshkit.Worker{Tick: func() {
		service.Telemetry.Count("events.counted", int64(len(events.All())))
	}}
}
