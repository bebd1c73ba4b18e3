// The worker workload of M03-Billing-Service.
package main

import (
	"example.com/go-mesh/platform/meshkit"
	"example.com/go-mesh/services/financial-rails/M03-billing-service/internal/app/bootstrap"
)

func main() {
	service := meshkit.Load("worker", bootstrap.Owners)
	worker := bootstrap.Handler(service)
	service.Work(worker)
}
