"""How long Hypothesis looks: about 12 s in all for this folder on one core."""

from hypothesis import HealthCheck, settings

# No deadline: on a machine that is busy with other tests one example may take any time.
settings.register_profile("domain", max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("domain")
