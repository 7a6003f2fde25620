"""Makes the small fonts that reports embed, from the full Inter and JetBrains Mono (both SIL OFL 1.1).

    pip install fonttools brotli
    python subset.py InterVariable.woff2 JetBrainsMono-Regular.woff2 OUT

Inter 4.1 comes from the npm package inter-ui 4.1.1 (variable/InterVariable.woff2), JetBrains Mono 2.304 from
@fontsource/jetbrains-mono 5.3.0 (latin 400). Tabular figures are made the default, because every number in a
report stands in a column and neither PDF nor SVG viewers switch font features on.
"""
import sys
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180)]
GREEK_CYRILLIC = [*range(0x384, 0x3CF), *range(0x400, 0x460)]
SYMBOLS = [ord(c) for c in "–—‘’‚“”„†•…‹›′″−±×÷≤≥≈≠∞√←↑→↓⁄½¼¾²³°µ·€™\u2009\u202f\u2011□"]
FIGURES = {ord(c) for c in "0123456789+−"}
FACES = [  # name, source, axes, code points
    ("Inter-Regular", 0, {"wght": 400, "opsz": 14}, LATIN + GREEK_CYRILLIC + SYMBOLS),
    ("Inter-SemiBold", 0, {"wght": 600, "opsz": 14}, LATIN + GREEK_CYRILLIC + SYMBOLS),
    ("InterDisplay-SemiBold", 0, {"wght": 600, "opsz": 32}, [*range(0x20, 0x7F)] + SYMBOLS),
    ("JetBrainsMono-Regular", 1, None, LATIN + SYMBOLS),
]


def freeze(font, tag, codes=None):
    """Makes the glyphs of a single-substitution feature the default ones, for all or for some characters."""
    if "GSUB" not in font:
        return
    table = font["GSUB"].table
    swap = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == tag:
            for index in record.Feature.LookupListIndex:
                for sub in table.LookupList.Lookup[index].SubTable:
                    swap.update(getattr(getattr(sub, "ExtSubTable", sub), "mapping", {}))
    for cmap in font["cmap"].tables:
        for code, glyph in list(cmap.cmap.items()):
            if codes is None or code in codes:
                cmap.cmap[code] = swap.get(glyph, glyph)


def main(inter, mono, out):
    for name, source, axes, codes in FACES:
        font = TTFont([inter, mono][source])
        if axes:
            font = instantiateVariableFont(font, axes)
            freeze(font, "tnum", FIGURES)
            freeze(font, "ss03")
        options = Options()
        options.layout_features = ["kern", "mark", "mkmk", "ccmp"]
        options.hinting = False
        options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
        options.notdef_outline = True
        options.recalc_timestamp = False
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=codes)
        subsetter.subset(font)
        family, _, style = name.partition("-")
        family = {"Inter": "Inter", "InterDisplay": "Inter Display", "JetBrainsMono": "JetBrains Mono"}[family]
        for record in font["name"].names:
            text = {1: family, 2: style, 4: f"{family} {style}", 6: name}.get(record.nameID)
            if text:
                font["name"].setName(text, record.nameID, record.platformID, record.platEncID, record.langID)
        for name_id, text in {16: family, 17: style}.items():
            font["name"].setName(text, name_id, 3, 1, 0x409)
        font["OS/2"].usWeightClass = 600 if "SemiBold" in name else 400
        font.flavor = None
        font.save(f"{out}/{name}.ttf")
        font.flavor = "woff2"
        font.save(f"{out}/{name}.woff2")


if __name__ == "__main__":
    main(*sys.argv[1:])
