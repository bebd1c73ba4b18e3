module example.com/go-mesh/contracts

go 1.24
