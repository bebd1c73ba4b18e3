module example.com/go-mesh/services/core-platform/M02-account-service

go 1.24

require example.com/go-mesh/platform v0.0.0

replace example.com/go-mesh/platform => ../../../platform
