// Package bootstrap builds M01-Identity-Service: who somebody is, for as long as M05 says.
package bootstrap

import (
	"crypto/rand"
	"encoding/hex"

	"example.com/go-mesh/platform/meshkit"
)

// Owners are the services whose data this one reads, by the key of their address.
var Owners = map[string]string{"M05-Registry-Service": "registry_http_url"}

// Identity is a name and the token that stands for it.
type Identity struct {
	Name  string `json:"name"`
	Token string `json:"token"`
}

// Build makes the routes of the api.
func Build(service *meshkit.Service) meshkit.Routes {
	known := meshkit.NewRecords[Identity](service.Data, "identities")
	return meshkit.Routes{
		"GET /identities": func(*meshkit.Request) (int, any) {
			return 200, meshkit.Body{"count": len(known.All())}
		},
		"POST /identities": func(request *meshkit.Request) (int, any) {
			name := request.Text("name")
			if name == "" {
				return meshkit.Refusal(400, "name is missing")
			}
			status, setting, err := service.Call(
				"GET", "M05-Registry-Service", "/settings/open", nil, request.Span)
			if err != nil || status != 200 {
				return meshkit.Refusal(502, "the registry does not answer")
			}
			if setting["value"] != "yes" {
				return meshkit.Refusal(409, "nobody is taken in at the moment")
			}
			identity := Identity{Name: name, Token: token()}
			if err := known.Append(identity); err != nil {
				return meshkit.Refusal(500, "%v", err)
			}
			return 201, identity
		},
		"GET /identities/{token}": func(request *meshkit.Request) (int, any) {
			for _, identity := range known.All() {
				if identity.Token == request.PathValue("token") {
					return 200, identity
				}
			}
			return meshkit.Refusal(404, "nobody has this token")
		},
	}
}

// Handler makes the worker, which counts who is known.
func Handler(service *meshkit.Service) meshkit.Worker {
	known := meshkit.NewRecords[Identity](service.Data, "identities")
	return meshkit.Worker{Tick: func() {
		service.Telemetry.Count("identities.counted", int64(len(known.All())))
	}}
}

func token() string {
	data := make([]byte, 16)
	_, _ = rand.Read(data)
	return hex.EncodeToString(data)
}
