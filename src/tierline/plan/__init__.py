"""Order, schedule, freeze: the versioned plan of a release; knows no target and no clock."""
