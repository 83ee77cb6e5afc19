"""`python -m weather` is `weather-notes`."""

from weather.cli import main

main(prog_name="weather-notes")
