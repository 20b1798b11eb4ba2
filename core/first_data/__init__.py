"""What every instance starts with: the country's places, towns abroad, themes, the charter, standing pages."""
