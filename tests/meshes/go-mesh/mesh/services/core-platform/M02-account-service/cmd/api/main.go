// The api workload of M02-Account-Service.
package main

import (
	"example.com/go-mesh/platform/meshkit"
	"example.com/go-mesh/services/core-platform/M02-account-service/internal/app/bootstrap"
)

func main() {
	service := meshkit.Load("api", bootstrap.Owners)
	routes := bootstrap.Build(service)
	service.Serve(routes)
}
