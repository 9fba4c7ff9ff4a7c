"""The JSON API for device makers: profile, friends, sync, enrolment."""
