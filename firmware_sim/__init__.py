"""What would real stations send? Speaks only MQTT and docs/payload.md."""
