"""Settings: ``base`` holds what all instances share, ``site`` builds one instance from a dozen lines."""
