"""The equity risk premium, from what the user imports."""
