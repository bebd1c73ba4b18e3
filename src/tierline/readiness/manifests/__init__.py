"""Gate manifests: would a cluster take what a service deploys, and would it run well there?"""
