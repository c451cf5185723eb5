"""Makes the fonts that charts are drawn with from the window's (ui/node_modules, npm ci first).

The window's family is variable and in parts by alphabet; a chart is drawn by a library that knows
neither weights nor OpenType features. So: two weights, the alphabets merged, the digits replaced by
their tabular forms. Needs Python with fonttools and brotli; run it in this folder.
"""

from fontTools import merge, subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

SOURCE = "../../../../ui/node_modules/@fontsource-variable/inter/files"
ALPHABETS = ["latin", "latin-ext", "greek", "cyrillic", "vietnamese"]
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
LAYOUT = ["GSUB", "GPOS", "GDEF", "STAT", "HVAR", "MVAR", "avar", "gasp"]


def part(alphabet: str, weight: int) -> TTFont:
    font = TTFont(f"{SOURCE}/inter-{alphabet}-wght-normal.woff2")
    font = instancer.instantiateVariableFont(font, {"wght": weight})
    font.flavor = None
    if alphabet == "latin":
        for table in font["cmap"].tables:
            for digit, name in enumerate(DIGITS):
                if ord("0") + digit in table.cmap:
                    table.cmap[ord("0") + digit] = f"{name}.tf"
    for table in LAYOUT:
        if table in font:
            del font[table]
    options = subset.Options()
    options.hinting = False
    options.glyph_names = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    only = subset.Subsetter(options)
    only.populate(unicodes=list(font.getBestCmap()))
    only.subset(font)
    return font


for weight in (400, 600):
    names = []
    for alphabet in ALPHABETS:
        font = part(alphabet, weight)
        names.append(f"part-{alphabet}-{weight}.ttf")
        font.save(names[-1])
        if alphabet == "latin":
            font.flavor = "woff2"
            font.save(f"inter-latin-{weight}.woff2")
    whole = merge.Merger().merge(names)
    whole["OS/2"].usWeightClass = weight
    whole.recalcTimestamp = False
    whole.save(f"inter-{weight}.ttf")
