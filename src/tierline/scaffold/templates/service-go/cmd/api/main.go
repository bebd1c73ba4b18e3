// The api workload of @{service_id}.
package main

import (
@{imports}
)

func main() {
	service := meshkit.Load("api", bootstrap.Owners)
	routes := bootstrap.Build(service)
	service.Serve(routes)
}
