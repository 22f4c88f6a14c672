"""The gallery: the pictures of a request, fitted to the canvas or cut out, kept for the next shot."""

from collections import OrderedDict

import numpy as np

from oxreel.engines.animatic.actor import Cutout
from oxreel.engines.animatic.cutout import cut_out, framed_card
from oxreel.engines.animatic.look import Palette, palette_of
from oxreel.engines.animatic.scene import Picture, fitted_frame, fitted_reference, open_picture
from oxreel.engines.animatic.views import Treatment
from oxreel.storyboard import Reference

#: Fitted pictures kept for the next shot.
_KEPT = 2
#: Longest side of a cut-out as a multiple of the canvas's longer side: no actor is seen larger.
_LARGEST = 1.3


class Gallery:
    """Pictures as they are needed, each opened once. Everything raises BadReference for what cannot be read."""

    def __init__(self) -> None:
        self._fitted: OrderedDict[tuple[str, Treatment, int, int], Picture] = OrderedDict()
        self._cut: dict[tuple[str, bool], Cutout | None] = {}

    def fitted(self, reference: Reference, treatment: Treatment, size: tuple[int, int]) -> Picture:
        """The picture at the canvas's size."""
        key = reference.path, treatment, *size
        if key not in self._fitted:
            fit = fitted_frame if treatment == "frame" else fitted_reference
            while len(self._fitted) >= _KEPT:
                self._fitted.popitem(last=False)
            self._fitted[key] = fit(reference, *size)
        self._fitted.move_to_end(key)
        return self._fitted[key]

    def cut_out(self, reference: Reference, size: tuple[int, int], *, strict: bool = False) -> Cutout | None:
        """The subject of the picture without its background; None where it cannot be told surely."""
        key = reference.path, strict
        if key not in self._cut:
            self._cut[key] = cut_out(open_picture(reference, round(_LARGEST * max(size))), strict=strict)
        return self._cut[key]

    def card(self, reference: Reference, size: tuple[int, int]) -> Cutout:
        """The whole picture as a print."""
        return framed_card(open_picture(reference, max(size)))

    def palette(self, reference: Reference) -> Palette:
        """The colours and the grain of the picture."""
        return palette_of(np.asarray(open_picture(reference, 1024).convert("RGB")))
