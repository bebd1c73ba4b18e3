// Package bootstrap builds M02-Account-Service: accounts of people whom M01 knows.
package bootstrap

import (
	"net/url"

	"example.com/go-mesh/platform/meshkit"
)

// Owners are the services whose data this one reads, by the key of their address.
var Owners = map[string]string{"M01-Identity-Service": "identity_http_url"}

// Account is held by somebody.
type Account struct {
	Account string `json:"account"`
	Holder  string `json:"holder"`
}

// Find is the newest account of that name.
func Find(accounts []Account, name string) (Account, bool) {
	for at := len(accounts) - 1; at >= 0; at-- {
		if accounts[at].Account == name {
			return accounts[at], true
		}
	}
	return Account{}, false
}

// Build makes the routes of the api.
func Build(service *meshkit.Service) meshkit.Routes {
	accounts := meshkit.NewRecords[Account](service.Data, "accounts")
	return meshkit.Routes{
		"GET /accounts": func(*meshkit.Request) (int, any) {
			return 200, meshkit.Body{"accounts": accounts.All()}
		},
		"POST /accounts": func(request *meshkit.Request) (int, any) {
			path := "/identities/" + url.PathEscape(request.Text("token"))
			status, identity, err := service.Call(
				"GET", "M01-Identity-Service", path, nil, request.Span)
			if err != nil {
				return meshkit.Refusal(502, "the identity service does not answer")
			}
			holder, _ := identity["name"].(string)
			if status != 200 || request.Text("account") == "" {
				return meshkit.Refusal(403, "an account needs a name and a known holder")
			}
			account := Account{Account: request.Text("account"), Holder: holder}
			if err := accounts.Append(account); err != nil {
				return meshkit.Refusal(500, "%v", err)
			}
			service.Events.Publish("account.opened",
				meshkit.Body{"account": account.Account, "holder": holder})
			return 201, account
		},
		"POST /account.v1.AccountService/GetAccount": func(request *meshkit.Request) (int, any) {
			if account, found := Find(accounts.All(), request.Text("account")); found {
				return 200, account
			}
			return meshkit.Refusal(404, "there is no such account")
		},
	}
}

// Handler makes the worker, which counts accounts.
func Handler(service *meshkit.Service) meshkit.Worker {
	accounts := meshkit.NewRecords[Account](service.Data, "accounts")
	return meshkit.Worker{Tick: func() {
		service.Telemetry.Count("accounts.counted", int64(len(accounts.All())))
	}}
}
