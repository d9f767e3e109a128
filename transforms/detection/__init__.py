"""Detectors of anomalous figures: farrington_flexible and ears as published, and the project's own."""

from transforms.detection.detector import DetectorControl, detect
from transforms.detection.ears import ears
from transforms.detection.farrington import FarringtonControl, farrington_flexible

__all__ = ["DetectorControl", "FarringtonControl", "detect", "ears", "farrington_flexible"]
