package unit

import (
	"testing"

	"example.com/go-mesh/services/core-platform/M02-account-service/internal/app/bootstrap"
)

func TestTheNewestAccountOfANameCounts(t *testing.T) {
	accounts := []bootstrap.Account{{Account: "a", Holder: "ada"}, {Account: "a", Holder: "bob"}}
	if found, ok := bootstrap.Find(accounts, "a"); !ok || found.Holder != "bob" {
		t.Fatalf("found %v, %v", found, ok)
	}
	if _, ok := bootstrap.Find(accounts, "b"); ok {
		t.Fatal("found an account that was never opened")
	}
}
