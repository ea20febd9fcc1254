"""The yield curve: levels and fits, term premium, policy path, announcement days."""
