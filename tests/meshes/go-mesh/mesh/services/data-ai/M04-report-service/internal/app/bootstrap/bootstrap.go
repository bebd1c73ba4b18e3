// Package bootstrap builds M04-Report-Service: how many invoices each account got.
package bootstrap

import "example.com/go-mesh/platform/meshkit"

// Owners are the services whose data this one reads, by the key of their address.
var Owners = map[string]string{
	"M01-Identity-Service":    "identity_http_url",
	"M06-Event-Relay-Service": "event_relay_http_url",
}

// Issued is one invoice, as the event tells it.
type Issued struct {
	Account string `json:"account"`
}

// Counted is the number of invoices by account.
func Counted(issued []Issued) map[string]int {
	counts := map[string]int{}
	for _, one := range issued {
		counts[one.Account]++
	}
	return counts
}

// Build makes the routes of the api.
func Build(service *meshkit.Service) meshkit.Routes {
	issued := meshkit.NewRecords[Issued](service.Data, "issued")
	return meshkit.Routes{
		"GET /report": func(*meshkit.Request) (int, any) {
			return 200, meshkit.Body{"invoices": Counted(issued.All())}
		},
		"GET /coverage": func(request *meshkit.Request) (int, any) {
			_, people, err := service.Call(
				"GET", "M01-Identity-Service", "/identities", nil, request.Span)
			if err != nil {
				return meshkit.Refusal(502, "the identity service does not answer")
			}
			_, relay, err := service.Call(
				"GET", "M06-Event-Relay-Service", "/topics", nil, request.Span)
			if err != nil {
				return meshkit.Refusal(502, "the event relay does not answer")
			}
			return 200, meshkit.Body{"people": people["count"], "topics": relay["topics"]}
		},
	}
}

// Handler makes the worker, which counts invoices as they are issued.
func Handler(service *meshkit.Service) meshkit.Worker {
	issued := meshkit.NewRecords[Issued](service.Data, "issued")
	count := func(event meshkit.Event, _ *meshkit.Span) error {
		account, _ := event.Payload["account"].(string)
		return issued.Append(Issued{Account: account})
	}
	return meshkit.Worker{Events: []string{"invoice.issued"}, OnEvent: count}
}
