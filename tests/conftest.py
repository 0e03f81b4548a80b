"""What all tests share: Hypothesis draws the same examples every time, and prints how to replay a failure."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "orrery",
    derandomize=True,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("orrery")
