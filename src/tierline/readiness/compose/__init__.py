"""Gate compose: could Docker Compose start what a service's Compose file says, and nothing more?"""
