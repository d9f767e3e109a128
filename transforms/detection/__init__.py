"""Detectors of anomalous figures: farrington_flexible and ears as published, and the project's own."""

from transforms.detection.detectability import detectability
from transforms.detection.detector import DetectorControl, detect
from transforms.detection.ears import ears
from transforms.detection.farrington import FarringtonControl, farrington_flexible
from transforms.detection.shift import ShiftControl, detect_shift
from transforms.detection.silence import SilenceControl, silence

__all__ = [
    "DetectorControl",
    "FarringtonControl",
    "ShiftControl",
    "SilenceControl",
    "detect",
    "detect_shift",
    "detectability",
    "ears",
    "farrington_flexible",
    "silence",
]
