// Package bootstrap builds @{service_id}. So far it is a scaffold: it says who it is.
package bootstrap

import "@{kit}"

// Owners are the services whose data this one reads, by the key of their address.
var Owners = map[string]string{@{owners_go}}

// About is what the service says of itself.
func About(service *meshkit.Service) meshkit.Body {
	return meshkit.Body{"service": service.ID, "reads": len(Owners)}
}

// Build makes the routes of the api.
func Build(service *meshkit.Service) meshkit.Routes {
	return meshkit.Routes{
		"GET /about": func(*meshkit.Request) (int, any) { return 200, About(service) },
	}
}

// Handler makes the worker, which only counts how long it lives.
func Handler(service *meshkit.Service) meshkit.Worker {
	return meshkit.Worker{Tick: func() { service.Telemetry.Count("worker.ticks", 1) }}
}
