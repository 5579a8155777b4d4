"""The web console and the API: parse a request, call a service, show what it says."""
