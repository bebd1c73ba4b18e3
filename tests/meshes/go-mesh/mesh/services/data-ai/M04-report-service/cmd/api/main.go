// The api workload of M04-Report-Service.
package main

import (
	"example.com/go-mesh/platform/meshkit"
	"example.com/go-mesh/services/data-ai/M04-report-service/internal/app/bootstrap"
)

func main() {
	service := meshkit.Load("api", bootstrap.Owners)
	routes := bootstrap.Build(service)
	service.Serve(routes)
}
