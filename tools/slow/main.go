// Command slow is a service that is well READY_AFTER after its start; `slow check` asks one beside it.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

const address = "127.0.0.1:8080"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "check" {
		if !answers(address) {
			os.Exit(1)
		}
		return
	}
	wait, err := time.ParseDuration(os.Getenv("READY_AFTER"))
	if err != nil {
		log.Fatal(err)
	}
	ready := time.Now().Add(wait)
	http.HandleFunc("/healthz", func(answer http.ResponseWriter, _ *http.Request) {
		if time.Now().Before(ready) {
			http.Error(answer, "not yet", http.StatusServiceUnavailable)
		}
	})
	http.HandleFunc("/readyz", func(answer http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(answer).Encode(map[string]any{"owners": reached()})
	})
	log.Printf("well in %s", wait)
	log.Fatal(http.ListenAndServe(":8080", nil))
}

// reached tells of each owner in OWNERS (ID=host:port, by commas) whether it answers.
func reached() map[string]bool {
	found := map[string]bool{}
	for _, one := range strings.Split(os.Getenv("OWNERS"), ",") {
		if id, place, told := strings.Cut(one, "="); told {
			found[id] = answers(place)
		}
	}
	return found
}

func answers(place string) bool {
	client := &http.Client{Timeout: time.Second}
	answer, err := client.Get("http://" + place + "/healthz")
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}
