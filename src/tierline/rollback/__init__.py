"""Which services must go back when one fails, in which order, and when none may; restores nothing."""
