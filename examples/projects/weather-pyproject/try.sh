pyve run weather-notes data/winter.csv
