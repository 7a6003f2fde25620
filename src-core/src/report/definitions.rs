//! What the numbers mean and where their definitions come from.

/// A term, its definition, and the source of the definition.
pub(super) struct Definition {
    pub term: &'static str,
    pub meaning: &'static str,
    pub source: &'static str,
}

const fn definition(term: &'static str, meaning: &'static str, source: &'static str) -> Definition {
    Definition { term, meaning, source }
}

/// Every quantity that a report names.
pub(super) const DEFINITIONS: [Definition; 12] = [
    definition(
        "Integrated loudness, LUFS",
        "K-weighted mean power of the whole file, with the gates at \u{2212}70 LUFS and 10 LU under the ungated mean.",
        "ITU-R BS.1770-5; EBU R 128",
    ),
    definition("Short-term loudness, LUFS", "The same without gates over the last 3 seconds.", "EBU Tech 3341"),
    definition("Loudness range, LU", "Distance of the 10th and 95th percentile of the gated short-term loudness.", "EBU Tech 3342"),
    definition(
        "True peak, dBTP",
        "Highest level of the reconstructed waveform between the samples, by oversampling.",
        "ITU-R BS.1770-5, annex 2",
    ),
    definition("Peak to loudness, dB", "True peak minus integrated loudness: how far peaks stand above the programme.", "AES TD1004"),
    definition(
        "Correlation",
        "Mean product of left and right over the root of their powers: +1 the same, 0 unrelated, \u{2212}1 cancelling in mono.",
        "Pearson product-moment, zero lag",
    ),
    definition("Side \u{2212} mid, dB", "Power of (L\u{2212}R)/2 against (L+R)/2 in a band.", "mid/side definition"),
    definition(
        "Tone",
        "Long-term spectrum in parts of an octave, tilted so that a typical balance lies flat, at equal loudness.",
        "IEC 61260-1 (bands)",
    ),
    definition(
        "Range",
        "What the references span per band, or without references the neutral range of published music. Inside it nothing is said.",
        "this tool; see limits and sources above",
    ),
    definition(
        "Lean",
        "Signed distance from the middle of the allowed range in widths of the range: \u{b1}0.5 is its edge, left too little, right too much, cut off at 3.2. With a limit on one side only, the width is the step from warning to fault.",
        "this tool",
    ),
    definition("Confidence", "0 to 1: how sure a check is of its result.", "this tool"),
    definition("Fault, warning, note", "A fault decides the verdict; a warning may be heard; a note is worth knowing.", "this tool"),
];
