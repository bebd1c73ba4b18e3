package meshkit

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	flush = 200 * time.Millisecond
	queue = 2000
)

var severities = map[string]int{"INFO": 9, "WARN": 13, "ERROR": 17}

// Telemetry sends logs, metrics and traces as OTLP/JSON; it never makes a request wait, and drops
// the oldest items while the receiver is away.
type Telemetry struct {
	Endpoint string

	interval    time.Duration
	resource    []Body
	began       time.Time
	client      *http.Client
	lock        sync.Mutex
	logs, spans []Body
	counters    map[string]int64
	stop, done  chan struct{}
}

// Span is one piece of work in a trace.
type Span struct {
	name, trace, id, parent string
	server                  bool
	began                   time.Time
}

func (s *Span) traceparent() string { return "00-" + s.trace + "-" + s.id + "-01" }

func newTelemetry(service, endpoint string) *Telemetry {
	interval := time.Second
	if told, err := strconv.Atoi(os.Getenv("OTEL_METRIC_EXPORT_INTERVAL")); err == nil && told > 0 {
		interval = time.Duration(told) * time.Millisecond
	}
	return &Telemetry{
		Endpoint: endpoint,
		interval: interval,
		resource: attributes(resourceOf(service)),
		began:    time.Now(),
		client:   &http.Client{Timeout: time.Second},
		counters: map[string]int64{},
		stop:     make(chan struct{}),
		done:     make(chan struct{}),
	}
}

func resourceOf(service string) Body {
	found := Body{"service.name": service}
	if told := os.Getenv("OTEL_SERVICE_NAME"); told != "" {
		found["service.name"] = told
	}
	for _, pair := range strings.Split(os.Getenv("OTEL_RESOURCE_ATTRIBUTES"), ",") {
		if key, value, ok := strings.Cut(pair, "="); ok {
			if plain, err := url.PathUnescape(value); err == nil {
				found[strings.TrimSpace(key)] = strings.TrimSpace(plain)
			}
		}
	}
	return found
}

func randomHex(bytes int) string {
	data := make([]byte, bytes)
	_, _ = rand.Read(data)
	return hex.EncodeToString(data)
}

// Log adds one log record; people read it on standard output too.
func (t *Telemetry) Log(severity, message string, span *Span) {
	fmt.Println(severity, message)
	record := Body{
		"timeUnixNano":   nano(time.Now()),
		"severityNumber": severities[severity],
		"severityText":   severity,
		"body":           Body{"stringValue": message},
	}
	if span != nil {
		record["traceId"], record["spanId"] = span.trace, span.id
	}
	t.lock.Lock()
	defer t.lock.Unlock()
	t.logs = bounded(append(t.logs, record))
}

// Count adds to a counter.
func (t *Telemetry) Count(name string, by int64) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.counters[name] += by
}

// Span begins a span; `parent` is a traceparent header or "".
func (t *Telemetry) Span(name, parent string, server bool) *Span {
	span := &Span{name: name, trace: randomHex(16), id: randomHex(8), server: server, began: time.Now()}
	if parts := strings.Split(parent, "-"); len(parts) == 4 && len(parts[1]) == 32 && len(parts[2]) == 16 {
		span.trace, span.parent = parts[1], parts[2]
	}
	return span
}

// End ends a span.
func (t *Telemetry) End(span *Span, ok bool, values Body) {
	kind, code := 1, 1
	if span.server {
		kind = 2
	}
	if !ok {
		code = 2
	}
	t.lock.Lock()
	defer t.lock.Unlock()
	t.spans = bounded(append(t.spans, Body{
		"traceId":           span.trace,
		"spanId":            span.id,
		"parentSpanId":      span.parent,
		"name":              span.name,
		"kind":              kind,
		"startTimeUnixNano": nano(span.began),
		"endTimeUnixNano":   nano(time.Now()),
		"attributes":        attributes(values),
		"status":            Body{"code": code},
	}))
}

func (t *Telemetry) request(span *Span, route string, status int, took time.Duration) {
	t.End(span, status < 500, Body{"http.route": route, "http.response.status_code": status})
	t.Count("http.server.requests", 1)
	t.Count("http.server.busy_microseconds", took.Microseconds())
	if status >= 500 {
		t.Count("http.server.errors", 1)
	}
}

func (t *Telemetry) sendAll() {
	defer close(t.done)
	due := time.Now()
	for ending := false; ; {
		t.lock.Lock()
		logs, spans := t.logs, t.spans
		t.logs, t.spans = nil, nil
		t.lock.Unlock()
		if !t.post("logs", "resourceLogs", "scopeLogs", "logRecords", logs) {
			t.lock.Lock()
			t.logs = bounded(append(logs, t.logs...))
			t.lock.Unlock()
		}
		if !t.post("traces", "resourceSpans", "scopeSpans", "spans", spans) {
			t.lock.Lock()
			t.spans = bounded(append(spans, t.spans...))
			t.lock.Unlock()
		}
		if ending || !time.Now().Before(due) {
			due = time.Now().Add(t.interval)
			t.post("metrics", "resourceMetrics", "scopeMetrics", "metrics", t.metrics())
		}
		if ending {
			return
		}
		select {
		case <-t.stop:
			ending = true
		case <-time.After(flush):
		}
	}
}

func (t *Telemetry) close(wait time.Duration) {
	close(t.stop)
	select {
	case <-t.done:
	case <-time.After(wait):
	}
}

func (t *Telemetry) post(kind, group, scope, member string, items []Body) bool {
	if len(items) == 0 {
		return true
	}
	scoped := Body{"scope": Body{"name": "meshkit"}, member: items}
	document := Body{group: []Body{{"resource": Body{"attributes": t.resource}, scope: []Body{scoped}}}}
	data, err := json.Marshal(document)
	if err != nil {
		return true
	}
	endpoint := t.Endpoint
	if !strings.Contains(endpoint, "://") {
		endpoint = "http://" + endpoint
	}
	address := strings.TrimRight(endpoint, "/") + "/v1/" + kind
	response, err := t.client.Post(address, "application/json", bytes.NewReader(data))
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, bodyLimit))
	return response.StatusCode < 500
}

func (t *Telemetry) metrics() []Body {
	t.lock.Lock()
	defer t.lock.Unlock()
	now := nano(time.Now())
	up := Body{"timeUnixNano": now, "asDouble": time.Since(t.began).Seconds()}
	found := []Body{{"name": "process.uptime", "unit": "s", "gauge": Body{"dataPoints": []Body{up}}}}
	names := make([]string, 0, len(t.counters))
	for name := range t.counters {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		point := Body{
			"startTimeUnixNano": nano(t.began),
			"timeUnixNano":      now,
			"asInt":             strconv.FormatInt(t.counters[name], 10),
		}
		sum := Body{"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": []Body{point}}
		found = append(found, Body{"name": name, "unit": "1", "sum": sum})
	}
	return found
}

func bounded(items []Body) []Body { return items[max(0, len(items)-queue):] }

func nano(at time.Time) string { return strconv.FormatInt(at.UnixNano(), 10) }

func attributes(values Body) []Body {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	found := make([]Body, 0, len(values))
	for _, key := range keys {
		value := Body{"stringValue": fmt.Sprint(values[key])}
		if number, ok := values[key].(int); ok {
			value = Body{"intValue": strconv.Itoa(number)}
		}
		found = append(found, Body{"key": key, "value": value})
	}
	return found
}
