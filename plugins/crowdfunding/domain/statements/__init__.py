"""Bank statements: read (`camt`, `tables`), imported, compared with promises, booked."""
