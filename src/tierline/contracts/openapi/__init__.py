"""Two versions of an OpenAPI document: what changed, and does it break consumer or provider?"""
