"""No test asserts a duration, so Hypothesis does not either."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
