// The api workload of M06-Event-Relay-Service.
package main

import (
	"example.com/go-mesh/platform/meshkit"
	"example.com/go-mesh/services/platform-ops/M06-event-relay-service/internal/app/bootstrap"
)

func main() {
	service := meshkit.Load("api", bootstrap.Owners)
	routes := bootstrap.Build(service)
	service.Serve(routes)
}
