// The worker workload of M05-Registry-Service.
package main

import (
	"example.com/go-mesh/platform/meshkit"
	"example.com/go-mesh/services/platform-ops/M05-registry-service/internal/app/bootstrap"
)

func main() {
	service := meshkit.Load("worker", bootstrap.Owners)
	worker := bootstrap.Handler(service)
	service.Work(worker)
}
