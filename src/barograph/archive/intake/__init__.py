"""What happens to readings on their way into the log: clocks, dedupe, quarantine."""
