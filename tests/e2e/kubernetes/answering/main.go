// Command answering says its name over HTTP, and what others answer: /ask?url=http://other:8080/
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	client := &http.Client{Timeout: 3 * time.Second}
	name := os.Getenv("NAME")
	http.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(answer, name)
	})
	http.HandleFunc("/metrics", func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(answer, "# TYPE answers_total counter\nanswers_total 42")
	})
	http.HandleFunc("/ask", func(answer http.ResponseWriter, request *http.Request) {
		got, err := client.Get(request.URL.Query().Get("url"))
		if err != nil {
			http.Error(answer, err.Error(), http.StatusBadGateway)
			return
		}
		defer got.Body.Close()
		io.Copy(answer, got.Body)
	})
	log.Printf("%s listens", name)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
