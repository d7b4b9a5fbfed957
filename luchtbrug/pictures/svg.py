"""A plain chart in SVG: two axes, points, lines, bands and words; nothing that a file of text cannot hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from math import floor, isfinite, log10

Point = tuple[float, float]

LEFT, TOP, RIGHT, BOTTOM = 58, 34, 14, 46
INK, GREY, BLUE, RED = "#1f2933", "#9aa5b1", "#0b69a3", "#ba2525"
_TICKS = 5


@dataclass(slots=True)
class Chart:
    """A chart of a width and height [px] over the ranges `x` and `y`; what is drawn later lies above."""

    title: str
    x: tuple[float, float]
    y: tuple[float, float]
    x_label: str
    y_label: str
    width: int = 430
    height: int = 340
    x_ticks: Sequence[tuple[float, str]] = ()
    _parts: list[str] = field(default_factory=list)

    def points(self, points: Iterable[Point], colour: str = BLUE, *, size: float = 2.4, opacity: float = 0.5) -> None:
        """Draw points; those on the same pixel are one."""
        places = sorted({self._place(point) for point in points if self._inside(point)})
        dots = "".join(f"M{x} {y}h0" for x, y in places)
        self._parts.append(
            f'<path d="{dots}" stroke="{colour}" stroke-width="{size}" stroke-linecap="round" opacity="{opacity}"/>'
        )

    def line(self, points: Sequence[Point], colour: str, *, width: float = 1.4, dashed: bool = False) -> None:
        """Draw a line, broken where a number is not finite."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        for known, run in groupby(points, lambda point: all(map(isfinite, point))):
            if known:
                path = " ".join(f"{x},{y}" for x, y in (self._place(self._clipped(point)) for point in run))
                self._parts.append(
                    f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>'
                )

    def band(self, low: Sequence[Point], high: Sequence[Point], colour: str) -> None:
        """Fill between two lines of the same x, broken where a number is not finite."""
        both = zip(low, high, strict=True)
        for known, run in groupby(both, lambda pair: isfinite(pair[0][1]) and isfinite(pair[1][1])):
            if known:
                pairs = list(run)
                edge = [below for below, _ in pairs] + [above for _, above in reversed(pairs)]
                path = " ".join(f"{x},{y}" for x, y in (self._place(self._clipped(point)) for point in edge))
                self._parts.append(f'<polygon points="{path}" fill="{colour}" opacity="0.22"/>')

    def words(self, at: Point, text: str, colour: str = INK, *, anchor: str = "start") -> None:
        """Write at a place of the axes."""
        x, y = self._place(at)
        self._parts.append(f'<text x="{x}" y="{y}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>')

    def draw(self) -> str:
        """Give the chart as a group, for :func:`page`."""
        frame = (
            f'<rect x="{LEFT}" y="{TOP}" width="{self.width - LEFT - RIGHT}" height="{self.height - TOP - BOTTOM}"'
            f' fill="none" stroke="{GREY}"/>'
        )
        middle = TOP + (self.height - TOP - BOTTOM) / 2
        labels = [
            f'<text x="{LEFT}" y="20" font-weight="600">{escape(self.title)}</text>',
            f'<text x="{self.width / 2}" y="{self.height - 8}" text-anchor="middle">{escape(self.x_label)}</text>',
            f'<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">{escape(self.y_label)}</text>',
        ]
        return "\n".join([frame, *self._axes(), *labels, *self._parts])

    def _axes(self) -> Iterable[str]:
        for value, text in self.x_ticks or ticks(*self.x):
            x, y = self._place((value, self.y[0]))
            yield f'<path d="M{x} {y}v4" stroke="{GREY}"/>'
            yield f'<text x="{x}" y="{y + 17}" text-anchor="middle">{text}</text>'
        for value, text in ticks(*self.y):
            x, y = self._place((self.x[0], value))
            yield f'<path d="M{x} {y}h-4" stroke="{GREY}"/>'
            yield f'<text x="{x - 7}" y="{y + 4}" text-anchor="end">{text}</text>'

    def _place(self, point: Point) -> Point:
        (x0, x1), (y0, y1) = self.x, self.y
        across = (point[0] - x0) / (x1 - x0) * (self.width - LEFT - RIGHT)
        up = (point[1] - y0) / (y1 - y0) * (self.height - TOP - BOTTOM)
        return round(LEFT + across, 1), round(self.height - BOTTOM - up, 1)

    def _inside(self, point: Point) -> bool:
        return self.x[0] <= point[0] <= self.x[1] and self.y[0] <= point[1] <= self.y[1]

    def _clipped(self, point: Point) -> Point:
        return point[0], min(max(point[1], self.y[0]), self.y[1])


def page(charts: Sequence[Chart], description: str) -> str:
    """Put charts side by side into one file; the description is what a screen reader says."""
    width, height = sum(chart.width for chart in charts), max(chart.height for chart in charts)
    groups, left = [], 0
    for chart in charts:
        groups.append(f'<g transform="translate({left} 0)">\n{chart.draw()}\n</g>')
        left += chart.width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" font-family="system-ui, sans-serif" font-size="12" fill="{INK}">\n'
        f"<title>{escape(description)}</title>\n"
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(groups) + "\n</svg>\n"
    )


def ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Choose about five round numbers between two."""
    raw = (high - low) / _TICKS
    power = 10.0 ** floor(log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    first = -floor(-low / step)
    values = [round(k * step, 10) for k in range(int(first), floor(high / step) + 1)]
    return [(value, f"{value:g}") for value in values]
