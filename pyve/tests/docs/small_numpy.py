# In the place of numpy, which has a wheel for each machine: as much of it as the example of conda's calls.


class ndarray(list):
    def mean(self):
        return sum(self) / len(self)

    def std(self):
        mean = self.mean()
        return (sum((value - mean) ** 2 for value in self) / len(self)) ** 0.5

    def argmin(self):
        return self.index(min(self))

    def argmax(self):
        return self.index(max(self))

    def __sub__(self, other):
        return ndarray(value - other for value in self)

    def __truediv__(self, other):
        return ndarray(value / other for value in self)

    def __gt__(self, other):
        return ndarray(value > other for value in self)

    def __abs__(self):
        return ndarray(map(abs, self))


array = ndarray
abs = abs


def flatnonzero(values):
    return [index for index, value in enumerate(values) if value]
