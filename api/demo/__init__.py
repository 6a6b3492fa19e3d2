"""`baton demo`: examples played against real services in their own processes, every claim checked in their logs.

A demo is a module of `stories`, whose `DEMO` names the example's folder in `processes/`, the services of its
`services.py`, and the acts. An act is a function of the `World`: it says what happens, does it over HTTP, and checks
what the logs say. The services are written with `little_service`, which a service's process imports without the rest.
"""
