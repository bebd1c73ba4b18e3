// The api workload of M05-Registry-Service.
package main

import (
	"example.com/go-mesh/platform/meshkit"
	"example.com/go-mesh/services/platform-ops/M05-registry-service/internal/app/bootstrap"
)

func main() {
	service := meshkit.Load("api", bootstrap.Owners)
	routes := bootstrap.Build(service)
	service.Serve(routes)
}
