package meshkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const bodyLimit = 1_000_000

// Body is a JSON object.
type Body = map[string]any

// Request is what a handler gets: the request, its decoded body, and the span it is traced by.
type Request struct {
	*http.Request
	Body Body
	Span *Span
}

// Text is a member of the body, "" where it is missing or no string.
func (r *Request) Text(name string) string {
	text, _ := r.Body[name].(string)
	return text
}

// Number is a member of the body, 0 where it is missing or no number.
func (r *Request) Number(name string) int {
	number, _ := r.Body[name].(float64)
	return int(number)
}

// Routes maps a pattern of http.ServeMux (`GET /things/{id}`) to what answers it.
type Routes map[string]func(*Request) (int, any)

// Refusal is an answer that says no, and why.
func Refusal(status int, format string, values ...any) (int, any) {
	return status, Body{"error": fmt.Sprintf(format, values...)}
}

func (s *Service) mux(routes Routes) http.Handler {
	mux := http.NewServeMux()
	for pattern, handler := range routes {
		mux.HandleFunc(pattern, func(writer http.ResponseWriter, request *http.Request) {
			s.answer(writer, request, pattern, handler)
		})
	}
	return mux
}

func (s *Service) answer(
	writer http.ResponseWriter, request *http.Request, pattern string,
	handler func(*Request) (int, any),
) {
	began := time.Now()
	span := s.Telemetry.Span(pattern, request.Header.Get("traceparent"), true)
	status, body := s.handled(writer, request, span, handler)
	writer.Header().Set("Content-Type", "application/json")
	writer.WriteHeader(status)
	_ = json.NewEncoder(writer).Encode(body)
	s.Telemetry.request(span, pattern, status, time.Since(began))
}

func (s *Service) handled(
	writer http.ResponseWriter, request *http.Request, span *Span,
	handler func(*Request) (int, any),
) (status int, body any) {
	defer func() {
		if problem := recover(); problem != nil {
			s.Telemetry.Log("ERROR", fmt.Sprintf("%s: %v", request.URL.Path, problem), span)
			status, body = Refusal(500, "%v", problem)
		}
	}()
	got := &Request{Request: request, Span: span}
	data, err := io.ReadAll(http.MaxBytesReader(writer, request.Body, bodyLimit))
	if err != nil {
		return Refusal(413, "the body has more than %d bytes", bodyLimit)
	}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &got.Body); err != nil {
			return Refusal(400, "the body is not a JSON object: %v", err)
		}
	}
	return handler(got)
}

// Call asks an owner; an error means that nobody answered.
func (s *Service) Call(method, owner, path string, body any, span *Span) (int, Body, error) {
	return s.callAddress(method, s.Addresses[owner], path, body, span)
}

func (s *Service) callAddress(
	method, address, path string, body any, span *Span,
) (int, Body, error) {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	var data []byte
	if body != nil {
		data, _ = json.Marshal(body)
	}
	request, err := http.NewRequest(method, strings.TrimRight(address, "/")+path, bytes.NewReader(data))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if span != nil {
		request.Header.Set("traceparent", span.traceparent())
	}
	response, err := s.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, bodyLimit))
	var answer Body
	_ = json.Unmarshal(content, &answer)
	return response.StatusCode, answer, err
}
