// Command registry is an image registry that keeps what it gets in memory: registry PORT [PID]
//
// It listens on 127.0.0.1:PORT, and with PID on the same address of that process's own network, too:
// there the same references then name the same images.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"time"

	containers "github.com/google/go-containerregistry/pkg/registry"
	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		log.Fatal("usage: registry PORT [PID]")
	}
	address := "127.0.0.1:" + os.Args[1]
	here, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{
		Handler:           containers.New(containers.Logger(log.New(io.Discard, "", 0))),
		ReadHeaderTimeout: 5 * time.Second,
	}
	if len(os.Args) == 3 {
		there, err := listenBeside(os.Args[2], address)
		if err != nil {
			log.Fatal(err)
		}
		go serve(server, there)
	}
	serve(server, here)
}

func serve(server *http.Server, listener net.Listener) {
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

// listenBeside listens in the network of another process. The thread that went there is never used
// again: it ends with its goroutine, which stays locked to it.
func listenBeside(pid, address string) (net.Listener, error) {
	type answer struct {
		listener net.Listener
		err      error
	}
	answers := make(chan answer)
	go func() {
		runtime.LockOSThread()
		listener, err := listenThere(pid, address)
		answers <- answer{listener, err}
	}()
	got := <-answers
	return got.listener, got.err
}

func listenThere(pid, address string) (net.Listener, error) {
	network, err := os.Open(fmt.Sprintf("/proc/%s/ns/net", pid))
	if err != nil {
		return nil, err
	}
	defer network.Close()
	if err := unix.Setns(int(network.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	return net.Listen("tcp", address)
}
