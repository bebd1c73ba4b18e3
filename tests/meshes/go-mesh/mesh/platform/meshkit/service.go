// Package meshkit is what every service of this mesh shares; it holds no domain logic.
//
// /healthz says that a process works; /readyz asks every owner and names it.
package meshkit

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Service is one running workload of a service.
type Service struct {
	ID, Workload, Data string
	Config             *Config
	Addresses          map[string]string // owner -> host:port or URL
	Ports              map[string]int    // http, grpc -> where to listen
	Telemetry          *Telemetry
	Events             *Publisher

	client *http.Client
	stop   chan os.Signal
}

// Load reads the configuration in the working folder and marks the start. `owners` maps the
// services whose data this one reads to the key of their address in `dependencies`.
func Load(workload string, owners map[string]string) *Service {
	service := &Service{Workload: workload, stop: make(chan os.Signal, 1)}
	if err := service.configure(owners); err != nil {
		service.die(err)
	}
	if len(os.Args) > 1 && os.Args[1] == "healthcheck" {
		os.Exit(service.healthcheck())
	}
	if err := service.markStart(); err != nil {
		service.die(err)
	}
	signal.Notify(service.stop, syscall.SIGTERM, syscall.SIGINT)
	return service
}

func (s *Service) die(err error) {
	fmt.Fprintf(os.Stderr, "%s %s cannot start: %v\n", s.ID, s.Workload, err)
	os.Exit(1)
}

func (s *Service) configure(owners map[string]string) error {
	config, err := ReadConfig(filepath.Join("configs", "default.yaml"))
	if err != nil {
		return err
	}
	s.Config = config
	if s.ID, err = config.Text("service.id"); err != nil {
		return err
	}
	timeout, err := config.Number("runtime.request_timeout_ms")
	if err != nil {
		return err
	}
	s.client = &http.Client{Timeout: time.Duration(timeout) * time.Millisecond}
	s.Addresses = map[string]string{}
	for owner, key := range owners {
		s.Addresses[owner] = config.Address(key)
	}
	if s.Data = os.Getenv("DATA_DIR"); s.Data == "" {
		s.Data = "data"
	}
	endpoint := os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")
	if endpoint == "" {
		endpoint, _ = config.Text("observability.otlp_endpoint")
	}
	s.Telemetry = newTelemetry(s.ID, endpoint)
	s.Events = newPublisher(config.Address("event_bus_url"), s)
	return s.readPorts()
}

// healthcheck asks the workload that runs in the same container; 0 says that it works. The image has
// neither a shell nor curl, so `api healthcheck` is what Docker can ask.
func (s *Service) healthcheck() int {
	answer, err := s.client.Get(fmt.Sprintf("http://127.0.0.1:%d/healthz", s.Ports["http"]))
	if err != nil {
		return 1
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 1
	}
	return 0
}

func (s *Service) readPorts() error {
	s.Ports = map[string]int{}
	if s.Workload != "api" {
		if told := os.Getenv("WORKER_HTTP_PORT"); told != "" {
			port, err := strconv.Atoi(told)
			s.Ports["http"] = port
			return err
		}
		return nil
	}
	for _, name := range []string{"http", "grpc"} {
		var port int
		var err error
		if told := os.Getenv(strings.ToUpper(name) + "_PORT"); told != "" {
			port, err = strconv.Atoi(told)
		} else {
			port, err = s.Config.Number("service." + name + "_port")
		}
		if err != nil {
			return err
		}
		s.Ports[name] = port
	}
	return nil
}

func (s *Service) markStart() error {
	if err := os.MkdirAll(s.Data, 0o755); err != nil {
		return err
	}
	path := filepath.Join(s.Data, "starts.log")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	at := float64(time.Now().UnixMilli()) / 1000
	as := resourceOf(s.ID)["service.instance.id"]
	_, err = fmt.Fprintf(file, "%.3f %s %s pid=%d as=%v\n", at, s.ID, s.Workload, os.Getpid(), as)
	return err
}

// Serve answers requests until SIGTERM.
func (s *Service) Serve(routes Routes) {
	s.listen(routes)
	s.started()
	<-s.stop
	s.ended()
}

func (s *Service) listen(routes Routes) {
	host := os.Getenv("HTTP_HOST")
	if host == "" {
		host = "127.0.0.1"
	}
	own := Routes{"GET /healthz": s.healthz, "GET /readyz": s.readyz}
	for pattern, handler := range routes {
		own[pattern] = handler
	}
	server := &http.Server{Handler: s.mux(own), ReadHeaderTimeout: 10 * time.Second}
	for name, port := range s.Ports {
		listener, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err != nil {
			s.die(fmt.Errorf("port %s: %w", name, err))
		}
		go func() {
			if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				s.die(err)
			}
		}()
	}
}

func (s *Service) started() {
	fmt.Printf("started %s %s pid=%d\n", s.ID, s.Workload, os.Getpid())
	span := s.Telemetry.Span("start "+s.Workload, "", false)
	s.Telemetry.Log("INFO", s.ID+" "+s.Workload+" is up", span)
	s.Telemetry.End(span, true, nil)
	go s.Telemetry.sendAll()
}

func (s *Service) ended() {
	s.Telemetry.Log("INFO", s.ID+" "+s.Workload+" ends", nil)
	s.Telemetry.close(300 * time.Millisecond)
}

func (s *Service) healthz(*Request) (int, any) {
	return 200, Body{"status": "ok", "service": s.ID, "workload": s.Workload}
}

func (s *Service) readyz(request *Request) (int, any) {
	owners, ready := map[string]bool{}, true
	for owner := range s.Addresses {
		status, _, err := s.Call("GET", owner, "/healthz", nil, request.Span)
		owners[owner] = err == nil && status == 200
		ready = ready && owners[owner]
	}
	if !ready {
		return 503, Body{"status": "unavailable", "owners": owners}
	}
	return 200, Body{"status": "ok", "owners": owners}
}
