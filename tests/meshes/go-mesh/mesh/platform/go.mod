module example.com/go-mesh/platform

go 1.24
