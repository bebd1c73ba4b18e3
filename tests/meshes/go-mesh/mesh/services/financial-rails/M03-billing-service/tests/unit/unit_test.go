package unit

import (
	"testing"

	"example.com/go-mesh/services/financial-rails/M03-billing-service/internal/app/bootstrap"
)

func TestInvoicesAreNumberedFromOne(t *testing.T) {
	if number := bootstrap.Number(0); number != "R00001" {
		t.Fatal(number)
	}
}
