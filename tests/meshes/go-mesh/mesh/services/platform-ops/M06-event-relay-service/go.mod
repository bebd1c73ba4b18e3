module example.com/go-mesh/services/platform-ops/M06-event-relay-service

go 1.24

require example.com/go-mesh/platform v0.0.0

replace example.com/go-mesh/platform => ../../../platform
