module @{module}/contracts

go @{go}
