pyve run python rivers.py data/gauge.csv
