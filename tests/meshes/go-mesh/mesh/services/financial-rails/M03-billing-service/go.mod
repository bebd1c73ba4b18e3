module example.com/go-mesh/services/financial-rails/M03-billing-service

go 1.24

require (
	example.com/go-mesh/contracts v0.0.0
	example.com/go-mesh/platform v0.0.0
)

replace (
	example.com/go-mesh/contracts => ../../../contracts
	example.com/go-mesh/platform => ../../../platform
)
