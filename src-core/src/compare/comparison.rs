//! What a comparison says: for every quantity its value, the allowed range, and how far it lies outside.

use serde::{Deserialize, Serialize};

/// What a file was held against.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// No reference given: the neutral range of popular music (`models/targets/neutral.json`).
    #[default]
    Neutral,
    /// Reference files or a saved profile of such.
    References,
    /// A reference of the same session: the same sounds, compared while they play the same.
    SameSession,
}

/// One reference of the set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReferenceName {
    /// Short label, "R1", "R2"…
    pub label: String,
    /// File name without folders.
    pub name: String,
}

/// A range of allowed values: the middle of the references and how far they spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Range {
    /// The middle (median of the references).
    pub centre: f64,
    /// Lower edge.
    pub low: f64,
    /// Upper edge.
    pub high: f64,
}

impl Range {
    /// How far a value lies outside: negative below the lower edge, positive above the upper, 0 inside.
    pub fn outside(&self, value: f64) -> f64 {
        if value > self.high {
            value - self.high
        } else if value < self.low {
            value - self.low
        } else {
            0.0
        }
    }

    /// Distance from the middle in range widths (±0.5 at the edges of a symmetric range).
    pub fn lean(&self, value: f64) -> f64 {
        let half = if value >= self.centre { self.high - self.centre } else { self.centre - self.low };
        if half > 0.0 { 0.5 * (value - self.centre) / half } else { 0.0 }
    }
}

/// One quantity of the file against its range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Quantity {
    /// Stable name, as `loudness_range`, `plr`, `side_mid`.
    pub id: String,
    /// What it is, for people.
    pub label: String,
    /// Value of the file; none where it could not be measured.
    pub value: Option<f64>,
    /// Range of the references.
    pub range: Range,
    /// Unit.
    pub unit: String,
}

/// The tone of one third-octave band against its range, both at equal loudness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BandTone {
    /// Centre of the band, Hz.
    pub hz: f64,
    /// Level of the file, dB, relative to its own overall level.
    pub level_db: f64,
    /// Range of the references on the same scale, dB.
    pub range: Range,
    /// Level minus the middle of the range, dB: positive is too much.
    pub difference_db: f64,
    /// How much of the difference lies outside the range, dB.
    pub outside_db: f64,
}

/// The width of one third-octave band against its range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BandWidth {
    /// Centre of the band, Hz.
    pub hz: f64,
    /// Side against mid, dB.
    pub side_mid_db: f64,
    /// Range of the references, dB.
    pub range: Range,
}

/// A reference that stands apart from the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Outlier {
    /// Label of the reference.
    pub label: String,
    /// In which quantity.
    pub quantity: String,
    /// By how much, in the quantity's unit, from the middle of the others.
    pub distance: f64,
    /// In words: "R4 is 4.1 dB brighter than the others".
    pub text: String,
}

/// A section of the file and the reference sections of like energy that it was held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SectionComparison {
    /// "quiet", "middle" or "loud".
    pub energy: String,
    /// Where in the file.
    pub time: Vec<crate::audio::TimeRange>,
    /// Loudness relative to the file's loudest part, dB.
    pub level_db: f64,
    /// Tone against the middle of the references' sections of the same energy, both at equal loudness, third octaves of
    /// [`crate::measure::energy_map::BANDS_HZ`], dB; null where either has no sound.
    pub difference_db: Vec<Option<f64>>,
}

/// The tone of the file against one reference, passages that play the same compared with each other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MatchedTone {
    /// Label of the reference.
    pub label: String,
    /// Band centres, Hz.
    pub hz: Vec<f64>,
    /// How much more of the band the file has than the reference, dB; an overall level may remain in it.
    pub excess_db: Vec<f64>,
    /// Standard deviation of the scatter of `excess_db` over the matched passages, dB.
    pub sd_db: Vec<f64>,
    /// RMS of the second difference of `excess_db` over frequency, dB: an equaliser changes a spectrum smoothly, other
    /// music does not.
    pub roughness_db: f64,
    /// How much more side against mid the file has than the reference, dB; none where either has too little side.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub side_excess_db: Option<f64>,
    /// Standard deviation of the error of `side_excess_db`, dB.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub side_sd_db: Option<f64>,
}

/// A narrow range that stands out of its surroundings (without references) or of the references' floor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Ring {
    /// Centre, Hz.
    pub hz: f64,
    /// By how much it stands out, dB.
    pub excess_db: f64,
    /// Q of the bell that describes it best.
    pub q: f64,
}

/// A file against its references or the neutral range.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Comparison {
    /// What it was held against.
    pub basis: Basis,
    /// The same in words: "R1–R3", "the neutral range".
    pub against: String,
    /// The references, in the order given.
    pub references: Vec<ReferenceName>,
    /// Tone per third octave.
    pub tone: Vec<BandTone>,
    /// Width per third octave; empty for mono files and against the neutral range.
    pub width: Vec<BandWidth>,
    /// Everything that is one number: loudness, dynamics, width.
    pub quantities: Vec<Quantity>,
    /// References that stand apart.
    pub outliers: Vec<Outlier>,
    /// Sections of like energy compared with each other.
    pub sections: Vec<SectionComparison>,
    /// How alike the music of file and reference is: roughness of the matched difference, dB (below 1.5 mostly the same
    /// session, above 3 mostly another record); none without a reference.
    pub roughness_db: Option<f64>,
    /// Tone against the reference whose music is most like the file's; none without one.
    pub matched: Option<MatchedTone>,
    /// Narrow ranges that stand out, the highest first.
    pub rings: Vec<Ring>,
    /// What all of this says about the tone, with its uncertainty; none for a silent file. Not part of the JSON.
    #[serde(skip)]
    pub evidence: Option<super::explain::ToneEvidence>,
}

impl Comparison {
    /// A quantity by its name.
    pub fn quantity(&self, id: &str) -> Option<&Quantity> {
        self.quantities.iter().find(|q| q.id == id)
    }

    /// Third octaves in which there is music to be heard.
    pub fn heard_tone(&self) -> impl Iterator<Item = &BandTone> {
        let loudest = self.tone.iter().map(|b| b.level_db).fold(f64::NEG_INFINITY, f64::max);
        self.tone.iter().filter(move |b| HEARD_HZ.contains(&b.hz) && b.level_db > loudest - SILENT_DB)
    }

    /// Whether tone and width of all that is heard lie inside their ranges, by more or less: then the sound is to be kept.
    pub fn sound_is_inside(&self) -> bool {
        /// Outside by no more than this is inside for all that can be heard, dB.
        const INSIDE_DB: f64 = 0.3;
        let widths = self.width.iter().filter(|b| HEARD_HZ.contains(&b.hz)).map(|b| b.range.outside(b.side_mid_db));
        let whole = self.quantity("width").and_then(|q| Some(q.range.outside(q.value?)));
        self.heard_tone().map(|b| b.outside_db).chain(widths).chain(whole).all(|outside| outside.abs() <= INSIDE_DB)
    }
}

/// A third octave this far below the loudest is no sound to be judged, dB.
pub const SILENT_DB: f64 = 60.0;

/// Where music is heard, Hz: below and above there is little to be judged.
pub const HEARD_HZ: std::ops::RangeInclusive<f64> = 30.0..=17_000.0;
