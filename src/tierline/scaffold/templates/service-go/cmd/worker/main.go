// The worker workload of @{service_id}.
package main

import (
@{imports}
)

func main() {
	service := meshkit.Load("worker", bootstrap.Owners)
	worker := bootstrap.Handler(service)
	service.Work(worker)
}
