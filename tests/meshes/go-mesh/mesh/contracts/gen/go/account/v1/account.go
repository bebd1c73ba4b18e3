// Package accountv1 is the Go side of contracts/proto/account/v1/account.proto.
package accountv1

// GetAccountProcedure is where the procedure is served.
const GetAccountProcedure = "/account.v1.AccountService/GetAccount"

// GetAccountRequest names an account.
type GetAccountRequest struct {
	Account string `json:"account"`
}

// GetAccountResponse says who holds it.
type GetAccountResponse struct {
	Account string `json:"account"`
	Holder  string `json:"holder"`
}
