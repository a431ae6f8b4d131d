"""Draws the demo town's outline around its streets: python3 tools/boundary.py public/town/streets.json > public/town/boundary.json

Every street point is grown by GROW metres and the whole is shrunk again by SHRINK metres, so that gaps between streets close and
a strip of GROW - SHRINK metres remains around the outermost ones. The largest piece is traced and simplified. Only the standard library.
"""
import json
import math
import sys

CELL, GROW, SHRINK, TOLERANCE = 50.0, 800.0, 450.0, 60.0  # metres
LON0, LAT0 = 11.25, 43.77  # middle of the town
METRES_LON, METRES_LAT = 111_320 * math.cos(math.radians(LAT0)), 111_130


def disk(metres):
    reach = int(metres / CELL)
    return [(x, y) for x in range(-reach, reach + 1) for y in range(-reach, reach + 1) if math.hypot(x, y) * CELL <= metres]


def near(cells, metres):
    return {(x + dx, y + dy) for x, y in cells for dx, dy in disk(metres)}


def neighbours(cell):
    x, y = cell
    return [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]


def flood(start, allowed):
    seen, todo = {start}, [start]
    while todo:
        for cell in neighbours(todo.pop()):
            if cell in allowed and cell not in seen:
                seen.add(cell)
                todo.append(cell)
    return seen


def outline(cells):
    """The corners of the outer edge, with the land on the left."""
    after = {}
    for x, y in sorted(cells):
        for a, b, outside in [((x, y), (x + 1, y), (x, y - 1)), ((x + 1, y), (x + 1, y + 1), (x + 1, y)),
                              ((x + 1, y + 1), (x, y + 1), (x, y + 1)), ((x, y + 1), (x, y), (x - 1, y))]:
            if outside not in cells:
                after.setdefault(a, b)
    ring = [min(after)]
    while after[ring[-1]] != ring[0]:
        ring.append(after[ring[-1]])
    return ring


def simplify(line, tolerance):
    """Douglas-Peucker."""
    (ax, ay), (bx, by) = line[0], line[-1]
    length = math.hypot(bx - ax, by - ay) or 1.0
    far, index = max((abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length, i) for i, (x, y) in enumerate(line))
    if far * CELL <= tolerance or len(line) < 3:
        return [line[0], line[-1]]
    return simplify(line[: index + 1], tolerance)[:-1] + simplify(line[index:], tolerance)


def main():
    streets = json.load(open(sys.argv[1], encoding="utf-8"))["streets"]
    land = near({(round((lon - LON0) * METRES_LON / CELL), round((lat - LAT0) * METRES_LAT / CELL)) for _, lon, lat in streets}, GROW)
    span = range(min(x for x, _ in land) - 20, max(x for x, _ in land) + 21), range(min(y for _, y in land) - 20, max(y for _, y in land) + 21)
    box = {(x, y) for x in span[0] for y in span[1]}
    sea = flood((span[0][0], span[1][0]), box - land)
    land = box - near({cell for cell in sea if any(n not in sea and n in box for n in neighbours(cell))}, SHRINK) - sea
    piece = max((flood(cell, land) for cell in sorted(land)[:: max(1, len(land) // 50)]), key=len)
    ring = outline(piece)
    half = len(ring) // 2
    corners = simplify(ring[: half + 1], TOLERANCE)[:-1] + simplify(ring[half:] + ring[:1], TOLERANCE)
    points = [[round(LON0 + (x - 0.5) * CELL / METRES_LON, 5), round(LAT0 + (y - 0.5) * CELL / METRES_LAT, 5)] for x, y in corners]
    print(json.dumps({"attribution": "Drawn around the streets of OpenStreetMap, © OpenStreetMap contributors, ODbL", "rings": [points]}, ensure_ascii=False))


main()
