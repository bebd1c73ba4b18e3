module @{module}

go @{go}
@{requires}
