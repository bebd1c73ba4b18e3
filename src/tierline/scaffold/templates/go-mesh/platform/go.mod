module @{module}/platform

go @{go}
