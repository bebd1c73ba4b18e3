// Package starting starts the api of a service as it is released, and asks it whether it works.
//
// For tests only: each service's own integration suite calls it from its folder.
package starting

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func freePort(t *testing.T) int {
	t.Helper()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer probe.Close()
	return probe.Addr().(*net.TCPAddr).Port
}

// StartsAndEnds builds and starts the api two folders up, and fails unless it works and ends as asked.
func StartsAndEnds(t *testing.T) {
	t.Helper()
	home, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "api")
	build := exec.Command("go", "build", "-o", program, "./cmd/api")
	build.Dir = home
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	port := freePort(t)
	api := exec.Command(program)
	api.Dir = home
	api.Env = append(os.Environ(), fmt.Sprintf("HTTP_PORT=%d", port), "DATA_DIR="+t.TempDir(),
		fmt.Sprintf("GRPC_PORT=%d", freePort(t)))
	if err := api.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = api.Process.Signal(syscall.SIGTERM)
		if err := api.Wait(); err != nil {
			t.Errorf("it does not end as asked: %v", err)
		}
	}()
	url := fmt.Sprintf("http://127.0.0.1:%d/healthz", port)
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		answer, err := http.Get(url)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(until) {
			t.Fatalf("it does not say that it works: %v", err)
		}
	}
}
