"""What `bin/` stands on: the virtual environment, the embedded servers, and the processes of one installation.

Nothing here knows Django or the product; the product knows nothing of it but environment names (docs/settings.md).
"""
