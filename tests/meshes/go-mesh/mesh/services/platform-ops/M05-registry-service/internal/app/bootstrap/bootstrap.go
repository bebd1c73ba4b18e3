// Package bootstrap builds M05-Registry-Service: settings that several services share.
package bootstrap

import "example.com/go-mesh/platform/meshkit"

// Owners are the services whose data this one reads: none.
var Owners = map[string]string{}

// Setting has a name and a value.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Current is the value of every setting; later changes win.
func Current(changes []Setting) map[string]string {
	values := map[string]string{"open": "yes"}
	for _, change := range changes {
		values[change.Name] = change.Value
	}
	return values
}

// Build makes the routes of the api.
func Build(service *meshkit.Service) meshkit.Routes {
	changes := meshkit.NewRecords[Setting](service.Data, "settings")
	return meshkit.Routes{
		"GET /settings": func(*meshkit.Request) (int, any) {
			return 200, meshkit.Body{"settings": Current(changes.All())}
		},
		"GET /settings/{name}": func(request *meshkit.Request) (int, any) {
			name := request.PathValue("name")
			value, found := Current(changes.All())[name]
			if !found {
				return meshkit.Refusal(404, "there is no setting %s", name)
			}
			return 200, Setting{Name: name, Value: value}
		},
		"PUT /settings/{name}": func(request *meshkit.Request) (int, any) {
			change := Setting{Name: request.PathValue("name"), Value: request.Text("value")}
			if err := changes.Append(change); err != nil {
				return meshkit.Refusal(500, "%v", err)
			}
			return 200, change
		},
	}
}

// Handler makes the worker, which counts changes.
func Handler(service *meshkit.Service) meshkit.Worker {
	changes := meshkit.NewRecords[Setting](service.Data, "settings")
	return meshkit.Worker{Tick: func() {
		service.Telemetry.Count("settings.counted", int64(len(changes.All())))
	}}
}
