// Command actor is every service of the conformance suite in a pod; PART says which one it plays.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

const ownerID = "M01-Steady-Service"

func main() {
	fmt.Println("edition", os.Getenv("EDITION"))
	switch os.Getenv("PART") {
	case "quitter":
		fmt.Println("placeholder")
		return
	case "worker":
		select {}
	case "slow":
		time.Sleep(500 * time.Millisecond)
	case "mortal":
		// Its state is seen about a second late, so it has to live a little longer than that.
		time.AfterFunc(4*time.Second, func() { os.Exit(3) })
	}
	http.HandleFunc("/healthz", func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(answer, "{}")
	})
	http.HandleFunc("/readyz", func(answer http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(answer).Encode(map[string]any{"owners": reached(os.Getenv("OWNER"))})
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func reached(owner string) map[string]bool {
	if owner == "" {
		return map[string]bool{}
	}
	client := &http.Client{Timeout: time.Second}
	answer, err := client.Get(owner + "/healthz")
	if err != nil {
		return map[string]bool{ownerID: false}
	}
	answer.Body.Close()
	return map[string]bool{ownerID: true}
}
