// Package bootstrap builds M03-Billing-Service: an invoice for every account that M02 opens.
package bootstrap

import (
	"fmt"

	accountv1 "example.com/go-mesh/contracts/gen/go/account/v1"
	"example.com/go-mesh/platform/meshkit"
)

// Owners are the services whose data this one reads, by the key of their address.
var Owners = map[string]string{"M02-Account-Service": "account_grpc_url"}

// Invoice asks an account for the yearly fee.
type Invoice struct {
	Invoice string `json:"invoice"`
	Account string `json:"account"`
	Holder  string `json:"holder"`
}

// Number is the number of the next invoice.
func Number(known int) string { return fmt.Sprintf("R%05d", known+1) }

// Build makes the routes of the api.
func Build(service *meshkit.Service) meshkit.Routes {
	invoices := meshkit.NewRecords[Invoice](service.Data, "invoices")
	return meshkit.Routes{
		"GET /invoices": func(*meshkit.Request) (int, any) {
			return 200, meshkit.Body{"invoices": invoices.All()}
		},
		"GET /holders/{account}": func(request *meshkit.Request) (int, any) {
			asked := accountv1.GetAccountRequest{Account: request.PathValue("account")}
			status, answer, err := service.Call(
				"POST", "M02-Account-Service", accountv1.GetAccountProcedure, asked, request.Span)
			if err != nil {
				return meshkit.Refusal(502, "the account service does not answer")
			}
			return status, answer
		},
	}
}

// Handler makes the worker, which issues invoices.
func Handler(service *meshkit.Service) meshkit.Worker {
	invoices := meshkit.NewRecords[Invoice](service.Data, "invoices")
	issue := func(event meshkit.Event, span *meshkit.Span) error {
		account, _ := event.Payload["account"].(string)
		asked := accountv1.GetAccountRequest{Account: account}
		_, answer, err := service.Call(
			"POST", "M02-Account-Service", accountv1.GetAccountProcedure, asked, span)
		if err != nil {
			return err
		}
		holder, _ := answer["holder"].(string)
		invoice := Invoice{Invoice: Number(len(invoices.All())), Account: account, Holder: holder}
		service.Events.Publish("invoice.issued",
			meshkit.Body{"invoice": invoice.Invoice, "account": account})
		return invoices.Append(invoice)
	}
	return meshkit.Worker{Events: []string{"account.opened"}, OnEvent: issue}
}
