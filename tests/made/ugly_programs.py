"""Programs of an ugly mesh: small, real, in several languages, some of them broken."""

from __future__ import annotations

GO_API = """package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strings"
)

func main() {
	port := os.Getenv("HTTP_PORT")
	if port == "" {
		port = "8080"
	}
	server, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for {
		connection, err := server.Accept()
		if err != nil {
			continue
		}
		go answer(connection)
	}
}

func answer(connection net.Conn) {
	defer connection.Close()
	line, _ := bufio.NewReader(connection).ReadString('\\n')
	status := "404 Not Found"
	if strings.HasPrefix(line, "GET /healthz ") {
		status = "200 OK"
	}
	fmt.Fprintf(connection, "HTTP/1.1 %s\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n", status)
}
"""
"""an api that takes its port from HTTP_PORT"""

GO_FILE_API = GO_API.replace(
    """	port := os.Getenv("HTTP_PORT")
	if port == "" {
		port = "8080"
	}
""",
    """	port := "8080"
	text, _ := os.ReadFile("configs/default.yaml")
	for _, line := range strings.Split(string(text), "\\n") {
		if _, value, found := strings.Cut(line, "http_port:"); found {
			port = strings.TrimSpace(value)
		}
	}
""",
)
"""an api that takes its port from its file, and from nothing else"""

GO_WORKER = """package main

import "time"

func main() {
	for {
		time.Sleep(time.Hour)
	}
}
"""

GO_PLACEHOLDER = """package main

import "fmt"

func main() { fmt.Println("@{service_id}: business logic goes here") }
"""

GO_LIBRARY_API = """package main

import (
	"github.com/nobody/nothing/pool"
)

func main() { pool.Run() }
"""
"""needs a module that no offline machine has"""

GO_BOOTSTRAP = """package bootstrap

// NewRuntime wires the service.
func NewRuntime() error { return nil }
"""

PYTHON_API = """import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        status = @{health} if self.path == "/healthz" else 404
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


@{before}signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
port = int(os.environ.get("HTTP_PORT", "8080"))
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""

CONNECT = """import socket
from urllib.parse import urlsplit

where = urlsplit(os.environ["@{variable}"])
try:
    socket.create_connection((where.hostname, where.port), 1).close()
except OSError as error:
    sys.exit(f"@{what} at {where.hostname}:{where.port}: {error}")
"""
"""before serving: a database that has to be there"""

LIST = """with open("configs/default.yaml") as file:
    for line in file:
        if "kafka_brokers:" in line and "[" not in line:
            sys.exit("config: dependencies.kafka_brokers: expected a list, got a string")
"""

NODE_API = """const http = require("http");
const port = Number(process.env.HTTP_PORT || 8080);
http
  .createServer((request, response) => {
    response.writeHead(request.url === "/healthz" ? 200 : 404, { "Content-Length": "0" });
    response.end();
  })
  .listen(port, "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
"""

RUBY = "require 'webrick'\nWEBrick::HTTPServer.new(Port: ENV.fetch('HTTP_PORT', 8080)).start\n"
