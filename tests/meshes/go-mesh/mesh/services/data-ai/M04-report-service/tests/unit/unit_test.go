package unit

import (
	"testing"

	"example.com/go-mesh/services/data-ai/M04-report-service/internal/app/bootstrap"
)

func TestInvoicesAreCountedByAccount(t *testing.T) {
	counts := bootstrap.Counted([]bootstrap.Issued{{Account: "a"}, {Account: "b"}, {Account: "a"}})
	if counts["a"] != 2 || counts["b"] != 1 {
		t.Fatal(counts)
	}
}
