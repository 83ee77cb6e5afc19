pyve run python app.py --today 2026-05-01
