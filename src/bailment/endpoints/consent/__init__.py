"""The pages of people: sign-in, consent, devices and grants, friends' phones. None of them needs script."""
