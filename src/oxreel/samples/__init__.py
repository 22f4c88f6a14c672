"""The pictures that the documents' examples point at, in drawings of our own."""

from oxreel.samples.install import SAMPLES, Sample, Store, install_samples

__all__ = ["SAMPLES", "Sample", "Store", "install_samples"]
