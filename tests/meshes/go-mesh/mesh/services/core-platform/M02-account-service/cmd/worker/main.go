// The worker workload of M02-Account-Service.
package main

import (
	"example.com/go-mesh/platform/meshkit"
	"example.com/go-mesh/services/core-platform/M02-account-service/internal/app/bootstrap"
)

func main() {
	service := meshkit.Load("worker", bootstrap.Owners)
	worker := bootstrap.Handler(service)
	service.Work(worker)
}
