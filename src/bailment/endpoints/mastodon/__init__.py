"""The Mastodon client API: what apps for Mastodon speak, over the one way to a person's data."""
