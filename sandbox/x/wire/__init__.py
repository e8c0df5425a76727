"""X API v2 over HTTP. `operations` is the table of routes; `gateway` takes each call through the same checks."""
