package meshkit

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const retry = 500 * time.Millisecond

// Event is what the bus carries.
type Event struct {
	ID       string `json:"event_id"`
	Type     string `json:"event_type"`
	Producer string `json:"producer"`
	Payload  Body   `json:"payload"`
	Position int    `json:"position,omitempty"`
}

// Publisher hands events to the bus in the background; when the bus stays away and the queue is
// full, new events are dropped.
type Publisher struct {
	address string
	service *Service
	waiting chan Event
}

func newPublisher(address string, service *Service) *Publisher {
	publisher := &Publisher{address: address, service: service, waiting: make(chan Event, 500)}
	if address != "" {
		go publisher.send()
	}
	return publisher
}

// Publish queues one event and never waits.
func (p *Publisher) Publish(kind string, payload Body) {
	event := Event{ID: randomHex(16), Type: kind, Producer: p.service.ID, Payload: payload}
	select {
	case p.waiting <- event:
	default:
		p.service.Telemetry.Count("events.dropped", 1)
	}
}

func (p *Publisher) send() {
	for event := range p.waiting {
		for {
			_, _, err := p.service.callAddress("POST", p.address, "/events", event, nil)
			if err == nil {
				break
			}
			time.Sleep(retry)
		}
		p.service.Telemetry.Count("events.published", 1)
	}
}

// Worker is what a worker workload does: with events of some types, and every second.
type Worker struct {
	Events  []string
	OnEvent func(Event, *Span) error
	Tick    func()
}

// Work runs a worker until SIGTERM. How far it came in the bus's log is kept in a file that is
// written after an event was handled: one may be handled again, none is left out.
func (s *Service) Work(worker Worker) {
	if len(s.Ports) > 0 {
		s.listen(nil)
	}
	s.started()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	wake := time.NewTimer(0)
	for {
		select {
		case <-s.stop:
			s.ended()
			return
		case <-tick.C:
			if worker.Tick != nil {
				worker.Tick()
			}
		case <-wake.C:
			if len(worker.Events) > 0 {
				s.consume(worker)
				wake.Reset(retry / 2)
			}
		}
	}
}

func (s *Service) consume(worker Worker) {
	path := filepath.Join(s.Data, s.Workload+".position")
	text, _ := os.ReadFile(path)
	position, _ := strconv.Atoi(string(text))
	types := strings.Join(worker.Events, ",")
	query := fmt.Sprintf("/events?types=%s&after=%d", types, position)
	_, page, err := s.callAddress("GET", s.Config.Address("event_bus_url"), query, nil, nil)
	if err != nil {
		s.Telemetry.Count("events.bus_unreachable", 1)
		return
	}
	data, _ := json.Marshal(page["events"])
	var events []Event
	if json.Unmarshal(data, &events) != nil {
		return
	}
	for _, event := range events {
		span := s.Telemetry.Span("consume "+event.Type, "", false)
		err := worker.OnEvent(event, span)
		if err != nil {
			s.Telemetry.Log("ERROR", event.Type+": "+err.Error(), span)
		}
		s.Telemetry.End(span, err == nil, nil)
		s.Telemetry.Count("events.consumed", 1)
		if os.WriteFile(path, []byte(strconv.Itoa(event.Position)), 0o600) != nil {
			return
		}
	}
}
