"""The surface in the shape of OpenAQ's API v3, so that its official clients read us with another base URL."""
